import { medianOf, type Point, robustSlope, type SlopeEstimate } from './robustSlope.ts';
import {
  cycleWindows,
  levelsOf,
  plainWindow,
  plainWindows,
  type TrendWindow,
  type UsageSeries,
} from './trendWindows.ts';
import { blocksOf } from './usageBlocks.ts';
import { cycleOf, isUnusualRise } from './usageCycle.ts';

/** How a series moves now: its slope per ms, and the interval that is in. */
export interface UsageTrend extends SlopeEstimate {
  /** Where its line is at the latest point. */
  readonly middle: number;
  /** Where its upper edge is then. */
  readonly upper: number;
  /** How much steeper it becomes with each ms, where it gathers pace; else 0. */
  readonly pace: number;
  /** For how long it has moved so, or at least grown all along. */
  readonly evidenceMs: number;
}

/** No trend is read off less than this. */
export const shortestMs = 2 * 3_600_000;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Steps, dips and noise are judged by so much of the past. */
const contextMs = 16 * dayMs;
/** Dips that take less than this part of the capacity are none. */
const leastDip = 0.004;
const deviations = 2;
/** Slopes that differ by no more than this part of each are the same: no volume grows as evenly as a ruler. */
const sameRatio = 0.02;

/**
 * The trend of a series of parts of the capacity whose days differ by `spread`; undefined where the last two hours and what was
 * before do not go together, or too few cycles are known.
 *
 * A window is believed as far as its interval agrees with those of all shorter ones (the rule of intersecting intervals of
 * Goldenshluger and Nemirovski), so what changed (a load that ended, growth that set in) limits the past that counts, without
 * a threshold of its own. Of those that agree the narrowest interval is taken.
 */
export function trendOf(raw: readonly Point[], spread: number): UsageTrend | undefined {
  const firstMs = raw[0]?.atMs ?? 0;
  const { series, windows } = seriesOf(raw, spread);
  let chosen: Candidate | undefined;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let evidenceMs = 0;
  let pace = 0;
  for (const window of windows) {
    const candidate = candidateOf(window);
    if (!candidate) continue;
    const { estimate } = candidate;
    low = Math.max(low, estimate.low);
    high = Math.min(high, estimate.high);
    if (low <= high) {
      if (window.lengthMs > 0.95 * shortestMs && !(chosen && widthOf(chosen) < widthOf(candidate))) chosen = candidate;
    } else {
      if (!chosen || chosen.estimate.low <= 0 || estimate.low <= 0) break;
      pace = Math.max(pace, paceBetween(candidate, chosen));
    }
    evidenceMs = window.lengthMs;
  }
  if (!chosen) return undefined;
  const { window, estimate } = chosen;
  const whole = candidateOf(plainWindow(series, firstMs, 0));
  if (whole && whole.estimate.low <= estimate.high && whole.estimate.high >= estimate.low)
    evidenceMs = whole.window.lengthMs;
  const steepest = estimate.high + (pace * window.lengthMs) / 2;
  return { ...estimate, high: steepest, ...levelsOf(window, series.points, estimate.slope), pace, evidenceMs };
}

interface Candidate {
  readonly window: TrendWindow;
  readonly estimate: SlopeEstimate;
}

function candidateOf(window: TrendWindow): Candidate | undefined {
  const estimate = robustSlope(window.points, deviations);
  const slack = window.slack / window.lengthMs + sameRatio * Math.abs(estimate?.slope ?? 0);
  return estimate && { window, estimate: { ...estimate, low: estimate.low - slack, high: estimate.high + slack } };
}

function widthOf({ estimate }: Candidate): number {
  return estimate.high - estimate.low;
}

/** The slope of a window is that of its middle; so far apart are the middles of the two. 0 unless the later is steeper. */
function paceBetween(longer: Candidate, chosen: Candidate): number {
  if (longer.estimate.high >= chosen.estimate.low) return 0;
  const apartMs = (longer.window.lengthMs - chosen.window.lengthMs) / 2;
  return apartMs > 0 ? (chosen.estimate.slope - longer.estimate.slope) / apartMs : 0;
}

/**
 * The series, and the windows to look at: with cycles whole cycles, except where the latest rise goes
 * beyond them; after a large deletion only what came since. A fall that goes on for hours is none.
 */
function seriesOf(raw: readonly Point[], spread: number): { series: UsageSeries; windows: TrendWindow[] } {
  const firstMs = raw[0]?.atMs ?? 0;
  const lastMs = raw.at(-1)?.atMs ?? 0;
  const blocks = blocksOf(raw, firstMs, lastMs, 10 * minuteMs);
  const context = blocks.filter(({ atMs }) => atMs >= lastMs - contextMs);
  const least = Math.max(8 * noiseOf(context), leastDip, spread);
  const cycle = cycleOf(context, least);
  const { deletedFrom, trough } = cycle;
  const latest = context.at(-1);
  const series = { points: raw, thinned: blocks };
  if (!latest) return { series, windows: [] };
  const unusual = isUnusualRise(cycle, latest);
  const restarted = trough && (unusual || deletedFrom);
  const falling =
    deletedFrom && trough && latest.atMs - trough.atMs < shortestMs && trough.atMs - deletedFrom.atMs > shortestMs;
  const sinceMs = restarted && !falling ? trough.atMs : firstMs;
  const windows =
    cycle.lengthMs === 0 || unusual
      ? plainWindows(series, sinceMs, Math.max(spread, usualStep(context)))
      : cycleWindows(series.thinned, sinceMs, cycle, least);
  return { series, windows };
}

/**
 * How much a step of the series is that comes again, and a quarter more, as one that has only just come does not show. Taken
 * from bends, so that an even slope is none, over blocks two apart, as a step may fall within a block; each step is two to four
 * bends, so the ninth largest is of the third step or a later one. Where none stands out it is noise, which the interval of
 * the slope knows about already.
 */
function usualStep(blocks: readonly Point[]): number {
  const bends: number[] = [];
  for (let index = 4; index < blocks.length; index++) {
    const [a, b, c] = [blocks[index - 4], blocks[index - 2], blocks[index]];
    if (a && b && c) bends.push(Math.abs(c.value - 2 * b.value + a.value));
  }
  const sorted = Float64Array.from(bends).sort();
  const usual = sorted[sorted.length >> 1] ?? 0;
  const third = sorted[sorted.length - 9] ?? 0;
  return third > 12 * usual ? 1.25 * third : usual / 2;
}

/** Half of all neighbours differ by less. */
function noiseOf(blocks: readonly Point[]): number {
  return medianOf(blocks.slice(1).map((block, index) => Math.abs(block.value - (blocks[index]?.value ?? block.value))));
}
