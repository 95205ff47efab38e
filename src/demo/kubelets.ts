import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from '../wire/json.ts';
import { bytesOf } from './claimRules.ts';
import { type ObjectStore, type StoredObject, timestamp } from './objectStore.ts';
import { claimsResource, nodesResource, podsResource, volumesResource } from './resources.ts';
import { type FilesystemFigures, seedOf, sharedUsage, usageOf } from './usageLife.ts';

export interface KubeletsOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** Whether volumes fill and empty as time goes by. */
  readonly lively: boolean;
}

/** What is known of a claim's beginnings by its UID. */
interface Beginning {
  readonly bytes: number;
  readonly atMs: number;
}

/** A kubelet looks every minute (`--volume-stats-agg-period`); these look more often, so that something can be seen soon. */
const lookMs = 20_000;
const mebi = 1024 ** 2;
const nodeBytes = 100 * 1024 ** 3;
const sharedDriver = 'nfs.csi.k8s.io';

/**
 * The kubelets of the simulated nodes, as far as they tell of volumes (`/stats/summary`).
 *
 * Only mounted volumes of running pods are in it: those of a pod all of whose containers are down are gone from it
 * (kubernetes#141350). Figures come from `usageLife.ts`; kept here is only with what capacity and when each claim began.
 */
export class Kubelets implements Disposable {
  readonly #options: KubeletsOptions;
  readonly #startedMs: number;
  readonly #beginnings = new Map<string, Beginning>();
  readonly #subscription: Disposable;

  constructor(options: KubeletsOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
    for (const claim of options.store.list(claimsResource)) this.#note(claim);
    this.#subscription = options.store.subscribe(({ resource, type, object }) => {
      if (resource !== claimsResource) return;
      if (type === 'DELETED') this.#beginnings.delete(object.metadata.uid);
      else this.#note(object);
    });
  }

  /** What the kubelet of a node answers; undefined where there is no such node. */
  summaryOf(nodeName: string): JsonObject | undefined {
    const { store } = this.#options;
    if (!store.get(nodesResource, nodeName)) return undefined;
    const pods = store.list(podsResource).filter((pod) => {
      return objectAt(pod, 'spec').nodeName === nodeName && objectAt(pod, 'status').phase === 'Running';
    });
    const usedBytes = pods.reduce((sum, pod) => sum + scratchBytes(pod), 0);
    return { node: { nodeName, fs: onNode(usedBytes) }, pods: pods.map((pod) => this.#pod(pod)) };
  }

  /** What is in the volume of a claim now; undefined for one that has none or no filesystem in it. */
  usage(claim: StoredObject): FilesystemFigures | undefined {
    return this.#usage(claim, this.#elapsedMs());
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #pod(pod: StoredObject): JsonObject {
    const { name, namespace, uid } = pod.metadata;
    const usedBytes = scratchBytes(pod);
    return {
      podRef: { name, namespace, uid },
      containers: isDown(pod) ? [] : [{ name: 'main', rootfs: onNode(usedBytes), logs: onNode(mebi) }],
      ...(isDown(pod)
        ? {}
        : { volume: arrayAt(objectAt(pod, 'spec'), 'volumes').flatMap((each) => this.#volume(pod, each)) }),
      'ephemeral-storage': onNode(usedBytes + mebi),
    };
  }

  #volume(pod: StoredObject, value: unknown): readonly JsonObject[] {
    const { clock, store } = this.#options;
    const volume = objectOf(value) ?? {};
    const elapsedMs = this.#elapsedMs();
    const lookedMs = elapsedMs - (elapsedMs % lookMs);
    const time = timestamp(clock.now() - (elapsedMs - lookedMs));
    if (objectOf(volume.emptyDir)) return [{ name: volume.name, time, ...onNode(scratchBytes(pod) / 2) }];
    const claimName = textAt(objectAt(volume, 'persistentVolumeClaim'), 'claimName');
    const { namespace } = pod.metadata;
    const claim = claimName === undefined ? undefined : store.get(claimsResource, claimName, namespace);
    const figures = claim && this.#figures(claim, lookedMs);
    return figures ? [{ name: volume.name, pvcRef: { name: claimName, namespace }, time, ...figures }] : [];
  }

  /** With zeros for what is not supported, as the kubelet sends it. */
  #figures(claim: StoredObject, elapsedMs: number): FilesystemFigures | undefined {
    if (objectAt(claim, 'spec').volumeMode !== 'Block') return this.#usage(claim, elapsedMs);
    const nothing = { availableBytes: 0, usedBytes: 0, inodes: 0, inodesFree: 0, inodesUsed: 0 };
    return { capacityBytes: capacityOf(claim), ...nothing };
  }

  #usage(claim: StoredObject, elapsedMs: number): FilesystemFigures | undefined {
    const { namespace = '', name, uid } = claim.metadata;
    const { volumeMode, volumeName } = objectAt(claim, 'spec');
    const beginning = this.#beginnings.get(uid);
    if (!beginning || volumeMode === 'Block') return undefined;
    const volume = this.#options.store.get(volumesResource, String(volumeName));
    if (objectAt(objectAt(volume ?? {}, 'spec'), 'csi').driver === sharedDriver) return sharedUsage(elapsedMs);
    const sinceMs = Math.max(0, elapsedMs - beginning.atMs);
    const sizes = { firstBytes: beginning.bytes, capacityBytes: capacityOf(claim) };
    return usageOf({ namespace, name, uid, ...sizes, elapsedMs: sinceMs });
  }

  #note(claim: StoredObject): void {
    const bytes = capacityOf(claim);
    const { uid } = claim.metadata;
    if (bytes > 0 && !this.#beginnings.has(uid)) this.#beginnings.set(uid, { bytes, atMs: this.#elapsedMs() });
  }

  #elapsedMs(): number {
    return this.#options.lively ? this.#options.clock.monotonicMs() - this.#startedMs : 0;
  }
}

/** Whether no container of a pod is running, by its status. */
function isDown(pod: StoredObject): boolean {
  const statuses = arrayAt(objectAt(pod, 'status'), 'containerStatuses').map((each) => objectOf(each) ?? {});
  return statuses.length > 0 && statuses.every((each) => objectOf(objectAt(each, 'state').running) === undefined);
}

function capacityOf(claim: StoredObject): number {
  return Number(bytesOf(objectAt(objectAt(claim, 'status'), 'capacity').storage));
}

/** What a pod has written to its node. */
function scratchBytes({ metadata }: StoredObject): number {
  return Math.floor((10 + 190 * seedOf(metadata.uid)) * mebi);
}

/** So many bytes of the node's own filesystem. */
function onNode(bytes: number): FilesystemFigures {
  const usedBytes = Math.floor(bytes);
  const inodes = nodeBytes / 16_384;
  const inodesUsed = Math.ceil(usedBytes / (64 * 1024));
  const availableBytes = nodeBytes * 0.6;
  return { capacityBytes: nodeBytes, availableBytes, usedBytes, inodes, inodesFree: inodes - inodesUsed, inodesUsed };
}
