import { type Clock, every } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { objectAt } from '../wire/json.ts';
import { bytesOf, requestOf } from './claimRules.ts';
import type { Kubelets } from './kubelets.ts';
import { type ObjectStore, type StoredObject, timestamp } from './objectStore.ts';
import { claimsResource, podsResource } from './resources.ts';
import { quantityText, usualSizeAbove } from './sizes.ts';
import { podsUsing } from './storageObjects.ts';
import { characterOf, isFull } from './usageLife.ts';

export interface UsageEventsOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly kubelets: Kubelets;
}

const lookMs = 5_000;
const growAtRatio = 0.9;

/**
 * What comes of volumes that fill up: a pod that cannot write any more crash-loops, and somebody asks for a larger volume
 * once. The rest of an expansion is the resizer's.
 */
export class UsageEvents implements Disposable {
  readonly #options: UsageEventsOptions;
  readonly #ticks: Disposable;

  constructor(options: UsageEventsOptions) {
    this.#options = options;
    this.#ticks = every(options.clock, lookMs, () => this.#look());
  }

  dispose(): void {
    this.#ticks.dispose();
  }

  #look(): void {
    const { store, kubelets } = this.#options;
    for (const claim of store.list(claimsResource)) {
      const { name, namespace = '' } = claim.metadata;
      const character = characterOf({ name, namespace });
      if (character !== 'crashes' && character !== 'outgrows') continue;
      const usage = kubelets.usage(claim);
      if (!usage) continue;
      if (character === 'crashes' && isFull(usage)) this.#crash(claim);
      if (character === 'outgrows' && usage.usedBytes > usage.capacityBytes * growAtRatio) this.#expand(claim);
    }
  }

  #crash(claim: StoredObject): void {
    const { store, clock } = this.#options;
    for (const pod of podsUsing(store, claim)) {
      const status = objectAt(pod, 'status');
      if (status.containerStatuses !== undefined) continue;
      const message = 'back-off 5m0s restarting failed container=main';
      const state = { waiting: { reason: 'CrashLoopBackOff', message } };
      const terminated = { reason: 'Error', exitCode: 1, finishedAt: timestamp(clock.now()) };
      const container = { name: 'main', ready: false, restartCount: 5, state, lastState: { terminated } };
      store.replace(podsResource, pod, { ...pod, status: { ...status, containerStatuses: [container] } });
    }
  }

  #expand(claim: StoredObject): void {
    const { store } = this.#options;
    const request = bytesOf(requestOf(claim));
    if (request !== bytesOf(objectAt(objectAt(claim, 'status'), 'capacity').storage)) return;
    const resources = { requests: { storage: quantityText(usualSizeAbove(request)) } };
    store.replace(claimsResource, claim, { ...claim, spec: { ...objectAt(claim, 'spec'), resources } });
  }
}
