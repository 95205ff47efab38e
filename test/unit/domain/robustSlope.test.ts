import assert from 'node:assert/strict';
import { robustSlope } from '../../../src/domain/robustSlope.ts';

const line = Array.from({ length: 24 }, (_, index) => ({ atMs: index * 1000, value: 5 + 2 * index }));

describe('robust slope', () => {
  it('is that of a line, without doubt', () => {
    const slope = 2 / 1000;
    assert.deepEqual(robustSlope(line, 2), { slope, low: slope, high: slope });
  });

  it('does not care for a quarter of the points', () => {
    const spoilt = line.map((point, index) => (index % 4 === 1 ? { ...point, value: 1e6 } : point));
    const estimate = robustSlope(spoilt, 2);
    assert.ok(estimate && estimate.low <= 2 / 1000 && 2 / 1000 <= estimate.high);
    assert.equal(estimate.slope, 2 / 1000);
  });

  it('is not known from one moment', () => {
    assert.equal(robustSlope(line.slice(0, 1), 2), undefined);
    assert.equal(
      robustSlope(
        [line[0], line[0]].flatMap((point) => point ?? []),
        2,
      ),
      undefined,
    );
  });
});
