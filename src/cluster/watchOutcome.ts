import type { ApiError } from '../domain/apiError.ts';
import { reasonOf } from '../wire/status.ts';

/** How a list or a watch ended, and so what comes next: a watch, a list, or a wait. */
export type Outcome =
  /** As it should. */
  | { readonly end: 'again' }
  /** By us, for the sake of a list. */
  | { readonly end: 'cut' }
  /** The server no longer knows where we are: 410. */
  | { readonly end: 'expired' }
  /** 403 to a watch, which says nothing about lists. */
  | { readonly end: 'forbidden'; readonly error: ApiError }
  /** `ifRepeated`: patience first, and a list if every watch from here ends so. `heardMs`: after a silence, and nobody answers; when the last byte came, on the wall clock. */
  | {
      readonly end: 'failed';
      readonly error: ApiError;
      readonly relist: boolean | 'ifRepeated';
      readonly heardMs?: number;
    };

/**
 * A refused watch: 410 needs a list, and so does a version the server does not have yet (etcd was restored from a backup);
 * everything else only patience.
 */
export function refused(error: ApiError): Outcome {
  if (error.reason === 'expired') return { end: 'expired' };
  if (error.reason === 'forbidden') return { end: 'forbidden', error };
  return { end: 'failed', error, relist: /too large resource version/i.test(error.message) };
}

/** Something came that cannot be taken in: only a list can tell what is true. */
export function malformed(message: string): Outcome {
  return { end: 'failed', error: { reason: 'malformed', message }, relist: true };
}

/**
 * An ERROR event in a watch. What is no refusal may be the server's trouble with the very next event (an object that it cannot
 * decode), and so be there again whenever the watch is resumed.
 */
export function refusedByEvent(status: {
  readonly code: number;
  readonly message: string;
  readonly retryAfterMs?: number;
}): Outcome {
  const { code, message, retryAfterMs } = status;
  const reason = reasonOf(code);
  const outcome = refused({
    reason,
    status: code,
    message: message || `The server ended the watch with code ${code}.`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  const mayBeThere = outcome.end === 'failed' && !outcome.relist && (reason === 'server' || reason === 'malformed');
  return mayBeThere ? { ...outcome, relist: 'ifRepeated' } : outcome;
}
