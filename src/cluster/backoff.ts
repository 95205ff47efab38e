/** Shortest and longest waits of a loop that was live before (client-go's reflector: 0.8 s .. 30 s, doubling). */
const baseMs = 800;
const liveCapMs = 30_000;
/** A context that never answered is asked less and less often. */
const neverLiveCapMs = 300_000;
/** A server that asks for more is not obeyed: beyond 24 days a timer would even fire at once. */
const longestAskedMs = 3_600_000;
/** After this long without a failure the next one is the first again. */
const healthyMs = 120_000;

/**
 * Waits between attempts: full jitter, doubling, reset after two healthy minutes.
 *
 * Jitter is over the whole range above the base, the first time too, so that windows and loops that failed together do not return together.
 */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;
  #healthySinceMs: number | undefined;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Notes that things work as of `nowMs` (monotonic). */
  healthy(nowMs: number): void {
    this.#healthySinceMs ??= nowMs;
  }

  /** The next wait in ms. `live`: whether this loop ever was; `atLeastMs`: what the server asked for. */
  next(nowMs: number, live: boolean, atLeastMs = 0): number {
    if (this.#healthySinceMs !== undefined && nowMs - this.#healthySinceMs >= healthyMs) this.#failures = 0;
    this.#healthySinceMs = undefined;
    const cap = live ? liveCapMs : neverLiveCapMs;
    this.#failures++;
    const ceiling = Math.min(cap, baseMs * 2 ** Math.min(this.#failures, 20));
    const jittered = baseMs + this.#random() * Math.max(0, ceiling - baseMs);
    // What the server asks for is obeyed, plus jitter so that not everybody is back in the same instant.
    const asked = Math.min(atLeastMs, longestAskedMs);
    return asked > 0 ? Math.max(jittered, asked * (1 + 0.1 * this.#random())) : jittered;
  }

  reset(): void {
    this.#failures = 0;
    this.#healthySinceMs = undefined;
  }
}
