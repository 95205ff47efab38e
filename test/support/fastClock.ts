import { type Clock, systemClock } from '../../src/base/clock.ts';
import { type Disposable, toDisposable } from '../../src/base/disposable.ts';

/** A clock that runs so many times as fast as the machine's, and counts the timers that are still to come. */
export class FastClock implements Clock {
  readonly #times: number;
  readonly #startMs = Date.now();
  readonly #startMonotonicMs = systemClock.monotonicMs();
  readonly #timers = new Set<Disposable>();

  constructor(times: number) {
    this.#times = times;
  }

  now(): number {
    return this.#startMs + this.monotonicMs();
  }

  monotonicMs(): number {
    return (systemClock.monotonicMs() - this.#startMonotonicMs) * this.#times;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  after(ms: number, task: () => void): Disposable {
    const timer = systemClock.after(ms / this.#times, () => {
      this.#timers.delete(entry);
      task();
    });
    const entry = toDisposable(() => {
      timer.dispose();
      this.#timers.delete(entry);
    });
    this.#timers.add(entry);
    return entry;
  }
}
