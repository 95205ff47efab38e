import type { EventRecord } from '../domain/records.ts';
import { arrayAt, type JsonObject, numberAt, objectAt, objectOf, textAt, timeAt } from './json.ts';

/** Where the events about one object are listed; at most 500 of them. */
export function eventsPath(namespace: string, uid: string): string {
  const query = new URLSearchParams({ fieldSelector: `involvedObject.uid=${uid}`, limit: '500' });
  return `/api/v1/namespaces/${encodeURIComponent(namespace.toWellFormed())}/events?${query}`;
}

/**
 * The events of an EventList about the object with this UID, newest first. What cannot be read is left out; undefined for
 * what is no list.
 *
 * Events that came through `events.k8s.io` have `eventTime` and `series` in place of `lastTimestamp` and `count`
 * (k8s.io/api/core/v1 `Event`).
 */
export function readEvents(list: unknown, uid: string): readonly EventRecord[] | undefined {
  const items = objectOf(list)?.items;
  if (!Array.isArray(items)) return undefined;
  return arrayAt({ items }, 'items')
    .flatMap((item) => {
      const event = objectOf(item);
      return event && textAt(objectAt(event, 'involvedObject'), 'uid') === uid ? [readEvent(event)] : [];
    })
    .sort((a, b) => (b.lastMs ?? 0) - (a.lastMs ?? 0));
}

function readEvent(event: JsonObject): EventRecord {
  const metadata = objectAt(event, 'metadata');
  const series = objectAt(event, 'series');
  const times = [
    timeAt(series, 'lastObservedTime'),
    timeAt(event, 'lastTimestamp'),
    timeAt(event, 'eventTime'),
    timeAt(event, 'firstTimestamp'),
  ];
  return {
    uid: textAt(metadata, 'uid') ?? '',
    type: textAt(event, 'type') ?? 'Normal',
    reason: textAt(event, 'reason') ?? '',
    message: textAt(event, 'message') ?? '',
    source: textAt(event, 'reportingComponent') ?? textAt(objectAt(event, 'source'), 'component') ?? '',
    count: Math.max(1, numberAt(series, 'count') ?? 1, numberAt(event, 'count') ?? 1),
    lastMs: times.find((ms) => ms !== undefined) ?? timeAt(metadata, 'creationTimestamp'),
  };
}
