/** A point of a series: when, and how much. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** A slope per ms and the interval it is in, `low` ≤ `slope` ≤ `high`. */
export interface SlopeEstimate {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median of the slopes of all pairs of points (Theil and Sen), with Sen's interval: the slopes at those ranks that
 * Kendall's variance gives for `deviations` normal deviations. Undefined for fewer than two moments.
 *
 * Up to 29 % of the points may be arbitrarily wrong, which least squares does not survive once: a load, a restart or a
 * compaction within the window is exactly that. The work grows with the square of the points, so callers pass a few dozen.
 */
export function robustSlope(points: readonly Point[], deviations: number): SlopeEstimate | undefined {
  const slopes: number[] = [];
  for (const [index, later] of points.entries())
    for (let before = 0; before < index; before++) {
      const earlier = points[before];
      if (earlier && later.atMs > earlier.atMs)
        slopes.push((later.value - earlier.value) / (later.atMs - earlier.atMs));
    }
  if (slopes.length === 0) return undefined;
  const sorted = Float64Array.from(slopes).sort();
  const count = points.length;
  const spread = deviations * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const last = sorted.length - 1;
  const at = (rank: number) => sorted[Math.min(last, Math.max(0, rank))] ?? 0;
  return {
    slope: medianOfSorted(sorted),
    low: at(Math.floor((sorted.length - spread) / 2)),
    high: at(Math.ceil((sorted.length + spread) / 2) - 1 + (spread > 0 ? 1 : 0)),
  };
}

/** The middle value, or the mean of the two in the middle. 0 of nothing. */
export function medianOf(values: readonly number[]): number {
  return medianOfSorted(Float64Array.from(values).sort());
}

/** The mean of the middle half: as deaf to outliers as needed, and less noisy than the median. 0 of nothing. */
export function midmeanOf(values: readonly number[]): number {
  if (values.length === 1) return values[0] ?? 0;
  const sorted = Float64Array.from(values).sort();
  const cut = sorted.length >> 2;
  let sum = 0;
  for (let index = cut; index < sorted.length - cut; index++) sum += sorted[index] ?? 0;
  return sorted.length === 0 ? 0 : sum / (sorted.length - 2 * cut);
}

/** The value that such a part (0 to 1) of all does not exceed. 0 of nothing. */
export function quantileOf(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
