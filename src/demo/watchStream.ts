import { type Clock, every } from '../base/clock.ts';
import { DisposableStore, toDisposable } from '../base/disposable.ts';
import type { JsonObject } from '../wire/json.ts';
import type { ObjectStore, StoreEvent } from './objectStore.ts';
import type { Reply } from './reply.ts';
import { flagIn, numberIn, type Selection, withKind } from './selection.ts';
import { badRequest, expired } from './status.ts';

export interface WatchContext {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: () => number;
}

const bookmarkMs = 60_000;
/** What a timer can count: 24 days. */
const longestMs = 2 ** 31 - 1;
/** kube-apiserver ends a watch that names no timeout, or 0, after half an hour to an hour. */
const defaultSeconds = { from: 1800, to: 3600 };
/** A client that does not read is cut off, like the real watch cache does. */
const maxBufferedBytes = 16 * 1024 * 1024;

/**
 * Answers a WATCH: one event after another, until `timeoutSeconds` have passed or either side ends it.
 *
 * Without a resourceVersion, or with 0, it begins with what there is as ADDED. One that is older than the history gets an
 * ERROR event of 410. Bookmarks come once a minute and at the end, to those who allow them. An object that leaves the
 * selection is DELETED to the watcher, one that enters it ADDED.
 */
export function serveWatch(
  { store, clock, random }: WatchContext,
  selection: Selection,
  query: URLSearchParams,
  reply: Reply,
): void {
  const { from, to } = defaultSeconds;
  const seconds = numberIn(query, 'timeoutSeconds') || from + random() * (to - from);
  const text = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(text)) {
    const why = `strconv.ParseUint: parsing "${text}": invalid syntax`;
    throw badRequest(`resourceVersion: Invalid value: "${text}": ${why}`);
  }
  const since = Number(text);
  const bookmarks = flagIn(query, 'allowWatchBookmarks');
  const initial = since === 0 || flagIn(query, 'sendInitialEvents');
  const { resource } = selection;
  const { response } = reply;
  // The mark of the initial events is an annotation, which the binary form has for claims only.
  const tell = reply.stream(resource.kind, !flagIn(query, 'sendInitialEvents'));
  const event = (type: string, object: JsonObject) => {
    tell(type, object);
    if (response.writableLength > maxBufferedBytes) response.destroy();
  };
  const bookmark = (annotations?: JsonObject) => {
    const metadata = {
      resourceVersion: String(Math.max(since, store.resourceVersion)),
      creationTimestamp: null,
      ...(annotations ? { annotations } : {}),
    };
    event('BOOKMARK', withKind(resource, { metadata, spec: {}, status: {} }));
  };
  const forward = (change: StoreEvent) => {
    const told = change.resourceVersion > since ? toldAs(change, selection) : undefined;
    if (told) event(told.type, withKind(resource, told.object));
  };

  const missed = initial ? [] : store.eventsAfter(since);
  if (!missed) {
    event('ERROR', expired(`too old resource version: ${since} (${store.resourceVersion})`).status);
    response.end();
    return;
  }
  if (initial) {
    for (const object of store.list(resource, selection.namespace)) {
      if (selection.selects(object)) event('ADDED', withKind(resource, object));
    }
    if (bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  }
  for (const change of missed) forward(change);

  const lifetime = new DisposableStore();
  lifetime.add(store.subscribe(forward));
  if (bookmarks) lifetime.add(every(clock, bookmarkMs, bookmark));
  const end = () => {
    if (bookmarks) bookmark();
    response.end();
  };
  lifetime.add(clock.after(Math.min(seconds * 1000, longestMs), end));
  lifetime.add(toDisposable(() => response.end()));
  response.on('close', () => lifetime.dispose());
  response.on('error', () => lifetime.dispose());
}

/** How a watcher of a selection hears of an event; undefined when it is none of its business. */
function toldAs(event: StoreEvent, selection: Selection): Pick<StoreEvent, 'type' | 'object'> | undefined {
  const { resource, type, object, previous } = event;
  if (resource !== selection.resource) return undefined;
  const was = previous !== undefined && selection.selects(previous);
  const is = type !== 'DELETED' && selection.selects(object);
  if (was && is) return { type: 'MODIFIED', object };
  if (is) return { type: 'ADDED', object };
  if (!was) return undefined;
  // The last state that was selected, under the resourceVersion of the change.
  const { resourceVersion } = object.metadata;
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion } } };
}
