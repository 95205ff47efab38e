import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ClaimThresholds, type FreeBound, mixinThresholds } from '../../../src/domain/claimThresholds.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { isPlenty, spaceLeft } from '../../../src/domain/spaceLeft.ts';
import { claimRow, isReadAlike, isSameClaimRow } from '../../../src/presentation/claimRow.ts';
import { claimOf } from '../../support/views.ts';

const ratio = fc.double({ min: 0, max: 1, noNaN: true });
const bound: fc.Arbitrary<FreeBound> = fc.oneof(
  ratio.map((value) => ({ ratio: value })),
  fc.nat(2_000).map((bytes) => ({ bytes })),
);
const count = fc.option(fc.nat(1_000), { nil: undefined });
const figures = fc.record({
  capacityBytes: count,
  availableBytes: count,
  usedBytes: count,
  inodes: count,
  inodesUsed: count,
});
const thresholds: fc.Arbitrary<ClaimThresholds> = fc
  .record({ warning: bound, critical: bound, inodesWarning: ratio, inodesCritical: ratio, limit: count })
  .map(({ limit, ...rest }) => ({
    ...rest,
    ignored: false,
    problems: [],
    ...(limit === undefined ? {} : { limitBytes: limit }),
  }));

describe('the quick way', () => {
  it('finds plenty free only where the long way finds nothing', () => {
    fc.assert(
      fc.property(figures, thresholds, (stats, own) => {
        if (!isPlenty(stats, own)) return;
        const found = spaceLeft(stats, () => undefined, own, 0).filter(
          ({ critical, warning }) => critical || warning !== false,
        );
        assert.deepEqual(found, []);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds two readings alike only where their rows are the same', () => {
    const claim = claimOf('shop/data 1Gi');
    const reading: fc.Arbitrary<Reading> = fc
      .record({
        figures,
        quality: fc.constantFrom('measured', 'sharedFilesystem', 'filesystemNotGrown', 'lastSeen', 'notMounted'),
        subject: fc.constantFrom('claim', 'filesystem'),
      })
      .map(({ figures: stats, ...rest }) => ({ ...rest, ...stats, reason: '' }) as Reading);
    let alike = 0;
    fc.assert(
      fc.property(reading, fc.record({ availableBytes: count, inodesUsed: count }), (a, more) => {
        const b = { ...a, ...more };
        if (!isReadAlike(claim, a, b, mixinThresholds)) return;
        alike++;
        const row = (each: Reading) =>
          claimRow(claim, {
            ...{ storageClasses: new Map(), contextName: 'dev', thresholds: mixinThresholds },
            ...{ readings: new Map([[claim.uid, each]]), latestReading: () => each },
          });
        assert.ok(isSameClaimRow(row(a), row(b)));
      }),
      { numRuns: 2_000 },
    );
    assert.ok(alike > 0);
  });
});
