import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pastWindows } from '../../../src/domain/pastWindows.ts';

const minute = 60_000;
const hour = 60 * minute;
const nowMs = Date.UTC(2026, 5, 1, 12, 34, 56);
const valuesIn = ({ fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number }) =>
  (toMs - fromMs) / stepMs + 1;

describe('windows of the past', () => {
  it('are a day by five minutes and two weeks by half hours, for few claims', () => {
    const windows = pastWindows(100, nowMs);
    const [day, weeks] = [5 * minute, 30 * minute].map((step) => windows.filter(({ stepMs }) => stepMs === step));
    assert.equal((day?.length ?? 0) + (weeks?.length ?? 0), windows.length);
    const span = (some = windows) =>
      (Math.max(...some.map(({ toMs }) => toMs)) - Math.min(...some.map(({ fromMs }) => fromMs))) / hour;
    assert.ok(Math.abs(span(day) - 24) < 0.5);
    assert.ok(Math.abs(span(weeks) - 14 * 24) < 1);
  });

  it('never hold more than can be read at one go, nor more in all than a Prometheus should be asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (series) => {
        const windows = pastWindows(series, nowMs);
        const count = Math.max(1, series);
        for (const window of windows) {
          assert.ok(valuesIn(window) >= 1 && valuesIn(window) <= 10_000);
          assert.ok(valuesIn(window) * count <= 50_000);
        }
        assert.ok(windows.reduce((sum, window) => sum + valuesIn(window) * count, 0) < 900_000);
        assert.ok(windows.length < 60, String(windows.length));
      }),
      { numRuns: 200 },
    );
  });

  it('follow each other in whole steps without a gap', () => {
    for (const series of [1, 700, 5000]) {
      const windows = pastWindows(series, nowMs);
      for (const [index, { fromMs, toMs, stepMs }] of windows.entries()) {
        assert.equal(fromMs % stepMs, 0);
        assert.equal(toMs % stepMs, 0);
        const next = windows[index + 1];
        if (next?.stepMs === stepMs) assert.equal(next.fromMs, toMs + stepMs);
      }
    }
  });
});
