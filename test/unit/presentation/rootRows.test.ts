import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClaimIndex } from '../../../src/domain/claimIndex.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { RootRows, rootRows } from '../../../src/presentation/rootRows.ts';
import { claimOf, readingOf, viewOf } from '../../support/views.ts';

describe('root rows that are kept', () => {
  it('are in the order they would have without being kept, after any changes', () => {
    const change = fc.record({
      used: fc.nat(100),
      namespace: fc.nat(12),
      gi: fc.integer({ min: 0, max: 4 }),
      access: fc.constantFrom('ok' as const, 'forbidden' as const),
      sort: fc.constantFrom('name' as const, 'name' as const, 'claimed' as const, 'used' as const),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const [index, kept] = [new ClaimIndex(), new RootRows()];
        let version = 0;
        let readings: Readonly<Record<string, Reading>> = {};
        for (const { namespace, gi, used, access, sort } of changes) {
          if (used > 20) readings = { ...readings, [`team-${namespace}/data`]: readingOf(used) };
          const path = `team-${namespace}/data`;
          if (gi === 0) index.remove(`uid-${path}`);
          else index.upsert(claimOf(`${path} ${gi}Gi`, { resourceVersion: String(++version) }));
          index.setNamespace(`team-${namespace}`, { access });
          const { latest: _, ...snapshot } = index.picture();
          const view = viewOf({ snapshot, readings, view: { sort, showEmptyNamespaces: version % 2 === 0 } });
          assert.deepEqual(kept.of(view), rootRows(view));
        }
      }),
      { seed: 7 },
    );
  });
});
