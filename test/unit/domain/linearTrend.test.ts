import assert from 'node:assert/strict';
import { LinearTrend } from '../../../src/domain/linearTrend.ts';

type Values = readonly { readonly atMs: number; readonly value: number }[];

function predictLinear(values: Values, nowMs: number, aheadMs: number): number | undefined {
  const trend = new LinearTrend(nowMs);
  for (const { atMs, value } of values) trend.add(atMs, value);
  return trend.predict(aheadMs);
}

describe('a straight line through the past', () => {
  const at = (...values: number[]) => values.map((value, minute) => ({ atMs: minute * 60_000, value }));

  it('leads on as it came', () => assert.equal(predictLinear(at(100, 90, 80), 120_000, 180_000), 50));

  it('is that of least squares, not through the last value', () =>
    assert.equal(predictLinear(at(0, 0, 0, 10), 180_000, 0), 7));

  it('counts from the time of the evaluation, which may be after the last value', () =>
    assert.equal(predictLinear(at(100, 90), 120_000, 60_000), 70));

  it('is flat through equal values, at exactly those', () =>
    assert.equal(predictLinear(at(0.1, 0.1, 0.1), 120_000, 4 * 86_400_000), 0.1));

  it('keeps what rounding would take from large values', () => {
    const values = at(...Array.from({ length: 361 }, (_, minute) => 2 ** 52 - minute));
    assert.ok(Math.abs((predictLinear(values, 360 * 60_000, 0) ?? 0) - (2 ** 52 - 360)) < 2);
  });

  it('takes two values', () => {
    assert.equal(predictLinear([], 0, 1), undefined);
    assert.equal(predictLinear(at(1), 0, 1), undefined);
  });
});
