import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { arrayAt } from '../wire/json.ts';
import { Delays, type Range } from './delays.ts';
import type { ObjectStore, StoredObject, StoreEvent } from './objectStore.ts';
import { namespacesResource, resources } from './resources.ts';
import { terminate } from './writes.ts';

export interface NamespaceCleanerOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: () => number;
}

const cleaning: Range = { fromMs: 300, toMs: 900 };

/**
 * The namespace controller: empties namespaces that are being deleted and removes them once nothing is left. What has
 * finalizers is marked as deleted and waited for.
 */
export class NamespaceCleaner implements Disposable {
  readonly #options: NamespaceCleanerOptions;
  readonly #lifetime = new DisposableStore();
  /** Steps that are due, by the name of the namespace. */
  readonly #due: Delays;

  constructor(options: NamespaceCleanerOptions) {
    this.#options = options;
    this.#due = this.#lifetime.add(new Delays(options.clock, options.random));
    this.#lifetime.add(options.store.subscribe((event) => this.#onEvent(event)));
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #onEvent({ resource, object: { metadata } }: StoreEvent): void {
    const name = resource === namespacesResource ? metadata.name : metadata.namespace;
    const { store } = this.#options;
    if (name === undefined || !terminating(store.get(namespacesResource, name))) return;
    this.#due.once(name, cleaning, () => this.#clean(name));
  }

  #clean(name: string): void {
    const { store, clock } = this.#options;
    const namespace = store.get(namespacesResource, name);
    if (!namespace || !terminating(namespace)) return;
    let left = 0;
    for (const resource of resources.filter(({ namespaced }) => namespaced)) {
      for (const object of store.list(resource, name)) {
        const held = arrayAt(object.metadata, 'finalizers').length > 0;
        if (held) terminate(store, resource, object, clock.now());
        else store.remove(resource, object);
        left += held ? 1 : 0;
      }
    }
    if (left === 0) store.remove(namespacesResource, namespace);
  }
}

function terminating(namespace: StoredObject | undefined): boolean {
  return namespace?.metadata.deletionTimestamp !== undefined;
}
