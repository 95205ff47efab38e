import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** A person sees no more, and a tree that is told without pause starves. */
const intervalMs = 250;

/**
 * Runs `publish` soon after `changed`, at most once per 250 ms, and always after the last change. One that answers false has
 * published nothing: what comes next need not wait for it.
 */
export class Publisher implements Disposable {
  readonly #clock: Clock;
  readonly #publish: () => boolean;
  #publishedMs = Number.NEGATIVE_INFINITY;
  #pending: Disposable | undefined;
  #disposed = false;

  constructor(clock: Clock, publish: () => boolean) {
    this.#clock = clock;
    this.#publish = publish;
  }

  changed(): void {
    if (this.#pending || this.#disposed) return;
    const waitMs = Math.max(0, this.#publishedMs + intervalMs - this.#clock.monotonicMs());
    this.#pending = this.#clock.after(waitMs, () => {
      this.#pending = undefined;
      if (this.#publish()) this.#publishedMs = this.#clock.monotonicMs();
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#pending?.dispose();
    this.#pending = undefined;
  }
}
