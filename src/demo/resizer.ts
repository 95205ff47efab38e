import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { type JsonObject, objectAt, textAt } from '../wire/json.ts';
import { bytesOf, requestOf } from './claimRules.ts';
import type { ControllerOptions } from './controllers.ts';
import type { StoredObject, StoreEvent } from './objectStore.ts';
import { claimsResource, podsResource, volumesResource } from './resources.ts';
import { quantityText } from './sizes.ts';
import { claimNamesOf, condition, podsUsing, withConditions } from './storageObjects.ts';

export interface ResizerOptions extends ControllerOptions {
  /** Share of expansions that the storage backend refuses. */
  readonly failureRatio: number;
}

const stepMs = { from: 3000, to: 9000 };
const resizing = ['Resizing', 'FileSystemResizePending', 'ControllerResizeError', 'NodeResizeError'];

/**
 * The CSI external-resizer and the kubelet's part of an expansion (KEP-1790): what they write into a claim's status, in
 * their order: `ControllerResizeInProgress` → `NodeResizePending` → (a pod mounts it) `NodeResizeInProgress` → done, or
 * `ControllerResizeInfeasible`, which ends when the request is lowered. Each step is derived from the claim as it is.
 */
export class Resizer implements Disposable {
  readonly #options: ResizerOptions;
  readonly #lifetime = new DisposableStore();
  readonly #due = new Map<string, Disposable>();

  constructor(options: ResizerOptions) {
    this.#options = options;
    this.#lifetime.add(options.store.subscribe((event) => this.#onEvent(event)));
    for (const claim of options.store.list(claimsResource)) this.#schedule(claim);
  }

  dispose(): void {
    this.#lifetime.dispose();
    for (const timer of this.#due.values()) timer.dispose();
    this.#due.clear();
  }

  #onEvent({ resource, type, object }: StoreEvent): void {
    if (resource === claimsResource && type !== 'DELETED') this.#schedule(object);
    if (resource !== podsResource || type !== 'ADDED') return;
    for (const name of claimNamesOf(object)) {
      const claim = this.#options.store.get(claimsResource, name, object.metadata.namespace);
      if (claim) this.#schedule(claim);
    }
  }

  #schedule(claim: StoredObject): void {
    const { clock, random, store } = this.#options;
    const { uid, name, namespace } = claim.metadata;
    if (this.#due.has(uid) || !this.#next(claim)) return;
    const run = () => {
      this.#due.delete(uid);
      const current = store.get(claimsResource, name, namespace);
      const status = current?.metadata.uid === uid ? this.#next(current)?.() : undefined;
      if (current && status) store.replace(claimsResource, current, { ...current, status });
    };
    this.#due.set(uid, clock.after(stepMs.from + random() * (stepMs.to - stepMs.from), run));
  }

  /** The next change of the status, or undefined while there is nothing to do. */
  #next(claim: StoredObject): (() => JsonObject) | undefined {
    const status = objectAt(claim, 'status');
    if (status.phase !== 'Bound' || claim.metadata.deletionTimestamp !== undefined) return undefined;
    const requested = bytesOf(requestOf(claim));
    const capacity = bytesOf(objectAt(status, 'capacity').storage);
    const allocated = bytesOf(objectAt(status, 'allocatedResources').storage);
    switch (textAt(objectAt(status, 'allocatedResourceStatuses'), 'storage')) {
      case undefined:
        return requested > capacity ? () => this.#begin(status, requested) : undefined;
      case 'ControllerResizeInfeasible':
        return requested < allocated ? () => this.#begin(status, requested) : undefined;
      case 'ControllerResizeInProgress':
        // A modest request is granted: how a refused one is mended.
        return () =>
          allocated * 4n > capacity * 5n && this.#options.random() < this.#options.failureRatio
            ? this.#fail(status, allocated)
            : this.#growVolume(claim, status, allocated);
      case 'NodeResizePending':
        return podsUsing(this.#options.store, claim).length > 0
          ? () => withResizeStatus(status, 'NodeResizeInProgress')
          : undefined;
      case 'NodeResizeInProgress':
        return () => finished(status, allocated);
      default:
        return undefined;
    }
  }

  #begin(status: JsonObject, requested: bigint): JsonObject {
    const grown = withConditions(status, resizing, [condition('Resizing', this.#options.clock.now())]);
    const allocatedResources = { storage: quantityText(requested) };
    return withResizeStatus({ ...grown, allocatedResources }, 'ControllerResizeInProgress');
  }

  #fail(status: JsonObject, allocated: bigint): JsonObject {
    const message = `rpc error: code = OutOfRange desc = volume cannot grow to ${quantityText(allocated)}: pool is full`;
    const error = condition('ControllerResizeError', this.#options.clock.now(), { message });
    return withResizeStatus(withConditions(status, resizing, [error]), 'ControllerResizeInfeasible');
  }

  #growVolume(claim: StoredObject, status: JsonObject, allocated: bigint): JsonObject {
    const { store, clock } = this.#options;
    const volume = store.get(volumesResource, textAt(objectAt(claim, 'spec'), 'volumeName') ?? '');
    if (volume) {
      const spec = { ...objectAt(volume, 'spec'), capacity: { storage: quantityText(allocated) } };
      store.replace(volumesResource, volume, { ...volume, spec });
    }
    const message = 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.';
    const pending = condition('FileSystemResizePending', clock.now(), { message });
    return withResizeStatus(withConditions(status, resizing, [pending]), 'NodeResizePending');
  }
}

function withResizeStatus(status: JsonObject, storage: string): JsonObject {
  return { ...status, allocatedResourceStatuses: { storage } };
}

function finished(status: JsonObject, allocated: bigint): JsonObject {
  const { allocatedResourceStatuses: _, ...rest } = withConditions(status, resizing, []);
  return { ...rest, capacity: { storage: quantityText(allocated) } };
}
