import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fullRatio, hasFigures, inodeRatio, knownStats, type VolumeStats } from '../../../src/domain/reading.ts';

const gi = 2 ** 30;
const sent = {
  capacityBytes: 10 * gi,
  availableBytes: 2 * gi,
  usedBytes: 7 * gi,
  inodes: 655_360,
  inodesUsed: 65_536,
};
const { inodes: _, inodesUsed: __, ...bytesAlone } = sent;
/** -1 as an unsigned 64-bit number, as JSON.parse gives it. */
const noInodes = JSON.parse('18446744073709551615') as number;

describe('figures of a volume', () => {
  const kept: readonly [what: string, sent: VolumeStats, known: VolumeStats][] = [
    ['all that are sent', sent, sent],
    [
      'an empty filesystem',
      { ...sent, availableBytes: 10 * gi, usedBytes: 0 },
      { ...sent, availableBytes: 10 * gi, usedBytes: 0 },
    ],
    ['a full filesystem', { ...sent, availableBytes: 0 }, { ...sent, availableBytes: 0 }],
    ['none of a block volume: used and available 0', { ...sent, availableBytes: 0, usedBytes: 0 }, {}],
    [
      'none of a driver that reports nothing: all 0',
      { capacityBytes: 0, availableBytes: 0, usedBytes: 0, inodes: 0, inodesUsed: 0 },
      {},
    ],
    ['none without a capacity', { ...sent, capacityBytes: undefined }, {}],
    ['none without what is available', { ...sent, availableBytes: undefined }, {}],
    ['none with more available than there is', { ...sent, availableBytes: 11 * gi }, {}],
    ['none of nothing available and no word of what is used', { ...sent, availableBytes: 0, usedBytes: undefined }, {}],
    ['none of a capacity that no int64 holds', { ...sent, capacityBytes: noInodes }, {}],
    ['bytes without what is used', { ...sent, usedBytes: undefined }, { ...sent, usedBytes: undefined }],
    ['bytes alone where inodes are 0', { ...sent, inodes: 0, inodesUsed: 0 }, bytesAlone],
    ['bytes alone where inodes are -1, unsigned', { ...sent, inodes: noInodes, inodesUsed: 0 }, bytesAlone],
    ['bytes alone where more inodes are used than there are', { ...sent, inodesUsed: 655_361 }, bytesAlone],
    [
      'an EFS of 8 EiB',
      { ...bytesAlone, capacityBytes: 9_223_372_036_853_727_000, availableBytes: 9_223_372_036_853_727_000 },
      { ...bytesAlone, capacityBytes: 9_223_372_036_853_727_000, availableBytes: 9_223_372_036_853_727_000 },
    ],
  ];
  for (const [what, from, to] of kept)
    it(`are kept: ${what}`, () => assert.deepEqual(defined(knownStats(from)), defined(to)));

  it('give a percentage as dashboards do: (capacity - available) / capacity, not used / capacity', () => {
    assert.equal(fullRatio(sent), 0.8);
  });

  it('give a share of inodes only where there are inodes', () => {
    assert.equal(inodeRatio(sent), 0.1);
    assert.equal(inodeRatio(bytesAlone), undefined);
  });

  it('give no percentage, rather than 0, where nothing is known', () => {
    const nothing = knownStats({ capacityBytes: 5 * gi, availableBytes: 0, usedBytes: 0 });
    assert.equal(hasFigures(nothing), false);
    assert.equal(fullRatio(nothing), undefined);
    assert.equal(inodeRatio(nothing), undefined);
  });

  it('give ratios from 0 to 1, or none, whatever was sent', () => {
    const number = fc.oneof(
      fc.double(),
      fc.nat(),
      fc.constantFrom(0, noInodes, 2 ** 53, 2 ** 63),
      fc.constant(undefined),
    );
    const stats = fc.record({
      capacityBytes: number,
      availableBytes: number,
      usedBytes: number,
      inodes: number,
      inodesUsed: number,
    });
    fc.assert(
      fc.property(stats, (any) => {
        const known = knownStats(any);
        assert.deepEqual(defined(knownStats(known)), defined(known), 'knowing twice is knowing once');
        for (const ratio of [fullRatio(known), inodeRatio(known)])
          assert.ok(ratio === undefined || (ratio >= 0 && ratio <= 1));
        assert.equal(fullRatio(known) === undefined, !hasFigures(known));
      }),
      { numRuns: 1000 },
    );
  });
});

function defined(stats: VolumeStats): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(stats).filter(([, value]) => value !== undefined));
}
