import type { ReflectorState } from '../cluster/consumer.ts';
import type { ApiError } from '../domain/apiError.ts';
import type { Connection, SliceState } from '../domain/snapshot.ts';

/** What is known of the way to the server. Times are on the wall clock. */
export interface ContactInput {
  readonly states: readonly ReflectorState[];
  /** Whether any loop was live before. */
  readonly everLive: boolean;
  /** Whether it has been said before how the target is reached: then it is not `connecting` any more. */
  readonly told: boolean;
  readonly startedMs: number;
  readonly nowMs: number;
  readonly heardMs: number | undefined;
  readonly server: string;
}

/** The gauge shows `connecting` no longer than this, whatever may still arrive. */
export const connectingMs = 10_000;
/** Something that was heard so long ago is not still arriving. */
const arrivingMs = 10_000;

/**
 * How the target is reached, from the states of its claim loops.
 *
 * `live` while every loop that may read is live or is being listed after it was live; a loop without rights does not count
 * unless none has any.
 */
export function contactOf(input: ContactInput): Connection {
  const failed = input.states.filter((state) => state.phase === 'waiting');
  const allowed = failed.filter((state) => state.error.reason !== 'forbidden' && state.error.reason !== 'invalid');
  const live = input.states.some((state) => state.phase === 'live');
  const worst = oldest(allowed);
  if (worst) return lost(input, worst);
  if (live) return { state: 'live', sinceMs: input.startedMs };
  const refused = failed[0];
  if (refused && failed.length === input.states.length) {
    if (refused.error.reason === 'forbidden') return { state: 'forbidden', error: refused.error };
    return input.everLive ? { state: 'live', sinceMs: input.startedMs } : { state: 'failing', error: refused.error };
  }
  if (!input.told && input.nowMs < input.startedMs + connectingMs)
    return { state: 'connecting', sinceMs: input.startedMs };
  const { heardMs, nowMs } = input;
  return lost(input, { error: unfinished(input), sinceMs: Math.min(heardMs ?? nowMs, nowMs) });
}

/** Why nothing is live although nothing has failed. */
function unfinished({ server, startedMs, heardMs, nowMs }: ContactInput): ApiError {
  if (heardMs === undefined) return { reason: 'unreachable', message: `${server} has not answered yet.` };
  const late = `${server} has not sent the whole list yet`;
  const seconds = (sinceMs: number) => Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  if (nowMs - heardMs < arrivingMs)
    return { reason: 'unfinished', message: `${late}: ${seconds(startedMs)} s so far.` };
  return { reason: 'unreachable', message: `${late}, and nothing for ${seconds(heardMs)} s.` };
}

function lost(
  input: ContactInput,
  { error, sinceMs }: { readonly error: ApiError; readonly sinceMs: number },
): Connection {
  if (error.reason === 'signIn') return { state: 'signIn', error };
  if (error.reason === 'untrusted') return { state: 'untrusted', error };
  return input.everLive ? { state: 'stale', sinceMs, error } : { state: 'failing', error };
}

function oldest(states: readonly { readonly error: ApiError; readonly sinceMs: number }[]) {
  return states.toSorted((a, b) => a.sinceMs - b.sinceMs)[0];
}

/** The worst state of the claim loops: only `live` lets alerts judge. Loops without rights are told by `partial`. */
export function claimsStateOf(states: readonly ReflectorState[]): SliceState {
  if (states.length === 0) return 'loading';
  const counted = states.filter((state) => !(state.phase === 'waiting' && state.error.reason === 'forbidden'));
  if (counted.length === 0) return 'forbidden';
  if (counted.some((state) => state.phase === 'waiting')) return 'stale';
  return counted.some((state) => state.phase === 'loading') ? 'loading' : 'live';
}
