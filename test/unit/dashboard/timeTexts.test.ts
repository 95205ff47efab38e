import assert from 'node:assert/strict';
import { timeTexts } from '../../../src/dashboard/timeTexts.ts';

const minute = 60_000;
const hour = 60 * minute;
const startMs = new Date(2026, 0, 1, 20, 0).getTime();
const ticks = (stepMs: number, count: number) => Array.from({ length: count }, (_, at) => startMs + at * stepMs);

describe('time texts', () => {
  it('have the day where another one begins', () => {
    assert.deepEqual(timeTexts(ticks(2 * hour, 4), 2 * hour, 'en-GB'), [
      '20:00\n1 Jan',
      '22:00',
      '00:00\n2 Jan',
      '02:00',
    ]);
  });

  it('have seconds only where they tell ticks apart', () => {
    assert.deepEqual(timeTexts(ticks(30_000, 2), 30_000, 'en-GB'), ['20:00:00\n1 Jan', '20:00:30']);
    assert.deepEqual(timeTexts(ticks(minute, 2), minute, 'en-GB'), ['20:00\n1 Jan', '20:01']);
  });

  it('are days alone where ticks are days apart', () => {
    assert.deepEqual(timeTexts(ticks(24 * hour, 2), 24 * hour, 'en-GB'), ['1 Jan', '2 Jan']);
  });
});
