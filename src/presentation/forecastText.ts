import type { Forecast } from '../domain/forecast.ts';
import { age } from './text.ts';

const leastMs = 60_000;

/**
 * A forecast in a few words: `full in 3 d to 5 d`, `full in about 4 d` (both ends read alike), `full in 3 d or later` (the end
 * is open), `full within 2 h` (it may be at any moment), `full now`, `no trend`, `falling`, `not enough history (needs 2 h)`.
 */
export function forecastText(forecast: Forecast): string {
  if (forecast.kind === 'noTrend') return 'no trend';
  if (forecast.kind === 'falling') return 'falling';
  if (forecast.kind === 'notEnough') return `not enough history (needs ${age(forecast.needsMs)})`;
  const { fromMs, toMs } = forecast;
  if (toMs === undefined) return fromMs < leastMs ? 'full at any moment or later' : `full in ${age(fromMs)} or later`;
  if (toMs < leastMs) return 'full now';
  if (fromMs < leastMs) return `full within ${age(toMs)}`;
  const [from, to] = [age(fromMs), age(toMs)];
  return from === to ? `full in about ${from}` : `full in ${from} to ${to}`;
}
