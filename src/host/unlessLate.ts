import type { Clock } from '../base/clock.ts';

/**
 * Takes the answer to a question that is asked now, and the changes that follow it. The answer is dropped when it comes
 * after `limitMs`; a change is one that somebody makes (`isChange`), and is never late.
 */
export function unlessLate<T>(
  limitMs: number,
  clock: Clock,
  take: (value: T, isChange: boolean) => void,
): (value: T) => void {
  const askedMs = clock.monotonicMs();
  let answered = false;
  return (value) => {
    const isChange = answered;
    answered = true;
    if (isChange || clock.monotonicMs() - askedMs <= limitMs) take(value, isChange);
  };
}
