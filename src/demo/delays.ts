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
  readonly #pending = new Map<unknown, Disposable>();
  readonly #lifetime = new DisposableStore();

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.#lifetime.add({ dispose: () => this.clear() });
  }

  later(range: Range, task: () => void): void {
    this.once({}, range, task);
  }

  /** A task that is wanted once, however often it is asked for while it waits under its key. */
  once(key: unknown, { fromMs, toMs }: Range, task: () => void): void {
    if (this.#lifetime.disposed || this.#pending.has(key)) return;
    const run = () => {
      this.#pending.delete(key);
      task();
    };
    this.#pending.set(key, this.#clock.after(fromMs + this.#random() * (toMs - fromMs), run));
  }

  /** Drops what waits under a key, if anything does. */
  drop(key: unknown): void {
    this.#pending.get(key)?.dispose();
    this.#pending.delete(key);
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
