/**
 * What is promised of a measurement. `ratio`: of our figure to the peer's, measured in the same run, so that the machine
 * does not matter. `figure`: of ours alone, for things that are counted. Beyond `atMost` by no more than a factor of
 * `tolerance` it is missed, and is said to be, but breaks nothing: machines differ.
 */
export type Bound =
  | { readonly of: 'ratio'; readonly atMost: number; readonly tolerance?: number }
  | { readonly of: 'ratio'; readonly atLeast: number }
  | { readonly of: 'figure'; readonly atMost: number; readonly tolerance?: number };

/** One line of the table. Without a bound it is there to be read. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** The same of somebody else, or the most that is allowed. */
  readonly peer?: number;
  readonly bound?: Bound;
  /** What lies behind the figure, shown when the promise is broken. */
  readonly detail?: string;
}

/** Ours divided by the peer's; undefined without a peer. */
export function ratioOf({ ours, peer }: Measurement): number | undefined {
  return peer === undefined ? undefined : ours / peer;
}

/** Whether the promise holds. Without one it does; a ratio or figure that is not a number breaks it. */
export function verdictOf(measurement: Measurement): 'kept' | 'missed' | 'broken' {
  const { bound, ours } = measurement;
  if (bound === undefined) return 'kept';
  const value = bound.of === 'ratio' ? ratioOf(measurement) : ours;
  if (value === undefined || !Number.isFinite(value)) return 'broken';
  if ('atLeast' in bound) return value >= bound.atLeast ? 'kept' : 'broken';
  if (value <= bound.atMost) return 'kept';
  return value <= bound.atMost * (bound.tolerance ?? 1) ? 'missed' : 'broken';
}

/** The promise as a person would write it, '' for none. */
export function textOf(bound: Bound | undefined): string {
  if (bound === undefined) return '';
  const unit = bound.of === 'ratio' ? 'x' : '';
  return 'atMost' in bound ? `<= ${bound.atMost}${unit}` : `>= ${bound.atLeast}${unit}`;
}

/** The least of several rounds: whatever else the machine does can only add to what work costs. NaN of nothing. */
export function least(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : Math.min(...values);
}

/** Half of the rounds are below it. NaN of nothing. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The least value that at least such a part (0 to 1) of all does not exceed. NaN of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}
