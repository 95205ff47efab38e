import { type Clock, every } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import { arrayAt, objectAt, objectOf, textAt, timeAt } from '../wire/json.ts';
import { type ObjectStore, type StoredObject, type StoreEvent, timestamp } from './objectStore.ts';
import { claimsResource, eventsResource, storageClassesResource } from './resources.ts';

export interface ClaimEventsOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
}

/** What somebody says of a claim. */
interface Said {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

/** kube-apiserver's `--event-ttl`. */
const keptMs = 3_600_000;
const lookMs = 60_000;
/** In a lively hour there are fewer; more would be a burden. */
const mostEvents = 1_000;

/**
 * The Events that controllers and kubelets write about claims while they act: what they say is derived from how a claim
 * changes, in their own words (kubernetes `pkg/controller/volume`, external-provisioner, external-resizer).
 */
export class ClaimEvents implements Disposable {
  readonly #options: ClaimEventsOptions;
  readonly #lifetime = new DisposableStore();
  readonly #writing = new DisposableSlot<Disposable>();
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(options: ClaimEventsOptions) {
    this.#options = options;
    this.#lifetime.add(options.store.subscribe((event) => this.#onEvent(event)));
    this.#lifetime.add(this.#writing);
    this.#lifetime.add(every(options.clock, lookMs, () => this.#forget()));
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #onEvent({ resource, type, object, previous }: StoreEvent): void {
    if (resource !== claimsResource || type === 'DELETED') return;
    for (const said of this.#saidOf(object, previous)) this.#waiting.push(() => this.#write(object, said));
    // Not on this turn: those who hear of the change next would hear of the event before it.
    if (this.#waiting.length > 0 && !this.#writing.current)
      this.#writing.set(this.#options.clock.after(0, () => this.#writeAll()));
  }

  #writeAll(): void {
    this.#writing.set(undefined);
    for (const write of this.#waiting.splice(0)) write();
  }

  #saidOf(claim: StoredObject, previous: StoredObject | undefined): readonly Said[] {
    const [now, before] = [stateOf(claim), previous ? stateOf(previous) : undefined];
    const said: Said[] = [];
    if (!previous && now.phase === 'Pending' && this.#waits(claim)) said.push(waiting);
    if (now.phase === 'Bound' && before?.phase === 'Pending')
      said.push({
        ...{ type: 'Normal', reason: 'ProvisioningSucceeded', component: provisionerOf(claim) },
        message: `Successfully provisioned volume ${textAt(objectAt(claim, 'spec'), 'volumeName') ?? ''}`,
      });
    if (now.phase === 'Lost' && before?.phase !== 'Lost') said.push(lost);
    if (before && now.resize !== before.resize) said.push(...resizing(claim, now.resize, before.resize));
    return said;
  }

  #waits(claim: StoredObject): boolean {
    const name = textAt(objectAt(claim, 'spec'), 'storageClassName') ?? '';
    return this.#options.store.get(storageClassesResource, name)?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  #write({ metadata }: StoredObject, { type, reason, message, component }: Said): void {
    const { store, clock } = this.#options;
    const { name, namespace = '', uid, resourceVersion } = metadata;
    const time = timestamp(clock.now());
    const involvedObject = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion };
    store.create(eventsResource, {
      metadata: { name: `${name}.${(++this.#count).toString(16).padStart(16, '0')}`, namespace },
      ...{ involvedObject, type, reason, message, count: 1, firstTimestamp: time, lastTimestamp: time },
      ...{ source: { component }, reportingComponent: component, reportingInstance: '' },
    });
  }

  #forget(): void {
    const { store, clock } = this.#options;
    const all = store.list(eventsResource).toSorted((a, b) => timeOf(a) - timeOf(b));
    const tooMany = all.length - mostEvents;
    for (const [index, event] of all.entries())
      if (index < tooMany || clock.now() - timeOf(event) > keptMs) store.remove(eventsResource, event);
  }
}

const waiting: Said = {
  type: 'Normal',
  reason: 'WaitForFirstConsumer',
  message: 'waiting for first consumer to be created before binding',
  component: 'persistentvolume-controller',
};

const lost: Said = {
  type: 'Warning',
  reason: 'ClaimLost',
  message: 'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
  component: 'persistentvolume-controller',
};

function resizing(claim: StoredObject, resize: string | undefined, before: string | undefined): readonly Said[] {
  const component = `external-resizer ${provisionerOf(claim)}`;
  const volume = textAt(objectAt(claim, 'spec'), 'volumeName') ?? '';
  if (resize === 'ControllerResizeInProgress')
    return [
      { type: 'Normal', reason: 'Resizing', message: `External resizer is resizing volume ${volume}`, component },
    ];
  if (resize === 'NodeResizePending') {
    const message = 'Require file system resize of volume on node';
    return [{ type: 'Normal', reason: 'FileSystemResizeRequired', message, component }];
  }
  if (resize === 'ControllerResizeInfeasible') {
    const refused = arrayAt(objectAt(claim, 'status'), 'conditions').map((condition) => objectOf(condition) ?? {});
    const message = refused.map((condition) => textAt(condition, 'message')).find((text) => text !== undefined) ?? '';
    return [{ type: 'Warning', reason: 'VolumeResizeFailed', message, component }];
  }
  if (resize !== undefined || before !== 'NodeResizeInProgress') return [];
  const message = `MountVolume.NodeExpandVolume succeeded for volume "${volume}"`;
  return [{ type: 'Normal', reason: 'FileSystemResizeSuccessful', message, component: 'kubelet' }];
}

function stateOf(claim: StoredObject): { readonly phase: string | undefined; readonly resize: string | undefined } {
  const status = objectAt(claim, 'status');
  return {
    phase: textAt(status, 'phase'),
    resize: textAt(objectAt(status, 'allocatedResourceStatuses'), 'storage'),
  };
}

function provisionerOf({ metadata }: StoredObject): string {
  const annotations = objectAt(metadata, 'annotations');
  return textAt(annotations, 'volume.kubernetes.io/storage-provisioner') ?? 'external-provisioner';
}

function timeOf(event: StoredObject): number {
  return timeAt(event, 'lastTimestamp') ?? 0;
}
