/** A source that fails is left alone for a minute at first, twice as long each time, and for half an hour at most. */
const firstMs = 60_000;
const longestMs = 1_800_000;
const longestAskedMs = 3_600_000;

/** How long one node, or one source, is left alone after failures. Times are monotonic. */
export class Pause {
  readonly #random: () => number;
  #failures = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(random: () => number) {
    this.#random = random;
  }

  get failures(): number {
    return this.#failures;
  }

  over(nowMs: number): boolean {
    return nowMs >= this.#untilMs;
  }

  /** `atLeastMs`: what the server asked for, obeyed up to an hour. Jitter is over the upper half. */
  failed(nowMs: number, atLeastMs = 0): void {
    const ceilingMs = Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures, 20));
    this.#failures++;
    this.#untilMs = nowMs + Math.max(ceilingMs * (0.5 + 0.5 * this.#random()), Math.min(atLeastMs, longestAskedMs));
  }

  worked(): void {
    this.#failures = 0;
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }
}
