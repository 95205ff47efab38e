import { midmeanOf, type Point } from './robustSlope.ts';

/** A stretch of the series, with the midmean of what was used in it and the most. */
export interface UsageBlock extends Point {
  readonly peak: number;
}

/**
 * The points from `fromMs` on in blocks of one length that end at `toMs`, each at the mean moment of its points.
 * Blocks without points are left out: a gap is no reading of 0, and none of its edge.
 */
export function blocksOf(points: readonly Point[], fromMs: number, toMs: number, blockMs: number): UsageBlock[] {
  const blocks: UsageBlock[] = [];
  const backOf = ({ atMs }: Point) => Math.floor((toMs - atMs) / blockMs);
  let index = firstFrom(points, fromMs);
  for (let point = points[index]; point && point.atMs <= toMs; point = points[index]) {
    const back = backOf(point);
    const endMs = toMs - back * blockMs;
    const values: number[] = [];
    let sumMs = 0;
    let peak = point.value;
    for (let next = points[index]; next && backOf(next) === back; next = points[++index]) {
      values.push(next.value);
      sumMs += next.atMs - endMs;
      peak = Math.max(peak, next.value);
    }
    blocks.push({ atMs: endMs + sumMs / values.length, value: midmeanOf(values), peak });
  }
  return blocks;
}

/** The first index at or after the moment, by halving. */
function firstFrom(points: readonly Point[], atMs: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.atMs ?? atMs) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
