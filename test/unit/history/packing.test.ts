import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type HistorySample, keptSample, usageSampleOf } from '../../../src/domain/historySample.ts';
import { packed, unpacked } from '../../../src/history/packing.ts';
import { blockOf, downsampled, recentFromMs, thinned, tiers } from '../../../src/history/thinning.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 25, 9, 30);
const size = fc.oneof(
  fc.nat({ max: 2 ** 31 - 1 }),
  fc.maxSafeNat().map((value) => Math.floor(value / 4)),
);
const sample = (seconds: fc.Arbitrary<number>): fc.Arbitrary<HistorySample> =>
  fc
    .tuple(seconds, size, fc.double({ min: 0, max: 1, noNaN: true }), fc.option(size, { nil: undefined }), fc.boolean())
    .map(([at, capacity, part, usedBytes, counted]) => ({
      atMs: at * 1000,
      capacityBytes: capacity + 1,
      availableBytes: Math.floor(capacity * part),
      usedBytes,
      inodes: counted ? capacity : undefined,
      inodesUsed: counted ? 7 : undefined,
    }));
const anyTime = sample(fc.nat({ max: 2 ** 31 - 1 }));
const lastYears = sample(fc.integer({ min: nowMs / 1000 - 800 * 86_400, max: nowMs / 1000 }));

describe('packed samples', () => {
  it('come back as they were', () => {
    fc.assert(fc.property(fc.array(anyTime), (samples) => assert.deepEqual(unpacked(packed(samples)), samples)));
  });

  it('come back to one part in 2^50 above 2 PiB', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2 ** 63 * (1 - 2 ** -53), noNaN: true }), (bytes) => {
        const value = Math.floor(bytes);
        const sent = { atMs: 0, capacityBytes: value, availableBytes: 1 };
        const capacityBytes = unpacked(packed([sent]))?.[0]?.capacityBytes ?? 0;
        assert.ok(Math.abs(capacityBytes - value) <= value / 2 ** 50, `${value} became ${capacityBytes}`);
      }),
    );
  });

  it('of a filesystem that changes by blocks take less than ten bytes each', () => {
    const samples = Array.from({ length: 1000 }, (_, index) => ({
      atMs: nowMs + index * 60_000,
      capacityBytes: 50 * 2 ** 30,
      availableBytes: 40 * 2 ** 30 - index * 4096 * 1001,
      usedBytes: 9 * 2 ** 30 + index * 4096 * 1001,
      inodes: 3_276_800,
      inodesUsed: 1000 + index * 20,
    }));
    assert.ok(packed(samples).length < 10 * samples.length);
    assert.deepEqual(unpacked(packed(samples)), samples);
  });

  it('are not found in other bytes, and nothing throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const found = unpacked(bytes);
        assert.ok(found === undefined || found.length <= bytes.length);
      }),
    );
    assert.equal(unpacked(new Uint8Array()), undefined);
  });

  it('are not found in what was cut off or has something behind it', () => {
    fc.assert(
      fc.property(fc.array(anyTime, { minLength: 1 }), fc.nat(), (samples, cut) => {
        const bytes = packed(samples);
        assert.equal(unpacked(bytes.subarray(0, cut % bytes.length)), undefined);
        assert.equal(unpacked(Uint8Array.of(...bytes, 0)), undefined);
      }),
    );
  });
});

describe('thinning', () => {
  it('keeps the last of each step', () => {
    const at = (seconds: number) => ({ atMs: seconds * 1000, capacityBytes: 2, availableBytes: 1 });
    assert.deepEqual(thinned([at(61), at(0), at(59), at(200)], 60_000), [at(59), at(61), at(200)]);
  });

  it('in stages is the same as at once', () => {
    fc.assert(
      fc.property(fc.array(lastYears), fc.array(lastYears), fc.nat({ max: 400 }), (some, more, days) => {
        const before = downsampled(some, nowMs - days * dayMs);
        const kept = some.filter((each) => blockOf(each.atMs, nowMs) !== undefined);
        assert.deepEqual(
          downsampled([...before, ...more], nowMs).map(({ atMs }) => atMs),
          downsampled([...kept, ...more], nowMs).map(({ atMs }) => atMs),
        );
      }),
    );
  });

  it('keeps a minute for a day, ten for two weeks, two hours for a year, and nothing older than 13 months', () => {
    const minutes = 420 * 1440;
    const all = Array.from({ length: minutes }, (_, index) => ({
      atMs: nowMs - index * 60_000,
      capacityBytes: 2,
      availableBytes: 1,
    }));
    const kept = downsampled(all, nowMs).map(({ atMs }) => atMs);
    const within = (fromDays: number, toDays: number) =>
      kept.filter((atMs) => atMs <= nowMs - fromDays * dayMs && atMs > nowMs - toDays * dayMs).length;
    assert.equal(within(0, 1), 1440);
    assert.equal(within(2, 14), 12 * 144);
    assert.equal(within(16, 365), 349 * 12);
    assert.equal(within(396, 420), 0);
    assert.ok(kept.length < 9000, String(kept.length));
  });

  it('has blocks that hold whole blocks of the finer resolution', () => {
    for (const [index, { blockMs, stepMs }] of tiers.entries()) {
      const next = tiers[index + 1];
      assert.equal(blockMs % stepMs, 0);
      if (next) assert.deepEqual([next.blockMs % blockMs, next.stepMs % stepMs, blockMs % next.stepMs], [0, 0, 0]);
    }
    assert.ok(recentFromMs(nowMs) <= nowMs - 2 * 3_600_000);
  });
});

describe('a sample', () => {
  const whole = { atMs: 1_700, capacityBytes: 100, availableBytes: 40 };
  const kept: [title: string, sent: HistorySample, expected: HistorySample | undefined][] = [
    ['is kept by whole seconds', whole, { ...whole, atMs: 1_000 }],
    ['without capacity is none', { ...whole, capacityBytes: 0 }, undefined],
    ['with more available than there is is none', { ...whole, availableBytes: 101 }, undefined],
    ['without a time is none', { ...whole, atMs: Number.NaN }, undefined],
    ['larger than int64 is none', { ...whole, capacityBytes: 2 ** 63 }, undefined],
    ['loses the inodes that cannot be', { ...whole, inodes: -1, inodesUsed: Number.NaN }, { ...whole, atMs: 1_000 }],
  ];
  for (const [title, sent, expected] of kept)
    it(title, () =>
      assert.deepEqual(
        keptSample(sent),
        expected && { usedBytes: undefined, inodes: undefined, inodesUsed: undefined, ...expected },
      ),
    );

  it('counts as used what is not available', () => {
    assert.deepEqual(usageSampleOf({ ...whole, usedBytes: 50 }), { atMs: 1_700, capacityBytes: 100, usedBytes: 60 });
  });
});
