import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';

/** Everybody who shares this thread waits no longer than this. */
const sliceMs = 8;

/** Does long work in steps, and gives way to others now and then. Undefined when it was stopped before its end. */
export async function inTurns<T>(
  steps: Generator<void, T | undefined>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> {
  let turnMs = clock.monotonicMs();
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (clock.monotonicMs() - turnMs <= sliceMs) continue;
    await nextTurn();
    if (signal.aborted) {
      // Lets it put an end to what it has begun.
      steps.return(undefined);
      return undefined;
    }
    turnMs = clock.monotonicMs();
  }
}
