import { type DailySeason, dailySeasonOf } from './dailySeason.ts';
import type { Point } from './robustSlope.ts';
import { shortestMs, trendOf, type UsageTrend } from './usageTrend.ts';

/** One reading of a filesystem. Where root's reserve counts as used, `usedBytes` is the capacity without what is available. */
export interface UsageSample {
  readonly atMs: number;
  readonly usedBytes: number;
  readonly capacityBytes: number;
}

export type Forecast =
  | {
      readonly kind: 'full';
      /** The time to full is at least this, in ms from now; 0 if it is due already. */
      readonly fromMs: number;
      readonly likelyMs: number;
      /** And at most this; undefined where that cannot be said. */
      readonly toMs: number | undefined;
      /** low: it has not lasted long enough to tell. high: it has lasted a day, and the slowest is no half of the likely. */
      readonly confidence: 'low' | 'medium' | 'high';
    }
  | { readonly kind: 'noTrend' }
  | { readonly kind: 'falling' }
  /** There have to be samples over so long a time. */
  | { readonly kind: 'notEnough'; readonly needsMs: number };

const dayMs = 24 * 3_600_000;
const stepMs = 15 * 60_000;
/** What takes longer fills nothing. */
const longestMs = 36_525 * dayMs;
/** Other trends than this one set in; what has lasted is trusted for so many times as long. */
const trustFactor = 2;

/**
 * When a filesystem will be full, from what is known of it: samples in ascending order, with gaps where it could not be read.
 * Samples that cannot be (no capacity, negative, not finite) count as gaps. The same samples give the same answer.
 *
 * 1. Used bytes become parts of the latest capacity, so a resize moves the goal and not the series.
 * 2. What every day does alike is taken off (`dailySeason.ts`), and laid on the line again for the time to full.
 * 3. What fills and empties again (compaction, rotation) is judged by its peaks over whole cycles (`usageCycle.ts`): it counts
 *    only what goes beyond the peaks before.
 * 4. The slope is the median of all slopes (`robustSlope.ts`), over the longest past that agrees with the present
 *    (`usageTrend.ts`). A load that ended, or growth that set in, cuts off what was before.
 * 5. `fromMs` and `toMs` are where the highest and the lowest slope of the interval lead; growth that gathers pace goes on doing so
 *    in `fromMs`. An interval with 0 in it is no trend. What has lasted for a time is trusted for twice that time: beyond, the end
 *    is open, as nobody can tell a morning from a month by its first hours.
 *
 * Doubles hold bytes exactly up to 8 PiB; above, and in the parts of 1, they are off by less than one in 10^15. It takes some
 * milliseconds for a year of samples: 1,440 of a day, 2,000 of two weeks, 4,200 of a year.
 */
export function forecastOf(samples: readonly UsageSample[], nowMs: number): Forecast {
  const readable = samples.filter(isReadable);
  const latest = readable.at(-1);
  const first = readable[0];
  if (!latest || !first || latest.atMs - first.atMs < shortestMs * 0.95)
    return { kind: 'notEnough', needsMs: shortestMs };
  const used: Point[] = readable.map(({ atMs, usedBytes }) => ({ atMs, value: usedBytes / latest.capacityBytes }));
  const season = dailySeasonOf(used);
  const points = season ? used.map(({ atMs, value }) => ({ atMs, value: value - season.at(atMs) })) : used;
  const trend = trendOf(points, season?.spread ?? 0);
  if (!trend) return { kind: 'noTrend' };
  if (trend.high < 0) return { kind: 'falling' };
  if (trend.low <= 0 || !hasRisen(used, trend.evidenceMs)) return { kind: 'noTrend' };
  const passedMs = Math.max(0, nowMs - latest.atMs);
  const inMs = (level: number, slope: number) => Math.max(0, crossingMs(level, slope, latest.atMs, season) - passedMs);
  const likelyMs = inMs(trend.upper, trend.slope);
  if (likelyMs > longestMs) return { kind: 'noTrend' };
  const latestMs = inMs(trend.middle, trend.low);
  const open = latestMs > trustFactor * trend.evidenceMs;
  const firm = trend.low > trend.slope / 2 && trend.evidenceMs >= dayMs;
  return {
    kind: 'full',
    fromMs: inMs(trend.upper, steeper(trend)),
    likelyMs,
    toMs: open ? undefined : latestMs,
    confidence: open ? 'low' : firm ? 'high' : 'medium',
  };
}

/** The slope of the straight way to where a line of the highest slope comes that goes on gathering pace. */
function steeper({ upper, high, pace }: UsageTrend): number {
  return upper >= 1 ? high : (high + Math.sqrt(high * high + 2 * pace * (1 - upper))) / 2;
}

/** When a line, and the season on it, comes to 1, in ms from its start: within a day of when the season's highest hour would. */
function crossingMs(level: number, slope: number, startMs: number, season: DailySeason | undefined): number {
  if (!season) return Math.max(0, (1 - level) / slope);
  const highestMs = Math.max(0, (1 - level - season.highest) / slope);
  const firstMs = Math.floor(highestMs / stepMs) * stepMs;
  for (let afterMs = firstMs; afterMs < highestMs + dayMs; afterMs += stepMs)
    if (level + slope * afterMs + season.at(startMs + afterMs) >= 1) return afterMs;
  return highestMs + dayMs;
}

/** Without its season a series may rise that only fell; such a one never fills up. */
function hasRisen(used: readonly Point[], evidenceMs: number): boolean {
  const latest = used.at(-1);
  return (
    latest !== undefined && used.some(({ atMs, value }) => atMs >= latest.atMs - evidenceMs && value < latest.value)
  );
}

function isReadable({ atMs, usedBytes, capacityBytes }: UsageSample): boolean {
  return (
    Number.isFinite(atMs) &&
    Number.isFinite(usedBytes) &&
    usedBytes >= 0 &&
    Number.isFinite(capacityBytes) &&
    capacityBytes > 0
  );
}
