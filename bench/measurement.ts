/**
 * What is promised of a measurement. `ratio`: of our figure to the peer's, measured in the same run, so that the machine
 * does not matter. `figure`: of ours alone, for things that are counted.
 */
export type Bound =
  | { readonly of: 'ratio'; readonly atMost: number }
  | { readonly of: 'ratio'; readonly atLeast: number }
  | { readonly of: 'figure'; readonly atMost: number };

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

/** Whether the promise holds. Without a promise it does; a ratio or figure that is not a number breaks it. */
export function isKept(measurement: Measurement): boolean {
  const { bound, ours } = measurement;
  if (bound === undefined) return true;
  const value = bound.of === 'ratio' ? ratioOf(measurement) : ours;
  if (value === undefined || !Number.isFinite(value)) return false;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
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
