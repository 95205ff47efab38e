import type { Clock } from '../base/clock.ts';
import { type Disposable, toDisposable } from '../base/disposable.ts';
import type { Resource } from './resources.ts';

/** Metadata of what is stored; what the server adds is always there. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly [field: string]: unknown;
}

/** An object as it is stored: plain JSON without kind and apiVersion, never changed but replaced. */
export interface StoredObject {
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

/** An object before it is stored. */
export interface Draft {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  /** As after the event; of a deletion, the last state under the deletion's resourceVersion. */
  readonly object: StoredObject;
  /** As before the event. */
  readonly previous?: StoredObject;
  readonly resourceVersion: number;
}

interface ListedAt {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly resourceVersion: number;
  readonly objects: readonly StoredObject[];
}

export interface ObjectStoreOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Events kept at most. */
  readonly historyLimit?: number;
}

/**
 * What etcd and the watch cache are to a real API server: objects under one resourceVersion counter, and a bounded
 * history of events. Asking for something older than the history answers undefined, which the API calls 410 Expired.
 */
export class ObjectStore {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #historyLimit: number;
  readonly #objects = new Map<Resource, Map<string, StoredObject>>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #history: StoreEvent[] = [];
  #resourceVersion = 0;
  #lastList: ListedAt | undefined;
  /** The history is complete after this one. */
  #compacted = 0;

  constructor({ clock, random, historyLimit = 2000 }: ObjectStoreOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#historyLimit = historyLimit;
  }

  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  get(resource: Resource, name: string, namespace?: string): StoredObject | undefined {
    return this.#objects.get(resource)?.get(keyOf(name, namespace));
  }

  /** In the order of namespace and name, as the API lists. */
  list(resource: Resource, namespace?: string): readonly StoredObject[] {
    return inOrder(this.#objects.get(resource) ?? new Map(), namespace);
  }

  /** The collection as it was at a resourceVersion; undefined when that is no longer known. */
  listAt(resource: Resource, resourceVersion: number, namespace?: string): readonly StoredObject[] | undefined {
    const later = this.eventsAfter(resourceVersion);
    if (!later) return undefined;
    const last = this.#lastList;
    const same = last?.resource === resource && last.namespace === namespace;
    // The pages of a list are of one version: putting a large collection in order for each would take most of the time.
    if (same && last.resourceVersion === resourceVersion) return last.objects;
    const listed = this.#listedAt(resource, later, namespace);
    this.#lastList = { resource, namespace, resourceVersion, objects: listed };
    return listed;
  }

  #listedAt(resource: Resource, later: readonly StoreEvent[], namespace?: string): readonly StoredObject[] {
    const objects = new Map(this.#objects.get(resource));
    for (const event of later.toReversed()) {
      if (event.resource !== resource) continue;
      const { name, namespace: home } = event.object.metadata;
      if (event.previous) objects.set(keyOf(name, home), event.previous);
      else objects.delete(keyOf(name, home));
    }
    return inOrder(objects, namespace);
  }

  /** Undefined when the history does not reach back that far. */
  eventsAfter(resourceVersion: number): readonly StoreEvent[] | undefined {
    if (resourceVersion < this.#compacted) return undefined;
    return this.#history.filter((event) => event.resourceVersion > resourceVersion);
  }

  /** Stores a new object under a new UID. The name must be free. */
  create(resource: Resource, draft: Draft): StoredObject {
    const { uid: _, resourceVersion: __, creationTimestamp, ...metadata } = draft.metadata;
    const created = typeof creationTimestamp === 'string' ? creationTimestamp : timestamp(this.#clock.now());
    const object: StoredObject = {
      ...draft,
      metadata: {
        ...metadata,
        uid: uuid(this.#random),
        resourceVersion: String(this.#resourceVersion + 1),
        creationTimestamp: created,
      },
    };
    this.#put(resource, object);
    this.#record({ type: 'ADDED', resource, object });
    return object;
  }

  /** Puts `next` in the place of what has its name. Equal content changes nothing, as on a real server. */
  replace(resource: Resource, previous: StoredObject, next: StoredObject): StoredObject {
    if (JSON.stringify(previous) === JSON.stringify(next)) return previous;
    const object = { ...next, metadata: { ...next.metadata, resourceVersion: String(this.#resourceVersion + 1) } };
    this.#put(resource, object);
    this.#record({ type: 'MODIFIED', resource, object, previous });
    return object;
  }

  /** Forgets an object; unknown ones are ignored. */
  remove(resource: Resource, object: StoredObject): void {
    const { name, namespace } = object.metadata;
    const previous = this.get(resource, name, namespace);
    if (previous?.metadata.uid !== object.metadata.uid) return;
    this.#objects.get(resource)?.delete(keyOf(name, namespace));
    const metadata = { ...previous.metadata, resourceVersion: String(this.#resourceVersion + 1) };
    this.#record({ type: 'DELETED', resource, object: { ...previous, metadata }, previous });
  }

  /** Drops the history up to a resourceVersion, by default all of it. */
  compact(resourceVersion = this.#resourceVersion): void {
    this.#compacted = Math.max(this.#compacted, Math.min(resourceVersion, this.#resourceVersion));
    this.#history = this.#history.filter((event) => event.resourceVersion > this.#compacted);
  }

  subscribe(listener: (event: StoreEvent) => void): Disposable {
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  }

  #put(resource: Resource, object: StoredObject): void {
    const objects = this.#objects.get(resource) ?? new Map<string, StoredObject>();
    objects.set(keyOf(object.metadata.name, object.metadata.namespace), object);
    this.#objects.set(resource, objects);
  }

  #record(event: Omit<StoreEvent, 'resourceVersion'>): void {
    this.#resourceVersion++;
    const recorded = { ...event, resourceVersion: this.#resourceVersion };
    this.#history.push(recorded);
    // In large steps: cutting off one at a time would copy the history at each event.
    if (this.#history.length > this.#historyLimit * 1.5) {
      this.compact(this.#history.at(-this.#historyLimit - 1)?.resourceVersion ?? 0);
    }
    for (const listener of [...this.#listeners]) listener(recorded);
  }
}

/** Time as the API writes it: RFC 3339 in whole seconds. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Ordered as etcd orders its keys. */
function keyOf(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function inOrder(objects: ReadonlyMap<string, StoredObject>, namespace: string | undefined): readonly StoredObject[] {
  return [...objects]
    .filter(([, { metadata }]) => namespace === undefined || metadata.namespace === namespace)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, object]) => object);
}

function uuid(random: () => number): string {
  const digits = Array.from({ length: 32 }, (_, index) => {
    const digit = Math.floor(random() * 16);
    return (index === 12 ? 4 : index === 16 ? 8 + (digit % 4) : digit).toString(16);
  }).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
