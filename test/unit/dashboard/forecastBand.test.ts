import assert from 'node:assert/strict';
import { forecastBand, futureEndMs } from '../../../src/dashboard/forecastBand.ts';
import type { PanelChart } from '../../../src/presentation/protocol.ts';

const hourMs = 3_600_000;
const chart: PanelChart = {
  ...{ timesMs: [0, 10 * hourMs], usedBytes: [10, 60], capacityBytes: [50, 100] },
  ...{ warningRatio: 0.85, criticalRatio: 0.97, fullMs: [] },
};

describe('forecast band', () => {
  it('is not there without a forecast, and the chart ends with the last sample', () => {
    assert.deepEqual(forecastBand(chart), []);
    assert.equal(futureEndMs(chart), 10 * hourMs);
  });

  it('leads from the last sample to its capacity, between the earliest and the latest', () => {
    const full = { ...chart, fullMs: [12 * hourMs, 15 * hourMs] };
    assert.deepEqual(forecastBand(full), [
      { atMs: 10 * hourMs, bytes: 60 },
      { atMs: 12 * hourMs, bytes: 100 },
      { atMs: 15 * hourMs, bytes: 100 },
    ]);
    assert.equal(futureEndMs(full), 15 * hourMs);
  });

  it('goes on to the end of the chart where its end is open', () => {
    const open = { ...chart, fullMs: [12 * hourMs] };
    assert.deepEqual(forecastBand(open).slice(1), [
      { atMs: 12 * hourMs, bytes: 100 },
      { atMs: 14 * hourMs, bytes: 100 },
      { atMs: 14 * hourMs, bytes: 60 },
    ]);
  });

  it('never makes the future more than half of the picture', () =>
    assert.equal(futureEndMs({ ...chart, fullMs: [500 * hourMs, 900 * hourMs] }), 20 * hourMs));

  it('never runs back in time', () => {
    const due = { ...chart, fullMs: [9 * hourMs, 9.5 * hourMs] };
    assert.ok(forecastBand(due).every(({ atMs }) => atMs >= 10 * hourMs));
    assert.equal(futureEndMs(due), 11 * hourMs);
  });

  it('is not there without samples', () =>
    assert.deepEqual(forecastBand({ ...chart, timesMs: [], usedBytes: [], capacityBytes: [], fullMs: [1] }), []));
});
