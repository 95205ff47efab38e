import assert from 'node:assert/strict';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import { ClaimRows } from '../../../src/presentation/claimRows.ts';
import { RootRows, rootRows } from '../../../src/presentation/rootRows.ts';
import type { Row } from '../../../src/presentation/row.ts';
import { withoutAccessRows } from '../../../src/presentation/tree.ts';
import { bytesOf, claimOf, readingOf, storageClassOf, type ViewSeed, viewOf } from '../../support/views.ts';

const claimRows = (...asked: Parameters<ClaimRows['of']>) => new ClaimRows().of(...asked);

const labels = (rows: readonly Row[]) => rows.map(({ label }) => label);
const texts = (rows: readonly Row[]) => rows.map(({ label, description }) => `${label}  ${description}`.trim());
const dark = { 'dark-10': 'forbidden', 'dark-2': 'forbidden', far: 'unknown' } as const;

describe('namespace rows', () => {
  it('say how many claims, and how much', () => {
    const seed: ViewSeed = { claims: ['shop/a 70Gi', 'shop/b 1.5Gi', 'shop/c 80Gi', 'blog/a 20000000000'] };
    assert.deepEqual(texts(rootRows(viewOf(seed))), ['blog  1 claim · 18.6Gi', 'shop  3 claims · 151Gi']);
  });

  it('say in the tooltip that a sum leaves unknown sizes out', () => {
    const rows = rootRows(viewOf({ claims: ['shop/a 1Gi', 'shop/b ?', 'blog/a 1Gi'] }));
    assert.deepEqual(texts(rows), ['blog  1 claim · 1Gi', 'shop  2 claims · 1Gi']);
    assert.deepEqual(
      rows.map(({ tooltip }) => tooltip),
      ['**blog**\n\n1 claim, 1Gi claimed', '**shop**\n\n2 claims, 1Gi claimed, 1 of unknown size'],
    );
  });

  it('are in natural order', () => {
    const claims = ['data-10/a 1Gi', 'data-2/a 1Gi', 'api/a 1Gi'];
    assert.deepEqual(labels(rootRows(viewOf({ claims }))), ['api', 'data-2', 'data-10']);
  });

  it('are in order of size, descending, ties by name', () => {
    const claims = ['a/a 1Gi', 'd-10/a 2Gi', 'd-2/a 1Gi', 'd-2/b 1Gi', 'z/a 3Gi', 'b/a ?'];
    assert.deepEqual(labels(rootRows(viewOf({ claims, view: { sort: 'claimed' } }))), ['z', 'd-2', 'd-10', 'a', 'b']);
  });

  it('are in order of what is used, unknown last, no shared filesystem summed, ties by name', () => {
    const view = viewOf({
      claims: ['a/a 1Gi', 'b-10/a 1Gi', 'b-2/a 1Gi', 'c/a 1Gi', 'c/b 1Gi', 'd/a 1Gi', 'empty/a 1Gi'],
      readings: {
        'b-10/a': readingOf(40),
        'b-2/a': readingOf(40),
        'c/a': readingOf(30),
        'c/b': readingOf(20, { quality: 'lastSeen' }),
        'd/a': readingOf(99, { quality: 'sharedFilesystem', subject: 'filesystem' }),
        'empty/a': readingOf(0),
      },
      view: { sort: 'used' },
    });
    assert.deepEqual(labels(rootRows(view)), ['c', 'b-2', 'b-10', 'empty', 'a', 'd']);
    assert.deepEqual(labels(claimRows(view, 'c')), ['a', 'b']);
  });

  it('are hidden without claims, unless they are asked for', () => {
    const seed: ViewSeed = { claims: ['shop/a 1Gi'], access: { empty: 'ok' } };
    assert.deepEqual(labels(rootRows(viewOf(seed))), ['shop']);
    const shown = rootRows(viewOf({ ...seed, view: { showEmptyNamespaces: true } }));
    assert.deepEqual(texts(shown), ['empty  0 claims · 0', 'shop  1 claim · 1Gi']);
    assert.deepEqual(
      shown.map(({ collapsible }) => collapsible),
      ['none', 'collapsed'],
    );
  });

  it('are the same object while their namespace is, so that nothing is drawn again', () => {
    const view = viewOf({ claims: ['shop/a 1Gi'] });
    const kept = new RootRows();
    assert.equal(kept.of(view)[0], kept.of({ ...view, pinned: true })[0]);
    assert.deepEqual(kept.of(view), rootRows(view));
    assert.notEqual(kept.of(viewOf({ claims: ['shop/a 2Gi'] }))[0], kept.of(view)[0]);
  });

  it('are known by the UID of the namespace, else by its name', () => {
    assert.equal(rootRows(viewOf({ claims: ['shop/a 1Gi'] }))[0]?.id, 'ns:shop');
  });
});

describe('the row of namespaces without access', () => {
  it('is the last, folded, and opens to their names', () => {
    const view = viewOf({ claims: ['shop/a 1Gi', 'zoo/a 1Gi'], access: dark });
    const rows = rootRows(view);
    assert.deepEqual(labels(rows), ['shop', 'zoo', '3 namespaces without access']);
    assert.equal(rows.at(-1)?.collapsible, 'collapsed');
    assert.deepEqual(texts(withoutAccessRows(view)), ['dark-2', 'dark-10', 'far  not read']);
  });

  it('has a singular, and is not there without need', () => {
    assert.deepEqual(labels(rootRows(viewOf({ access: { dark: 'forbidden' } }))), ['1 namespace without access']);
    assert.deepEqual(rootRows(viewOf({ access: { empty: 'ok' } })), []);
  });

  it('does not come before anything is known', () => {
    assert.deepEqual(rootRows(viewOf({ access: dark, snapshot: { synced: false } })), []);
  });

  it('leaves a namespace out whose last claims are still shown', () => {
    const view = viewOf({ claims: ['shop/a 1Gi'], access: { shop: 'forbidden' } });
    assert.deepEqual(texts(rootRows(view)), ['shop  1 claim · 1Gi · no access']);
    assert.equal(rootRows(view)[0]?.accessibilityLabel, 'Namespace shop, 1 claim, 1Gi, no access');
    assert.deepEqual(withoutAccessRows(view), []);
  });

  it('says no access only where it is refused', () => {
    const view = viewOf({ claims: ['shop/a 1Gi'], access: { shop: 'unknown' } });
    assert.deepEqual(texts(rootRows(view)), ['shop  1 claim · 1Gi']);
  });
});

const descriptions: [claim: Partial<ClaimRecord>, description: string][] = [
  [{}, '80Gi'],
  [{ capacityBytes: bytesOf('100Gi') }, '80Gi'],
  [{ terminating: true }, '80Gi · Terminating'],
  [{ phase: 'Lost' }, '80Gi · Lost'],
  [{ capacityBytes: bytesOf('50Gi') }, '50Gi → 80Gi · resizing'],
  [{ capacityBytes: bytesOf('50Gi'), resizeStatus: 'NodeResizeInfeasible' }, '50Gi → 80Gi · resize failed'],
  [{ capacityBytes: bytesOf('50Gi'), resizeStatus: 'NodeResizePending' }, '50Gi → 80Gi · grows when a pod mounts it'],
  [{ phase: 'Pending' }, '80Gi · Pending'],
  [{ phase: 'Pending', storageClass: 'waits' }, '80Gi · waiting for first pod'],
  [{ capacityBytes: bytesOf('50Gi'), terminating: true }, '80Gi · Terminating'],
];

describe('claim rows', () => {
  for (const [claim, description] of descriptions) {
    it(`read ${description}`, () => {
      const storageClasses = [storageClassOf('waits', true)];
      const [row] = claimRows(viewOf({ claims: [claimOf('shop/a 80Gi', claim)], storageClasses }), 'shop');
      assert.deepEqual([row?.label, row?.description], ['a', description]);
    });
  }

  it('say that a size is unknown, and why in the tooltip', () => {
    const [row] = claimRows(viewOf({ claims: ['shop/a ?'] }), 'shop');
    assert.equal(row?.description, 'size unknown');
    assert.equal(row?.icon?.codicon, 'warning');
    assert.match(row?.tooltip ?? '', /Not counted: .*is not a Kubernetes quantity/);
  });

  it('say that only the capacity is unknown of a claim that is counted', () => {
    const { capacityBytes: _, ...claim } = claimOf('shop/a 50Gi', { capacityProblem: "'abc' is no size" });
    const [row] = claimRows(viewOf({ claims: [claim] }), 'shop');
    assert.deepEqual([row?.description, row?.icon?.codicon], ['50Gi', 'database']);
    assert.match(row?.tooltip ?? '', /- capacity: unknown\n\nCapacity unknown: .*is no size/);
    assert.doesNotMatch(row?.tooltip ?? '', /Not counted/);
  });

  it('are in natural order, or by size with unknown ones last and ties by name', () => {
    const claims = ['shop/data-10 5Gi', 'shop/data-2 5Gi', 'shop/a-unknown ?', 'shop/cache 1Gi', 'shop/media 9Gi'];
    const order = (sort: 'name' | 'claimed') => labels(claimRows(viewOf({ claims, view: { sort } }), 'shop'));
    assert.deepEqual(order('name'), ['a-unknown', 'cache', 'data-2', 'data-10', 'media']);
    assert.deepEqual(order('claimed'), ['media', 'data-2', 'data-10', 'cache', 'a-unknown']);
  });

  it('are known by UID and carry the context they were seen in', () => {
    const [row] = claimRows(viewOf({ claims: ['shop/a 1Gi'] }), 'shop');
    assert.equal(row?.id, 'uid-shop/a');
    assert.deepEqual(row?.claim, { contextName: 'kind-dev', namespace: 'shop', name: 'a', uid: 'uid-shop/a' });
  });

  it('are none in a namespace that is gone', () => assert.deepEqual(claimRows(viewOf(), 'gone'), []));

  it('speak for themselves', () => {
    const view = viewOf({ claims: [claimOf('shop/a 80Gi', { capacityBytes: bytesOf('50Gi') })] });
    assert.equal(rootRows(view)[0]?.accessibilityLabel, 'Namespace shop, 1 claim, 80Gi');
    assert.equal(claimRows(view, 'shop')[0]?.accessibilityLabel, 'Claim a, 50Gi to 80Gi, resizing');
  });

  it('have the exact sizes in the tooltip', () => {
    const claim = claimOf('shop/a 20000000000', { capacityBytes: bytesOf('20Gi') });
    const tooltip = claimRows(viewOf({ claims: [claim] }), 'shop')[0]?.tooltip.replace(/&#(\d+);/g, (_, code: string) =>
      String.fromCodePoint(Number(code)),
    );
    assert.match(tooltip ?? '', /requested: 18\.6Gi \(20,000,000,000 bytes\)\n- charged: 18\.6Gi .*\n- capacity: 20Gi/);
  });
});
