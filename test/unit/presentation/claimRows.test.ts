import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClaimIndex } from '../../../src/domain/claimIndex.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import { ClaimRows } from '../../../src/presentation/claimRows.ts';
import { claimOf, readingOf, storageClassOf, targetOf, type ViewSeed, viewOf } from '../../support/views.ts';

/** As between the snapshots of a session. */
const storageClasses: StorageSnapshot['storageClasses'] = { state: 'off', items: new Map() };
const plainRows = (rows: ReturnType<ClaimRows['of']>) => rows.map((row) => ({ ...row, tooltip: row.tooltip }));

describe('claim rows that are kept', () => {
  it('are the same objects for the claims that have not changed', () => {
    const kept = new ClaimRows();
    const [a, b, c] = [claimOf('shop/a 1Gi'), claimOf('shop/b 1Gi'), claimOf('shop/c 1Gi')];
    const changed = claimOf('shop/b 2Gi', { resourceVersion: '2' });
    const before = kept.of(viewOf({ claims: [c, a, b], snapshot: { storageClasses } }), 'shop');
    const after = kept.of(viewOf({ claims: [a, changed, c], snapshot: { storageClasses } }), 'shop');
    assert.equal(after[0], before[0]);
    assert.equal(after[2], before[2]);
    assert.equal(after[1]?.description, '2Gi');
  });

  it('are made anew under another context and with other storage classes', () => {
    const claims = [claimOf('shop/a 1Gi waits', { phase: 'Pending' })];
    const kept = new ClaimRows();
    const rowOf = (seed: ViewSeed) => kept.of(viewOf({ claims, ...seed }), 'shop')[0];
    assert.equal(rowOf({})?.description, '1Gi · Pending');
    assert.equal(
      rowOf({ storageClasses: [storageClassOf('waits', true)] })?.description,
      '1Gi · waiting for first pod',
    );
    assert.equal(rowOf({ target: targetOf({ contextName: 'other' }) })?.claim?.contextName, 'other');
  });

  it('stay while a reading moves on without changing what is drawn', () => {
    const claims = [claimOf('shop/a 1Gi'), claimOf('shop/b 1Gi')];
    const { snapshot } = viewOf({ claims });
    const kept = new ClaimRows();
    const rows = (a: number, b: number) =>
      kept.of(viewOf({ snapshot, readings: { 'shop/a': readingOf(a), 'shop/b': readingOf(b) } }), 'shop');
    const first = rows(50, 60);
    const same = rows(50.5, 60.5);
    assert.equal(same, first, 'the very list');
    assert.match(same[0]?.tooltip ?? '', /- used: 50&#46;5Gi\n/, 'the tooltip is of the latest reading');
    const next = rows(50.5, 61);
    assert.equal(next[0], first[0]);
    assert.equal(next[1]?.description, '1Gi · 61% used');
    assert.equal(kept.of(viewOf({ snapshot }), 'shop')[0]?.description, '1Gi');
  });

  it('go where their readings have moved to, in order of use', () => {
    const { snapshot } = viewOf({ claims: ['shop/a 1Gi', 'shop/b 1Gi', 'shop/c 1Gi', 'shop/d 1Gi'] });
    const kept = new ClaimRows();
    const order = (readings: Readonly<Record<string, Reading>>) =>
      kept.of(viewOf({ snapshot, readings, view: { sort: 'used' } }), 'shop').map(({ label }) => label);
    assert.deepEqual(order({ 'shop/b': readingOf(10), 'shop/c': readingOf(20) }), ['c', 'b', 'a', 'd']);
    assert.deepEqual(order({ 'shop/b': readingOf(30), 'shop/c': readingOf(20) }), ['b', 'c', 'a', 'd']);
    assert.deepEqual(order({}), ['a', 'b', 'c', 'd']);
  });

  it('are what they would be without being kept, after any changes', () => {
    const change = fc.record({
      name: fc.nat(30),
      gi: fc.integer({ min: 0, max: 4 }),
      gone: fc.boolean(),
      used: fc.nat(100),
      sort: fc.constantFrom('name' as const, 'claimed' as const, 'used' as const),
    });
    fc.assert(
      fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 12 }), { maxLength: 12 }), (rounds) => {
        const index = new ClaimIndex();
        const kept = new ClaimRows();
        let version = 0;
        let readings: Readonly<Record<string, Reading>> = {};
        for (const round of rounds) {
          for (const { name, gi, gone, used } of round) {
            if (used % 3 === 0) readings = { ...readings, [`shop/data-${name}`]: readingOf(used) };
            if (gone) index.remove(`uid-shop/data-${name}`);
            else
              index.upsert(
                claimOf(`shop/data-${name} ${gi === 0 ? '?' : `${gi}Gi`}`, { resourceVersion: String(++version) }),
              );
          }
          const { latest: _, ...snapshot } = index.picture();
          const view = viewOf({
            readings,
            snapshot: { ...snapshot, storageClasses },
            view: { sort: round[0]?.sort ?? 'name' },
          });
          assert.deepEqual(plainRows(kept.of(view, 'shop')), plainRows(new ClaimRows().of(view, 'shop')));
        }
      }),
    );
  });
});
