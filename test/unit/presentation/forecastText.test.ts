import assert from 'node:assert/strict';
import type { Forecast } from '../../../src/domain/forecast.ts';
import { forecastText } from '../../../src/presentation/forecastText.ts';

const hourMs = 3_600_000;

function full(fromHours: number, toHours: number | undefined): Forecast {
  const toMs = toHours === undefined ? undefined : toHours * hourMs;
  return { kind: 'full', fromMs: fromHours * hourMs, likelyMs: fromHours * hourMs, toMs, confidence: 'medium' };
}

describe('forecast text', () => {
  const texts: [text: string, forecast: Forecast][] = [
    ['no trend', { kind: 'noTrend' }],
    ['falling', { kind: 'falling' }],
    ['not enough history (needs 2 h)', { kind: 'notEnough', needsMs: 2 * hourMs }],
    ['full in 3 d to 5 d', full(75, 130)],
    ['full in 40 min to 3 h', full(0.67, 3)],
    ['full in about 4 d', full(97, 101)],
    ['full in 3 d or later', full(75, undefined)],
    ['full at any moment or later', full(0, undefined)],
    ['full within 2 h', full(0, 2)],
    ['full now', full(0, 0)],
  ];
  for (const [text, forecast] of texts) it(text, () => assert.equal(forecastText(forecast), text));
});
