/** A value at a time. */
export interface TimedValue {
  readonly atMs: number;
  readonly value: number;
}

/**
 * Where the line of least squares through `values` leads `aheadMs` after `nowMs`: `predict_linear` of Prometheus, whose
 * intercept is at the time of the evaluation and whose sums are Kahan's. Undefined with fewer than two values.
 */
export function predictLinear(values: readonly TimedValue[], nowMs: number, aheadMs: number): number | undefined {
  const [first] = values;
  if (first === undefined || values.length < 2) return undefined;
  // As there: a line through equal values is flat, whatever rounding says.
  if (values.every(({ value }) => value === first.value)) return first.value;
  const [x, y, xy, xx] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()];
  for (const { atMs, value } of values) {
    const seconds = (atMs - nowMs) / 1000;
    x.add(seconds);
    y.add(value);
    xy.add(seconds * value);
    xx.add(seconds * seconds);
  }
  const count = values.length;
  const covariance = xy.total - (x.total * y.total) / count;
  const variance = xx.total - (x.total * x.total) / count;
  const slope = covariance / variance;
  const intercept = y.total / count - (slope * x.total) / count;
  return intercept + (slope * aheadMs) / 1000;
}

/** A sum that keeps what rounding takes away (Kahan and Neumaier). */
class KahanSum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const sum = this.#sum + value;
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }

  get total(): number {
    return this.#sum + this.#lost;
  }
}
