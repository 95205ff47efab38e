import type { Clock } from '../../src/base/clock.ts';
import { type Disposable, toDisposable } from '../../src/base/disposable.ts';

/** A clock that stands still until the test moves it. Timers run in order of their time, then of their creation. */
export class FakeClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
  #order = 0;
  readonly #timers = new Map<number, { readonly dueMs: number; readonly task: () => void }>();

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  after(ms: number, task: () => void): Disposable {
    const id = this.#order++;
    this.#timers.set(id, { dueMs: this.#monotonicMs + Math.max(0, ms), task });
    return toDisposable(() => this.#timers.delete(id));
  }

  /** Moves time forward and runs what becomes due; between timers, pending promises get a turn. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await settle();
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      this.#moveTo(next.dueMs);
      this.#timers.delete(next.id);
      next.task();
      await settle();
    }
    this.#moveTo(endMs);
    await settle();
  }

  /** The wall clock jumps (sleep, or the user sets it) while no timer runs. */
  jumpWallClock(ms: number): void {
    this.#nowMs += ms;
  }

  #moveTo(monotonicMs: number): void {
    this.#nowMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }

  #next(endMs: number): { id: number; dueMs: number; task: () => void } | undefined {
    let best: { id: number; dueMs: number; task: () => void } | undefined;
    for (const [id, timer] of this.#timers) {
      if (timer.dueMs > endMs) continue;
      if (!best || timer.dueMs < best.dueMs || (timer.dueMs === best.dueMs && id < best.id)) best = { id, ...timer };
    }
    return best;
  }
}

/** Lets promises that are already resolved run their continuations, I/O included. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
