import { type Clock, sleep } from '../base/clock.ts';
import { fail, type Result } from '../domain/apiError.ts';

/** What `ask` answers, or `unreachable` with these words if it does not in time; it is stopped then. */
export async function withinLimit<T>(
  clock: Clock,
  limit: { readonly ms: number; readonly late: string },
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Result<T>>,
): Promise<Result<T>> {
  const stop = new AbortController();
  const ended = new AbortController();
  const answer = ask(AbortSignal.any([signal, stop.signal]));
  const late = sleep(clock, limit.ms, AbortSignal.any([signal, ended.signal])).then(() => 'late' as const);
  const first = await Promise.race([answer, late]);
  ended.abort();
  stop.abort();
  if (signal.aborted) return fail('aborted', 'Stopped.');
  return first === 'late' ? fail('unreachable', limit.late, { brief: 'no answer in time' }) : first;
}
