import assert from 'node:assert/strict';
import { ClaimIndex } from '../../../src/domain/claimIndex.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { Connection } from '../../../src/domain/snapshot.ts';
import { storageSummary, summaries } from '../../../src/presentation/summary.ts';
import { bytesOf, claimOf, heardMs, noReading, readingOf, type ViewSeed, viewOf } from '../../support/views.ts';

const error = { reason: 'unreachable', message: 'connection refused' } as const;

const states: [connection: Connection, state: string][] = [
  [{ state: 'none', reason: 'noContext', message: '' }, 'none'],
  [{ state: 'idle' }, 'none'],
  [{ state: 'connecting', sinceMs: 0 }, 'connecting'],
  [{ state: 'failing', error }, 'failing'],
  [{ state: 'signIn', error }, 'signIn'],
  [{ state: 'untrusted', error }, 'signIn'],
  [{ state: 'live', sinceMs: 0 }, 'live'],
  [{ state: 'stale', sinceMs: 0, error }, 'stale'],
  [{ state: 'forbidden', error }, 'forbidden'],
];

describe('summary for other extensions', () => {
  it('is plain JSON with everything of the contract', () => {
    const { storageClass: _, ...bare } = claimOf('shop/b 50Gi', { capacityBytes: bytesOf('64Gi'), phase: 'Pending' });
    const view = viewOf({ claims: ['shop/a 100Gi gp3', bare, 'blog/c ?'], access: { dark: 'forbidden' } });
    const summary = storageSummary(view);
    assert.deepEqual(JSON.parse(JSON.stringify(summary)), summary);
    const gi = 2 ** 30;
    const inOrder = ['shop', 'blog', 'dark'].map((name) => summary.namespaces.find((each) => each.name === name));
    assert.equal(summary.namespaces.length, 3);
    assert.deepEqual(
      { ...summary, namespaces: inOrder },
      {
        context: 'kind-dev',
        state: 'live',
        asOf: '2026-01-01T12:00:00.000Z',
        partial: true,
        claimedBytes: 150 * gi,
        budgetBytes: 200 * gi,
        ratio: 0.75,
        breached: false,
        namespaces: [
          {
            name: 'shop',
            access: 'ok',
            claims: [
              {
                name: 'a',
                uid: 'uid-shop/a',
                phase: 'Bound',
                requestedBytes: 100 * gi,
                claimedBytes: 100 * gi,
                capacityBytes: 100 * gi,
                storageClass: 'gp3',
              },
              {
                name: 'b',
                uid: 'uid-shop/b',
                phase: 'Pending',
                requestedBytes: 50 * gi,
                claimedBytes: 50 * gi,
                capacityBytes: 64 * gi,
              },
            ],
          },
          {
            name: 'blog',
            access: 'ok',
            claims: [
              {
                name: 'c',
                uid: 'uid-blog/c',
                phase: 'Bound',
                requestedBytes: null,
                claimedBytes: null,
                capacityBytes: null,
              },
            ],
          },
          { name: 'dark', access: 'forbidden', claims: [] },
        ],
      },
    );
  });

  for (const [connection, state] of states) {
    it(`says ${state} when the connection is ${connection.state}`, () =>
      assert.equal(storageSummary(viewOf({ snapshot: { connection } })).state, state));
  }

  it('writes byte counts as numbers while they are exact, else as decimal strings', () => {
    const written = (bytes: bigint) => {
      const claim = claimOf('a/a 1', { claimedBytes: bytes, requestedBytes: bytes, capacityBytes: bytes });
      const { claimedBytes, namespaces } = storageSummary(viewOf({ claims: [claim] }));
      assert.equal(namespaces[0]?.claims[0]?.claimedBytes, claimedBytes);
      return claimedBytes;
    };
    assert.equal(written(2n ** 53n - 1n), 2 ** 53 - 1);
    assert.equal(written(2n ** 53n), '9007199254740992');
    assert.equal(written(2n ** 53n + 1n), '9007199254740993');
    assert.equal(storageSummary(viewOf({ budgets: { total: '1Ei' } })).budgetBytes, '1152921504606846976');
  });

  it('has the same objects for the namespaces that are the same', () => {
    const index = new ClaimIndex();
    index.replace([claimOf('shop/a 1Gi'), claimOf('blog/b 1Gi')]);
    const summaryOf = summaries();
    const shown = () => {
      const { latest: _, ...snapshot } = index.picture();
      return new Map(summaryOf(viewOf({ snapshot })).namespaces.map((each) => [each.name, each]));
    };
    const before = shown();
    index.upsert(claimOf('shop/a 2Gi', { resourceVersion: '2' }));
    const after = shown();
    assert.equal(after.get('blog'), before.get('blog'));
    assert.equal(after.get('shop')?.claims[0]?.claimedBytes, 2 ** 31);
  });

  it('has the used bytes of a filesystem of the claim alone, as they are now', () => {
    const used = (reading: Reading) => {
      const { namespaces } = storageSummary(viewOf({ claims: ['shop/a 1Gi'], readings: { 'shop/a': reading } }));
      return namespaces[0]?.claims[0] ?? assert.fail('no claim');
    };
    assert.equal(used(readingOf(50)).usedBytes, 50 * 2 ** 30);
    assert.equal(used(readingOf(0)).usedBytes, 0);
    assert.equal(used(readingOf(50, { quality: 'filesystemNotGrown' })).usedBytes, 50 * 2 ** 30);
    assert.equal(used(readingOf(50, { usedBytes: 2 ** 60 })).usedBytes, '1152921504606846976');
    for (const quality of ['lastSeen', 'notMounted', 'sharedFilesystem'] as const)
      assert.ok(!('usedBytes' in used(readingOf(50, { quality }))), quality);
    assert.ok(!('usedBytes' in used(readingOf(50, { usedBytes: undefined }))));
    assert.ok(!('usedBytes' in used(noReading('forbidden', 'Not allowed.'))));
  });

  it('has other objects only for the namespaces of which other bytes are used', () => {
    const { snapshot, budgets } = viewOf({ claims: ['shop/a 1Gi', 'blog/b 1Gi'] });
    const summaryOf = summaries();
    const shown = (shop: Reading, blog: Reading) => {
      const { readings } = viewOf({ readings: { 'shop/a': shop, 'blog/b': blog } });
      return new Map(summaryOf({ snapshot, budgets, readings }).namespaces.map((each) => [each.name, each]));
    };
    const before = shown(readingOf(10), readingOf(10));
    const after = shown(readingOf(20), readingOf(10, { atMs: heardMs + 60_000 }));
    assert.equal(after.get('blog'), before.get('blog'));
    assert.equal(after.get('shop')?.claims[0]?.usedBytes, 20 * 2 ** 30);
  });

  it('is breached strictly above the budget, at once', () => {
    const breached = (seed: ViewSeed) => storageSummary(viewOf(seed)).breached;
    assert.equal(breached({ claims: ['a/a 200Gi'] }), false);
    assert.equal(breached({ claims: ['a/a 200Gi', 'a/b 1'] }), true);
    assert.equal(breached({ claims: ['a/a 500Gi'], budgets: {} }), false);
    assert.equal(breached({ claims: ['a/a 500Gi'], budgets: { 'namespace:a': '1Gi' } }), false);
  });

  it('has no ratio and no budget where there is none, and no time before the first contact', () => {
    const { ratio, budgetBytes } = storageSummary(viewOf({ budgets: {} }));
    assert.deepEqual([ratio, budgetBytes], [null, null]);
    const none: Connection = { state: 'none', reason: 'noKubeconfig', message: '' };
    const view = viewOf({ target: undefined, snapshot: { connection: none, heardMs: undefined, synced: false } });
    const { context, asOf, claimedBytes } = storageSummary(view);
    assert.deepEqual([context, asOf, claimedBytes], [null, null, 0]);
    assert.equal(storageSummary(viewOf()).asOf, new Date(heardMs).toISOString());
  });

  it('is made once for a snapshot and its budgets, whatever else the view says', () => {
    const summaryOf = summaries();
    const view = viewOf({ claims: ['a/a 1Gi'] });
    const first = summaryOf(view);
    const pinned = { ...view, pinned: true };
    assert.equal(summaryOf(pinned), first);
    assert.deepEqual(first, storageSummary(view));
    const other = { ...view, budgets: [] };
    assert.equal(summaryOf(other).budgetBytes, null);
    const claims = viewOf({ claims: ['a/a 2Gi'] });
    assert.deepEqual(summaryOf(claims), storageSummary(claims));
  });
});
