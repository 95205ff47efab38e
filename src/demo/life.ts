import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { ClaimRecord } from '../domain/records.ts';
import { claims } from '../wire/claims.ts';
import { Interner } from '../wire/interner.ts';
import { objectAt } from '../wire/json.ts';
import { initialFillRatio, wantedBytes } from './claimWave.ts';
import { Delays } from './delays.ts';
import { claimName, createClaim, furnish, podFor, type Scenery } from './landscape.ts';
import { type ObjectStore, timestamp } from './objectStore.ts';
import { claimsResource, namespacesResource, podsResource, storageClassesResource } from './resources.ts';
import { quantityText, shareOf, usualSize, usualSizeAbove } from './sizes.ts';
import { podsUsing } from './storageObjects.ts';
import { classes, workloads } from './workloads.ts';
import { terminate } from './writes.ts';

export interface LifeOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budgetBytes: bigint;
}

const tick = { fromMs: 3000, toMs: 6000 };
/** Of the budget: what one action changes at most, and what is left alone. */
const step = { largest: 0.012, ignored: 0.003 };
const actionsPerTick = 3;
const claimCount = { few: 190, many: 220 };
/** Beyond these, small steps would take too long after a change of the budget, and the scenery is built anew. */
const rebuild = { below: 0.6, above: 1.5 };

/**
 * What people and workloads do in the simulated cluster: claims come, are expanded and go, so that the claimed total
 * follows a slow wave around the budget; refused expansions are lowered, pods come late. Everything the controllers and the
 * CSI resizer make of it is theirs. Claims made by somebody else are counted and left alone.
 */
export class Life implements Disposable {
  readonly #options: LifeOptions;
  readonly #delays: Delays;
  readonly #startedMs: number;
  readonly #interner = new Interner();
  #scenery: Map<string, Scenery>;
  #budgetBytes: bigint;

  constructor(options: LifeOptions, scenery: readonly Scenery[]) {
    this.#options = options;
    this.#budgetBytes = options.budgetBytes;
    this.#scenery = byPath(scenery);
    this.#startedMs = options.clock.monotonicMs();
    this.#delays = new Delays(options.clock, options.random);
    this.#tickLater();
  }

  /** A budget far from the present one rebuilds the scenery at its size. */
  setBudget(budgetBytes: bigint): void {
    if (budgetBytes <= 0n || budgetBytes === this.#budgetBytes) return;
    this.#budgetBytes = budgetBytes;
    const ratio = Number(sumOf(this.#claims())) / Number(budgetBytes);
    if (ratio >= rebuild.below && ratio <= rebuild.above) return;
    const { store, random, clock } = this.#options;
    this.#delays.clear();
    this.#scenery = byPath(furnish({ store, random, nowMs: clock.now(), budgetBytes, fillRatio: initialFillRatio }));
    this.#tickLater();
  }

  dispose(): void {
    this.#delays.dispose();
  }

  #tickLater(): void {
    this.#delays.later(tick, () => {
      this.#tick();
      this.#tickLater();
    });
  }

  #tick(): void {
    for (const claim of this.#claims()) this.#attend(claim);
    for (let action = 0; action < actionsPerTick; action++) {
      const present = this.#claims();
      const staying = present.filter(({ terminating }) => !terminating);
      const gap = this.#wanted() - sumOf(staying);
      const size = gap < 0n ? -gap : gap;
      if (size < shareOf(this.#budgetBytes, step.ignored)) return;
      const bytes = smaller(size, shareOf(this.#budgetBytes, step.largest));
      if (gap > 0n) this.#grow(staying, bytes);
      else this.#shrink(staying, bytes);
    }
  }

  #wanted(): bigint {
    return wantedBytes(this.#budgetBytes, this.#options.clock.monotonicMs() - this.#startedMs);
  }

  #grow(staying: readonly ClaimRecord[], bytes: bigint): void {
    const expand =
      staying.length > claimCount.many || (staying.length > claimCount.few && this.#options.random() < 0.5);
    if (!expand || !this.#expand(staying, bytes)) this.#create(bytes);
  }

  #create(bytes: bigint): void {
    const { store, random } = this.#options;
    const workload = this.#pick(workloads.filter(({ shape }) => shape === 'scratch'));
    if (!workload) return;
    const name = claimName(workload, 0, random);
    if (!this.#inhabited(workload.namespace) || store.get(claimsResource, name, workload.namespace)) return;
    const each = { namespace: workload.namespace, name, workload, baseBytes: usualSize(bytes) };
    this.#scenery.set(pathOf(each), each);
    createClaim(store, each);
    if (random() < 0.8) this.#delays.later({ fromMs: 2_000, toMs: 30_000 }, () => this.#addPod(each));
  }

  #expand(staying: readonly ClaimRecord[], bytes: bigint): boolean {
    const chosen = this.#pick(
      staying.filter((claim) => {
        const { requestedBytes = 0n, capacityBytes, resizeStatus, phase } = claim;
        const base = this.#passing(claim)?.baseBytes;
        const growth = usualSizeAbove(requestedBytes) - requestedBytes;
        const settled = phase === 'Bound' && resizeStatus === undefined && capacityBytes === requestedBytes;
        return (
          base !== undefined && settled && requestedBytes < base * 3n && growth <= bytes && this.#expandable(claim)
        );
      }),
    );
    if (chosen === undefined) return false;
    const requested = chosen.requestedBytes ?? 0n;
    const nearest = usualSize(requested + bytes);
    this.#request(chosen, nearest > requested ? nearest : usualSizeAbove(requested));
    return true;
  }

  /** Lets a scratch claim go, or one that has grown: that one comes back at its first size. */
  #shrink(staying: readonly ClaimRecord[], bytes: bigint): void {
    const { random } = this.#options;
    const scratchFirst = staying.length > claimCount.few && random() < 0.7;
    const candidates = staying.flatMap((claim) => {
      const each = this.#passing(claim);
      if (!each) return [];
      const scratch = each.workload.shape === 'scratch';
      const claimed = claim.claimedBytes ?? 0n;
      const relief = scratch ? claimed : claimed - each.baseBytes;
      return relief > 0n && relief <= bytes * 2n ? [{ claim, each, scratch, relief }] : [];
    });
    const preferred = candidates.filter(({ scratch }) => scratch === scratchFirst);
    const chosen = (preferred.length > 0 ? preferred : candidates).sort((a, b) => (a.relief < b.relief ? 1 : -1));
    // One of the larger ones, so that few steps are needed.
    const victim = this.#pick(chosen.slice(0, 6));
    if (victim) this.#remove(victim.claim, victim.each, victim.scratch);
  }

  #remove(claim: ClaimRecord, each: Scenery, forGood: boolean): void {
    const { store, clock } = this.#options;
    const object = store.get(claimsResource, claim.name, claim.namespace);
    if (!object) return;
    const pods = podsUsing(store, object);
    terminate(store, claimsResource, object, clock.now());
    if (forGood) this.#scenery.delete(pathOf(each));
    this.#delays.later({ fromMs: 3_000, toMs: 9_000 }, () => {
      for (const pod of pods) store.remove(podsResource, pod);
    });
    if (!forGood) this.#delays.later({ fromMs: 12_000, toMs: 15_000 }, () => this.#restore(each, pods.length));
  }

  #restore(each: Scenery, pods: number): void {
    const { store } = this.#options;
    if (!this.#inhabited(each.namespace)) return;
    if (store.get(claimsResource, each.name, each.namespace)) {
      this.#delays.later({ fromMs: 2_000, toMs: 3_000 }, () => this.#restore(each, pods));
      return;
    }
    createClaim(store, each);
    for (let index = 0; index < pods; index++) this.#addPod(each, index);
  }

  /** Now and then mends what would stay as it is: refused expansions, and volumes that no pod mounts. */
  #attend(claim: ClaimRecord): void {
    const { store, random } = this.#options;
    const each = this.#scenery.get(pathOf(claim));
    if (!each || claim.terminating || claim.capacityBytes === undefined || random() > 0.06) return;
    const { capacityBytes, requestedBytes = 0n, resizeStatus } = claim;
    if (resizeStatus === 'ControllerResizeInfeasible' && requestedBytes === claim.allocatedBytes)
      this.#request(claim, modestGrowth(capacityBytes));
    if (resizeStatus === 'NodeResizePending') {
      const object = store.get(claimsResource, claim.name, claim.namespace);
      if (object && podsUsing(store, object).length === 0) this.#addPod(each);
    }
  }

  /** The scenery behind a claim, if it is so small that it may come and go. */
  #passing(claim: ClaimRecord): Scenery | undefined {
    const each = this.#scenery.get(pathOf(claim));
    return each && each.baseBytes <= shareOf(this.#budgetBytes, step.largest) ? each : undefined;
  }

  #request({ name, namespace }: ClaimRecord, bytes: bigint): void {
    const { store } = this.#options;
    const claim = store.get(claimsResource, name, namespace);
    if (!claim) return;
    const resources = { requests: { storage: quantityText(bytes) } };
    store.replace(claimsResource, claim, { ...claim, spec: { ...objectAt(claim, 'spec'), resources } });
  }

  #addPod(each: Scenery, index = 0): void {
    const { store, random, clock } = this.#options;
    const claim = store.get(claimsResource, each.name, each.namespace);
    const pod = podFor(each, random, index);
    if (!claim || claim.metadata.deletionTimestamp !== undefined) return;
    if (store.get(podsResource, pod.metadata.name, each.namespace)) return;
    store.create(podsResource, { ...pod, status: { phase: 'Running', startTime: timestamp(clock.now()) } });
  }

  /** Nothing comes back into a namespace that somebody has deleted. */
  #inhabited(namespace: string): boolean {
    const found = this.#options.store.get(namespacesResource, namespace);
    return found !== undefined && found.metadata.deletionTimestamp === undefined;
  }

  #expandable({ storageClass = '' }: ClaimRecord): boolean {
    const known = classes.some(({ name, expandable }) => name === storageClass && expandable);
    return known && this.#options.store.get(storageClassesResource, storageClass) !== undefined;
  }

  #claims(): readonly ClaimRecord[] {
    return this.#options.store.list(claimsResource).flatMap((object) => claims.read(object, this.#interner) ?? []);
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#options.random() * items.length)];
  }
}

/** A size a little above the capacity: the API allows no less once a larger one was asked for. */
function modestGrowth(capacityBytes: bigint): bigint {
  const growth = capacityBytes / 8n;
  return capacityBytes + (growth > 0n ? growth : 1n);
}

function sumOf(records: readonly ClaimRecord[]): bigint {
  return records.reduce((sum, { claimedBytes = 0n }) => sum + claimedBytes, 0n);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function pathOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function byPath(scenery: readonly Scenery[]): Map<string, Scenery> {
  return new Map(scenery.map((each) => [pathOf(each), each]));
}
