import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';

/** A stretch of time, somewhere in which something happens. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Tasks that run after a random time, all of which end with it. */
export class Delays implements Disposable {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #pending = new Map<object, Disposable>();
  readonly #lifetime = new DisposableStore();

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.#lifetime.add({ dispose: () => this.clear() });
  }

  later({ fromMs, toMs }: Range, task: () => void): void {
    if (this.#lifetime.disposed) return;
    const key = {};
    const run = () => {
      this.#pending.delete(key);
      task();
    };
    this.#pending.set(key, this.#clock.after(fromMs + this.#random() * (toMs - fromMs), run));
  }

  /** Drops everything that waits. */
  clear(): void {
    for (const timer of this.#pending.values()) timer.dispose();
    this.#pending.clear();
  }

  dispose(): void {
    this.#lifetime.dispose();
  }
}
