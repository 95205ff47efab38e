import type { HistoryStore } from './history.ts';

const restMs = 10 * 60_000;

/** Tidies a store up, at most every ten minutes, in steps between which everything else gets its turn. */
export class Tidying {
  readonly #store: HistoryStore;
  readonly #failed: (error: unknown) => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #ended = false;

  constructor(store: HistoryStore, failed: (error: unknown) => void) {
    this.#store = store;
    this.#failed = failed;
  }

  /** Begins if it is time. Resolves when nothing is under way. */
  async due(nowMs: number): Promise<void> {
    // A clock that went back must not stop it for long.
    if (!this.#running && !this.#ended && Math.abs(nowMs - this.#lastMs) >= restMs) {
      this.#lastMs = nowMs;
      this.#running = this.#run(nowMs).finally(() => {
        this.#running = undefined;
      });
    }
    await this.#running;
  }

  /** After this no step begins. */
  end(): void {
    this.#ended = true;
  }

  async #run(nowMs: number): Promise<void> {
    try {
      const steps = this.#store.tidy(nowMs);
      while (!this.#ended && !steps.next().done) await new Promise((resolve) => setImmediate(resolve));
    } catch (error) {
      this.#failed(error);
    }
  }
}
