import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { arrayAt, objectAt, textAt } from '../wire/json.ts';
import { protection } from './claimRules.ts';
import { Delays, type Range } from './delays.ts';
import type { ObjectStore, StoredObject, StoreEvent } from './objectStore.ts';
import { claimsResource, podsResource, storageClassesResource, volumesResource } from './resources.ts';
import { bindClaim, claimNamesOf, podsUsing } from './storageObjects.ts';

export interface ControllerOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: () => number;
}

const binding: Range = { fromMs: 600, toMs: 1800 };
const protecting: Range = { fromMs: 300, toMs: 900 };

/**
 * The parts of kube-controller-manager that claims need: binding (at once, or at the first pod where the class says so),
 * protection of claims in use, and reclaiming of volumes. Level-triggered: each step looks at the objects as they are then.
 */
export class Controllers implements Disposable {
  readonly #options: ControllerOptions;
  readonly #lifetime = new DisposableStore();
  /** Steps that are due, by the UID of the claim. */
  readonly #due: Delays;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#due = this.#lifetime.add(new Delays(options.clock, options.random));
    this.#lifetime.add(options.store.subscribe((event) => this.#onEvent(event)));
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #onEvent({ resource, type, object }: StoreEvent): void {
    if (resource === claimsResource && type === 'DELETED') this.#reclaim(object);
    else if (resource === claimsResource) this.#schedule(object);
    else if (resource === podsResource) {
      const { namespace } = object.metadata;
      for (const name of claimNamesOf(object)) {
        const claim = this.#options.store.get(claimsResource, name, namespace);
        if (claim) this.#schedule(claim);
      }
    }
  }

  #schedule(claim: StoredObject): void {
    const step = this.#stepOf(claim);
    if (step) this.#due.once(claim.metadata.uid, step === 'bind' ? binding : protecting, () => this.#run(claim));
  }

  #stepOf(claim: StoredObject): 'bind' | 'release' | undefined {
    const { store } = this.#options;
    if (claim.metadata.deletionTimestamp !== undefined) {
      const last = arrayAt(claim.metadata, 'finalizers').every((finalizer) => finalizer === protection);
      return last && podsUsing(store, claim).length === 0 ? 'release' : undefined;
    }
    if (objectAt(claim, 'status').phase !== 'Pending') return undefined;
    const className = textAt(objectAt(claim, 'spec'), 'storageClassName') ?? '';
    const storageClass = store.get(storageClassesResource, className);
    if (!storageClass) return undefined;
    const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
    return waits && podsUsing(store, claim).length === 0 ? undefined : 'bind';
  }

  #run({ metadata }: StoredObject): void {
    const { store, clock } = this.#options;
    const claim = store.get(claimsResource, metadata.name, metadata.namespace);
    if (claim?.metadata.uid !== metadata.uid) return;
    const step = this.#stepOf(claim);
    if (step === 'bind') bindClaim(store, claim, clock.now());
    if (step === 'release') store.remove(claimsResource, claim);
  }

  #reclaim(claim: StoredObject): void {
    const { store } = this.#options;
    this.#due.drop(claim.metadata.uid);
    const volume = store.get(volumesResource, textAt(objectAt(claim, 'spec'), 'volumeName') ?? '');
    if (!volume) return;
    if (objectAt(volume, 'spec').persistentVolumeReclaimPolicy !== 'Retain') store.remove(volumesResource, volume);
    else
      store.replace(volumesResource, volume, {
        ...volume,
        status: { ...objectAt(volume, 'status'), phase: 'Released' },
      });
  }
}
