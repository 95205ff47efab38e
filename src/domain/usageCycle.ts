import type { Point } from './robustSlope.ts';

/** What the dips of a series say about it: saw-teeth, rotations and daily cycles are dips that come again. */
export interface UsageCycle {
  /** How long a dip lasts, from the high before it until most of it is regained; 0 if none has come twice. */
  readonly lengthMs: number;
  /** How deep such dips are; 0 if none has come twice. */
  readonly depth: number;
  /** How much is gained from one dip to the next; at least the depth. */
  readonly rise: number;
  /** The lowest point of the latest dip; undefined if there was none. */
  readonly trough: Point | undefined;
  /** The latest dip if it is not regained and is deeper than those that come again: its high, from where it fell. */
  readonly deletedFrom: Point | undefined;
}

/** Of a dip so much has to come back before it counts as regained: days and teeth differ in height. */
const regainedRatio = 0.7;
/** What exceeds the usual by this factor is something else. */
const unusualFactor = 1.5;

/**
 * Follows the series from high to low and back. A dip is a fall of more than `least`; what happened once is an event, and what
 * happened twice is a cycle, so the second longest and the second deepest dip say how long and how deep dips are.
 */
export function cycleOf(points: readonly Point[], least: number): UsageCycle {
  const lengths: number[] = [];
  const depths: number[] = [];
  const rises: number[] = [];
  let high = points[0];
  let low = high;
  let trough: Point | undefined;
  let lastHigh: Point | undefined;
  let before: Point | undefined;
  for (const point of points) {
    if (!high || !low) break;
    if (point.value < low.value) {
      const begins = high.value - low.value <= least && high.value - point.value > least;
      if (begins) lastHigh = before;
      if (begins && trough) rises.push(high.value - trough.value);
      low = point;
    }
    before = point;
    const depth = high.value - low.value;
    if (depth > least) trough = low;
    if (depth > least ? point.value < low.value + regainedRatio * depth : point.value < high.value) continue;
    if (depth > least) {
      lengths.push(point.atMs - high.atMs);
      depths.push(depth);
    }
    high = point;
    low = point;
  }
  const usual = secondLargest(depths);
  const ongoing = high && low ? high.value - low.value : 0;
  return {
    lengthMs: secondLargest(lengths),
    depth: usual,
    rise: Math.max(usual, secondLargest(rises)),
    trough,
    deletedFrom: ongoing > least && ongoing > unusualFactor * usual ? lastHigh : undefined,
  };
}

/** The latest rise goes beyond what the cycle explains. */
export function isUnusualRise(cycle: UsageCycle, latest: Point): boolean {
  return (
    cycle.lengthMs > 0 && cycle.trough !== undefined && latest.value - cycle.trough.value > unusualFactor * cycle.rise
  );
}

function secondLargest(values: readonly number[]): number {
  return values.toSorted((a, b) => b - a)[1] ?? 0;
}
