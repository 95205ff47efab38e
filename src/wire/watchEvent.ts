import type { Interner } from './interner.ts';
import { type JsonObject, objectAt, objectOf, textAt } from './json.ts';
import type { Identified, Kind } from './kind.ts';
import { type FailureStatus, readStatus } from './status.ts';

/** One line of a watch. */
export type WatchEvent<T> =
  | { readonly type: 'upsert'; readonly record: T }
  | { readonly type: 'remove'; readonly record: T }
  | { readonly type: 'bookmark'; readonly resourceVersion: string }
  | { readonly type: 'error'; readonly status: FailureStatus }
  /** Not a watch event of this kind: broken JSON, an unknown type, an object without identity. */
  | { readonly type: 'malformed'; readonly message: string };

/** Reads one line of a watch stream. Never throws. */
export function readWatchEvent<T extends Identified>(line: Buffer, kind: Kind<T>, interner: Interner): WatchEvent<T> {
  let event: unknown;
  try {
    event = JSON.parse(line.toString('utf8'));
  } catch {
    return { type: 'malformed', message: 'a line that is not JSON' };
  }
  const envelope = objectOf(event);
  if (!envelope) return { type: 'malformed', message: 'a line that is not an object' };
  return eventOf(envelope.type, objectAt(envelope, 'object'), kind, interner);
}

/** The event of this type with this object, in whichever form they came. */
export function eventOf<T extends Identified>(
  type: unknown,
  object: JsonObject,
  kind: Kind<T>,
  interner: Interner,
): WatchEvent<T> {
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      const record = kind.read(object, interner);
      if (!record) return { type: 'malformed', message: `an object of ${kind.plural} without name or UID` };
      return { type: type === 'DELETED' ? 'remove' : 'upsert', record };
    }
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion: textAt(objectAt(object, 'metadata'), 'resourceVersion') ?? '' };
    case 'ERROR':
      return {
        type: 'error',
        status: readStatus(object) ?? { code: 500, reason: '', message: 'an ERROR event without a Status' },
      };
    default:
      return { type: 'malformed', message: 'an event of unknown type' };
  }
}
