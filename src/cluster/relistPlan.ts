/** One list is free when the server has forgotten where we are; the next within so long waits like after a failure. */
const freeListMs = 120_000;
/** Safety net against what nobody thought of: a relist now and then, while it is cheap. */
const safetyRelist = { fromMs: 30 * 60_000, toMs: 60 * 60_000, maxItems: 10_000 };

/** When a loop that does not fail lists again. Times are monotonic. */
export class RelistPlan {
  readonly #random: () => number;
  #dueMs = Number.POSITIVE_INFINITY;
  #expiredMs = Number.NEGATIVE_INFINITY;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A list has been taken in. */
  listed(nowMs: number): void {
    const { fromMs, toMs } = safetyRelist;
    this.#dueMs = nowMs + fromMs + this.#random() * (toMs - fromMs);
  }

  /** How long until the safety net's list. */
  dueInMs(nowMs: number): number {
    return Math.max(0, Math.min(this.#dueMs - nowMs, safetyRelist.toMs));
  }

  /** Whether so many objects are few enough for the safety net. */
  cheap(items: number): boolean {
    return items < safetyRelist.maxItems;
  }

  /** Notes a 410. True if the list that has to follow may do so at once. */
  expired(nowMs: number): boolean {
    const free = nowMs - this.#expiredMs >= freeListMs;
    this.#expiredMs = nowMs;
    return free;
  }
}
