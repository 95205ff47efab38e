/**
 * The line of least squares through values over time: `predict_linear` of Prometheus, whose intercept is at the time of the
 * evaluation (`nowMs`) and whose sums are Kahan's.
 */
export class LinearTrend {
  readonly #nowMs: number;
  readonly #x = new KahanSum();
  readonly #y = new KahanSum();
  readonly #xy = new KahanSum();
  readonly #xx = new KahanSum();
  #count = 0;
  #first = 0;
  #flat = true;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  add(atMs: number, value: number): void {
    const seconds = (atMs - this.#nowMs) / 1000;
    if (this.#count === 0) this.#first = value;
    else if (value !== this.#first) this.#flat = false;
    this.#count++;
    this.#x.add(seconds);
    this.#y.add(value);
    this.#xy.add(seconds * value);
    this.#xx.add(seconds * seconds);
  }

  /** Where it leads `aheadMs` after now; undefined with fewer than two values. */
  predict(aheadMs: number): number | undefined {
    if (this.#count < 2) return undefined;
    // As there: a line through equal values is flat, whatever rounding says.
    if (this.#flat) return this.#first;
    const [x, y, count] = [this.#x.total, this.#y.total, this.#count];
    const covariance = this.#xy.total - (x * y) / count;
    const variance = this.#xx.total - (x * x) / count;
    const slope = covariance / variance;
    const intercept = y / count - (slope * x) / count;
    return intercept + (slope * aheadMs) / 1000;
  }
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
