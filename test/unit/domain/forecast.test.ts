import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Forecast, forecastOf, type UsageSample } from '../../../src/domain/forecast.ts';

const hourMs = 3_600_000;
const gib = 2 ** 30;
const beganMs = Date.UTC(2026, 2, 1);

/** A sample every five minutes for so many hours; `usedAt` tells the GiB used by hour, undefined where nobody could read it. */
function life(
  hours: number,
  usedAt: (hour: number) => number | undefined,
  capacityAt: (hour: number) => number = () => 100,
): UsageSample[] {
  const samples: UsageSample[] = [];
  for (let step = 0; step <= hours * 12; step++) {
    const used = usedAt(step / 12);
    if (used === undefined) continue;
    samples.push({
      atMs: beganMs + (step / 12) * hourMs,
      usedBytes: used * gib,
      capacityBytes: capacityAt(step / 12) * gib,
    });
  }
  return samples;
}

function forecast(samples: readonly UsageSample[]): Forecast {
  return forecastOf(samples, samples.at(-1)?.atMs ?? beganMs);
}

/** Full in so many hours, give or take a tenth; and not before or after the range. */
function assertFullIn(hours: number, given: Forecast, toleranceRatio = 0.1): void {
  if (given.kind !== 'full') assert.fail(`${given.kind} instead of full in ${hours} h`);
  const likely = given.likelyMs / hourMs;
  assert.ok(Math.abs(likely - hours) <= hours * toleranceRatio, `${likely} h instead of ${hours} h`);
  assert.ok(given.fromMs <= given.likelyMs);
  assert.ok(given.likelyMs <= (given.toMs ?? given.likelyMs));
}

/** Noise that is the same in every run, between -1 and 1. */
function noise(hour: number): number {
  const wave = Math.sin(Math.round(hour * 12) * 12.9898) * 43758.5453;
  return 2 * (wave - Math.floor(wave)) - 1;
}

const saw = (hour: number, period: number) => (hour % period) / period;

describe('forecast', () => {
  it('asks for two hours of history', () => {
    assert.deepEqual(forecast(life(1.5, (hour) => 10 + hour)), { kind: 'notEnough', needsMs: 2 * hourMs });
    assert.deepEqual(forecast([]), { kind: 'notEnough', needsMs: 2 * hourMs });
    assertFullIn(88, forecast(life(2, (hour) => 10 + hour)));
  });

  it('says when a volume that grows evenly is full', () => {
    const given = forecast(life(72, (hour) => 20 + hour + noise(hour) / 10));
    assertFullIn(8, given);
    assert.equal(given.kind === 'full' && given.confidence, 'high');
  });

  it('leaves the end open while growth has not lasted for half of what is left', () => {
    const given = forecast(life(4, (hour) => 20 + hour));
    assertFullIn(76, given);
    assert.ok(given.kind === 'full' && given.toMs === undefined && given.confidence === 'low');
  });

  it('sees no trend in noise', () => {
    assert.deepEqual(forecast(life(48, (hour) => 90 + noise(hour))), { kind: 'noTrend' });
  });

  it('says that usage is falling', () => {
    assert.deepEqual(forecast(life(48, (hour) => 90 - hour / 2 + noise(hour) / 5)), { kind: 'falling' });
  });

  it('says so too of what had grown before', () => {
    const turned = (hour: number) => 40 + hour - 2 * Math.max(0, hour - 40) + noise(hour) / 5;
    for (const hours of [45, 48, 60]) assert.deepEqual(forecast(life(hours, turned)), { kind: 'falling' });
  });

  it('is not alarmed while a tooth of compaction rises as the teeth before did', () => {
    for (const hours of [40, 43, 47])
      assert.deepEqual(forecast(life(hours, (hour) => 70 + 20 * saw(hour, 8))), { kind: 'noTrend' });
  });

  it('sees the growth below the teeth, up to where their peaks reach the capacity', () => {
    // The peak before 96 h is 99.9, and the tooth after it comes to 100 at 102 h.
    assertFullIn(102 - 71, forecast(life(71, (hour) => 40 + hour / 2 + 12 * saw(hour, 8))), 0.3);
  });

  it('is not alarmed by the rise of a day that is like the days before', () => {
    const daily = (hour: number) => 70 + 15 * Math.sin((hour / 12) * Math.PI) + noise(hour) / 10;
    for (const hours of [72, 75, 78, 90]) assert.deepEqual(forecast(life(hours, daily)), { kind: 'noTrend' });
  });

  it('sees the growth below a daily cycle at any hour of the day, and at which hour it is full', () => {
    const daily = (hour: number) => 40 + hour / 4 + 5 * Math.sin((hour / 12) * Math.PI) + noise(hour) / 10;
    const full = Array.from({ length: 400 * 12 }, (_, step) => step / 12).find((hour) => daily(hour) >= 100) ?? 0;
    for (const hours of [99, 105, 111, 117]) assertFullIn(full - hours, forecast(life(hours, daily)));
  });

  it('is not alarmed by a load that has ended', () => {
    const load = (hour: number) => 30 + 40 * Math.min(1, Math.max(0, (hour - 48) / 4)) + noise(hour) / 20;
    for (const hours of [53, 54, 60, 90]) assert.deepEqual(forecast(life(hours, load)), { kind: 'noTrend' });
  });

  it('is alarmed two hours after fast growth has set in', () => {
    const calm = (hour: number) => 30 + 5 * Math.max(0, hour - 48) + noise(hour) / 20;
    assertFullIn(11.6, forecast(life(50.4, calm)), 0.15);
  });

  it('goes on with the growth before after a gap and a restart that lost temporary files', () => {
    const restarted = (hour: number) =>
      hour >= 60 && hour < 66 ? undefined : 20 + hour - (hour < 66 ? 0 : 4 * Math.max(0, 1 - (hour - 66) / 3));
    for (const hours of [66.5, 72, 75]) assertFullIn(80 - hours, forecast(life(hours, restarted)), 0.5);
  });

  it('counts from the capacity that a resize has brought', () => {
    const resized = forecast(
      life(
        60,
        (hour) => 20 + hour,
        (hour) => (hour < 50 ? 100 : 200),
      ),
    );
    assertFullIn(120, resized);
  });

  it('looks at what comes after much was deleted', () => {
    const deleted = (hour: number) => (hour < 48 ? 40 + hour : 20 + 2 * (hour - 48));
    assertFullIn(14, forecast(life(74, deleted)));
  });

  it('allows for growth that gathers pace', () => {
    const given = forecast(life(96, (hour) => 20 + 60 * (hour / 96) ** 2));
    const trueMs = (96 * Math.sqrt(80 / 60) - 96) * hourMs;
    assert.ok(
      given.kind === 'full' && given.fromMs <= trueMs && trueMs <= (given.toMs ?? trueMs),
      JSON.stringify(given),
    );
  });

  it('sees the growth in steps that are hours apart', () => {
    for (const hours of [60, 61, 63, 64.5])
      assertFullIn(125 - hours, forecast(life(hours, (hour) => 4 * Math.floor(hour / 5))), 0.3);
  });

  it('keeps what it knows of the growth when a little was deleted', () => {
    const given = forecast(life(64, (hour) => 20 + hour - (hour < 60 ? 0 : 8) + noise(hour) / 20));
    assertFullIn(24, given);
    assert.ok(given.kind === 'full' && given.confidence === 'high');
  });

  it('is not misled by a day on which nothing was deleted for once', () => {
    const cleaned = (hour: number) => 90 - 8 * Math.min(6, Math.floor((hour + 12) / 24));
    for (const hours of [150, 153, 157, 160, 166]) assert.notEqual(forecast(life(hours, cleaned)).kind, 'full');
  });

  it('says 0 of what is full already, and counts the time since the last sample', () => {
    const samples = life(72, (hour) => 20 + hour);
    const now = forecastOf(samples, (samples.at(-1)?.atMs ?? 0) + 3 * hourMs);
    assertFullIn(5, now);
    assertFullIn(0, forecast(life(90, (hour) => 20 + hour)));
  });

  it('takes samples that cannot be for gaps', () => {
    const samples = life(72, (hour) => 20 + hour);
    const broken = samples.map((sample, index) =>
      index % 7 === 3
        ? { ...sample, capacityBytes: 0 }
        : index % 11 === 5
          ? { ...sample, usedBytes: Number.NaN }
          : sample,
    );
    assertFullIn(8, forecast(broken));
  });
});

function levelsFrom(start: number, steps: readonly number[]): number[] {
  const levels = [start];
  for (const step of steps) levels.push(Math.max(0, (levels.at(-1) ?? start) + step));
  return levels;
}

const anyLife = fc
  .record({
    start: fc.double({ min: 0, max: 95, noNaN: true }),
    steps: fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 2, maxLength: 90 }),
    rough: fc.double({ min: 0, max: 2, noNaN: true }),
    gap: fc.nat(90),
  })
  .map(({ start, steps, rough, gap }) => {
    const levels = levelsFrom(start, steps);
    return life(steps.length, (hour) => {
      const [from = 0, to = from] = [levels[Math.floor(hour)], levels[Math.floor(hour) + 1]];
      if (Math.floor(hour) === gap) return undefined;
      return Math.max(0, from + (hour % 1) * (to - from) + rough * noise(hour));
    });
  });

function assertAlike(actual: Forecast, expected: Forecast): void {
  assert.equal(actual.kind, expected.kind);
  if (actual.kind !== 'full' || expected.kind !== 'full') return;
  const pairs = [
    [actual.fromMs, expected.fromMs],
    [actual.likelyMs, expected.likelyMs],
    [actual.toMs ?? 0, expected.toMs ?? 0],
  ];
  for (const [a = 0, b = 0] of pairs) assert.ok(Math.abs(a - b) <= 1 + 1e-6 * Math.max(a, b), `${a} is not ${b}`);
}

describe('any forecast', () => {
  it('has a range in order, of numbers that are not negative', () => {
    fc.assert(
      fc.property(anyLife, fc.nat(1000), (samples, minutesLater) => {
        const given = forecastOf(samples, (samples.at(-1)?.atMs ?? 0) + minutesLater * 60_000);
        if (given.kind !== 'full') return;
        assert.ok(given.fromMs >= 0 && Number.isFinite(given.likelyMs));
        assert.ok(given.fromMs <= given.likelyMs && given.likelyMs <= (given.toMs ?? given.likelyMs));
        assert.ok(given.toMs === undefined || Number.isFinite(given.toMs));
      }),
    );
  });

  it('does not depend on the date', () => {
    fc.assert(
      fc.property(anyLife, fc.integer({ min: -1e9, max: 1e9 }), (samples, shiftMs) => {
        const shifted = samples.map((sample) => ({ ...sample, atMs: sample.atMs + shiftMs }));
        assertAlike(forecast(shifted), forecast(samples));
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the size of the volume', () => {
    fc.assert(
      fc.property(anyLife, fc.integer({ min: -20, max: 20 }), (samples, power) => {
        const scaled = samples.map(({ atMs, usedBytes, capacityBytes }) => ({
          atMs,
          usedBytes: usedBytes * 2 ** power,
          capacityBytes: capacityBytes * 2 ** power,
        }));
        assert.deepEqual(forecast(scaled), forecast(samples));
      }),
      { numRuns: 50 },
    );
  });

  it('never says full of what only falls', () => {
    const falls = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 3, maxLength: 120 });
    fc.assert(
      fc.property(falls, fc.boolean(), (steps, even) => {
        const levels = levelsFrom(
          99,
          steps.map((step) => -step),
        );
        const samples = life(steps.length, (hour) => {
          const [from = 0, to = from] = [levels[Math.floor(hour)], levels[Math.floor(hour) + 1]];
          return even ? from + (hour % 1) * (to - from) : from;
        });
        assert.notEqual(forecast(samples).kind, 'full');
      }),
    );
  });

  it('is never surer with more noise', () => {
    const widthOf = (given: Forecast) =>
      given.kind === 'full' && given.toMs !== undefined ? given.toMs - given.fromMs : Number.POSITIVE_INFINITY;
    const growth = fc.record({
      hours: fc.integer({ min: 6, max: 90 }),
      rate: fc.double({ min: 0.1, max: 0.8, noNaN: true }),
      rough: fc.double({ min: 0.01, max: 1, noNaN: true }),
      more: fc.double({ min: 1.5, max: 8, noNaN: true }),
    });
    fc.assert(
      fc.property(growth, ({ hours, rate, rough, more }) => {
        const grown = (by: number) => forecast(life(hours, (hour) => 10 + rate * hour + by * noise(hour)));
        assert.ok(widthOf(grown(rough)) <= widthOf(grown(rough * more)));
      }),
      { numRuns: 60 },
    );
  });
});
