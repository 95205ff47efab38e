import { type Point, quantileOf } from './robustSlope.ts';
import { blocksOf } from './usageBlocks.ts';
import type { UsageCycle } from './usageCycle.ts';

/** A stretch of a series that ends at its latest point, thinned to a few dozen points. */
export interface TrendWindow {
  readonly lengthMs: number;
  readonly points: readonly Point[];
  /** By so much its ends may be off although nothing changed, by steps, teeth or days. */
  readonly slack: number;
  /** In so long a time before the end, so high a part of the values is the upper edge. */
  readonly edgeMs: number;
  readonly edgeRatio: number;
}

/** A series, and the same in blocks of ten minutes, from which long windows are read: that is as exact, and much quicker. */
export interface UsageSeries {
  readonly points: readonly Point[];
  readonly thinned: readonly Point[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const blocksOfWindow = 24;
const fewestBlocks = 5;
const longMs = 48 * hourMs;
const fewestCycles = 3;

/** From an hour to all since that moment, each longer than the one before by half an octave. */
export function plainWindows(series: UsageSeries, sinceMs: number, slack: number): TrendWindow[] {
  const spanMs = (series.points.at(-1)?.atMs ?? 0) - sinceMs;
  const windows: TrendWindow[] = [];
  for (let lengthMs = hourMs; lengthMs < spanMs * 1.3; lengthMs *= Math.SQRT2) {
    const window = plainWindow(series, Math.max(sinceMs, sinceMs + spanMs - lengthMs), slack);
    if (window.points.length >= fewestBlocks) windows.push(window);
  }
  return windows;
}

/** All from that moment on, in 24 blocks. */
export function plainWindow({ points, thinned }: UsageSeries, fromMs: number, slack: number): TrendWindow {
  const endMs = points.at(-1)?.atMs ?? 0;
  const lengthMs = endMs - fromMs;
  return {
    lengthMs,
    points: blocksOf(lengthMs < longMs ? points : thinned, fromMs, endMs, lengthMs / blocksOfWindow),
    slack,
    edgeMs: Math.min(dayMs, Math.max(hourMs, lengthMs / 8)),
    edgeRatio: 0.8,
  };
}

/**
 * The peaks of three cycles, of five, and so on. A block is a quarter longer than a dip, so that each has a peak in it; dips
 * of half a day to a day are taken for those of a day.
 */
export function cycleWindows(
  points: readonly Point[],
  sinceMs: number,
  cycle: UsageCycle,
  least: number,
): TrendWindow[] {
  const endMs = points.at(-1)?.atMs ?? 0;
  const daily = cycle.lengthMs > 10 * hourMs && cycle.lengthMs <= dayMs;
  const blockMs = daily ? dayMs : 1.25 * cycle.lengthMs;
  const windows: TrendWindow[] = [];
  for (let count = fewestCycles; count * blockMs <= endMs - sinceMs + blockMs / 10; count = Math.ceil(count * 1.4)) {
    const lengthMs = count * blockMs;
    const blocks = blocksOf(points, Math.max(sinceMs, endMs - lengthMs), endMs, blockMs);
    const peaks = blocks.map(({ atMs, peak }) => ({ atMs, value: peak }));
    const slack = Math.max(least, cycle.depth);
    if (peaks.length >= fewestCycles)
      windows.push({ lengthMs, points: peaks, slack, edgeMs: fewestCycles * blockMs, edgeRatio: 0.98 });
  }
  return windows;
}

/**
 * Where a line of that slope through the end of the window is at the latest point, and where its upper edge is: the peaks of
 * noise, teeth and days reach the capacity first. What has come in the last half hour counts at once.
 */
export function levelsOf(
  { edgeMs, edgeRatio }: Pick<TrendWindow, 'edgeMs' | 'edgeRatio'>,
  points: readonly Point[],
  slope: number,
): { readonly middle: number; readonly upper: number } {
  const endMs = points.at(-1)?.atMs ?? 0;
  const levels: number[] = [];
  let recent = 0;
  for (let index = points.length - 1; index >= 0; index--) {
    const point = points[index];
    if (!point || (point.atMs < endMs - edgeMs && levels.length >= fewestBlocks)) break;
    levels.push(point.value + slope * (endMs - point.atMs));
    if (point.atMs >= endMs - hourMs / 2) recent++;
  }
  const now = quantileOf(levels.slice(0, recent), 0.5);
  return { middle: Math.max(quantileOf(levels, 0.5), now), upper: Math.max(quantileOf(levels, edgeRatio), now) };
}
