import { type Disposable, toDisposable } from './disposable.ts';

/**
 * Time as an argument. `now` is the wall clock in milliseconds since the epoch and may jump in both directions;
 * `monotonicMs` only ever grows (it may stand still while the machine sleeps).
 */
export interface Clock {
  now(): number;
  monotonicMs(): number;
  /** Runs `task` once after `ms` milliseconds unless disposed before. */
  after(ms: number, task: () => void): Disposable;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return toDisposable(() => clearTimeout(timer));
  },
};

/** Runs `task` every `ms` milliseconds, counted from the end of the run before, until disposed. */
export function every(clock: Clock, ms: number, task: () => void): Disposable {
  let pending: Disposable | undefined;
  let ended = false;
  const arm = () => {
    pending = clock.after(ms, () => {
      task();
      if (!ended) arm();
    });
  };
  arm();
  return toDisposable(() => {
    ended = true;
    pending?.dispose();
  });
}

/** Resolves after `ms`, or as soon as `signal` is aborted (check it afterwards). Never rejects. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      timer.dispose();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}
