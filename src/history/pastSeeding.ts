import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { Signal } from '../base/signal.ts';
import type { HistorySample } from '../domain/historySample.ts';
import type { ClaimsPast, PastReader } from '../domain/pastWindows.ts';
import type { Readings } from '../domain/reading.ts';
import type { ClaimRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import type { ClaimSample } from './history.ts';

export interface PastSeedingPorts {
  readonly readings: Signal<Readings>;
  readonly snapshot: Signal<StorageSnapshot>;
  /** Of the windows on one target one measures, and that one writes. */
  readonly measures: () => boolean;
  /** What a Prometheus knows; undefined where none is asked. */
  readonly past: (nowMs: number) => PastReader | undefined;
  /** What is kept of a claim since then, of the cluster that is shown. Never rejects. */
  readonly read: (uid: string, fromMs: number, toMs: number) => Promise<readonly HistorySample[]>;
  readonly keep: (identity: string, samples: readonly ClaimSample[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const hourMs = 3_600_000;
/** A claim of which something is kept from this long ago has a past already. */
const [lookFromMs, lookToMs] = [5 * hourMs, 3 * hourMs];
/** What is younger has no past worth asking for. */
const youngMs = hourMs;
/** After a claim was made a series may still be of its predecessor of the same name: Prometheus looks back so far. */
const predecessorMs = 5 * 60_000;
/** After a failure it is not tried again for so long. */
const patienceMs = hourMs;
/** Of a claim that does not say when it was made nobody knows what is its own. */
const never = Number.POSITIVE_INFINITY;
/** So many samples are handed over at once. */
const keptAtOnce = 2_000;

/**
 * Fills the history of claims that have none with what a Prometheus knows of their past, so that the first look at a cluster
 * has one: once for each claim while the window lives. What is kept already stays; the demo cluster has no Prometheus.
 */
export class PastSeeding implements Disposable {
  readonly #ports: PastSeedingPorts;
  readonly #lifetime = new DisposableStore();
  /** UIDs that have been seen to, and the cluster that they are of. */
  readonly #done = new Set<string>();
  #identity: string | undefined;
  #isBusy = false;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(ports: PastSeedingPorts) {
    this.#ports = ports;
    this.#lifetime.add(ports.readings.subscribe((readings) => void this.#look(readings)));
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  async #look(readings: Readings): Promise<void> {
    const { snapshot, measures, clock } = this.#ports;
    const { identity, target } = snapshot.value;
    if (identity !== this.#identity) {
      this.#done.clear();
      this.#notBeforeMs = Number.NEGATIVE_INFINITY;
    }
    this.#identity = identity;
    if (this.#isBusy || identity === undefined || target?.demo || !measures()) return;
    if (clock.monotonicMs() < this.#notBeforeMs) return;
    const known = new Map(claimsOf(snapshot.value).map((claim) => [claim.uid, claim]));
    const wanted = [...readings].flatMap(([uid, { source }]) => {
      const claim = known.get(uid);
      return source === 'prometheus' && claim && !this.#done.has(uid) ? [claim] : [];
    });
    if (wanted.length === 0) return;
    this.#isBusy = true;
    const worked = await this.#seed(identity, wanted);
    this.#isBusy = false;
    if (!worked) this.#notBeforeMs = clock.monotonicMs() + patienceMs;
  }

  /** False when it is to be tried again later. */
  async #seed(identity: string, claims: readonly ClaimRecord[]): Promise<boolean> {
    const { past, clock, log } = this.#ports;
    const nowMs = clock.now();
    const lacking: ClaimRecord[] = [];
    for (const claim of claims) {
      if (!this.#goesOn(identity)) return true;
      if (await this.#lacksPast(claim, nowMs)) lacking.push(claim);
      else this.#done.add(claim.uid);
    }
    if (lacking.length === 0) return true;
    const reader = past(nowMs);
    if (!reader) return false;
    let count = 0;
    for (const window of reader.windows) {
      const answer = await reader.read(window);
      if (!this.#goesOn(identity)) return true;
      if (!answer.ok) {
        log.info(`The past of used bytes is not known: ${answer.error.message}`);
        return false;
      }
      count += await this.#keep(identity, lacking, answer.value);
    }
    for (const { uid } of lacking) this.#done.add(uid);
    log.info(`The past of ${lacking.length} claims comes from Prometheus: ${count} samples.`);
    return true;
  }

  async #lacksPast({ uid, createdMs = never }: ClaimRecord, nowMs: number): Promise<boolean> {
    if (nowMs - createdMs < youngMs) return false;
    const kept = await this.#ports.read(uid, nowMs - lookFromMs, nowMs - lookToMs);
    return kept.length === 0;
  }

  async #keep(identity: string, claims: readonly ClaimRecord[], past: ClaimsPast): Promise<number> {
    const { keep } = this.#ports;
    let batch: ClaimSample[] = [];
    let count = 0;
    for (const { uid, namespace, name, createdMs = never } of claims) {
      for (const sample of past.of(namespace, name))
        if (sample.atMs >= createdMs + predecessorMs) batch.push({ ...sample, uid });
      if (batch.length < keptAtOnce) continue;
      count += batch.length;
      await keep(identity, batch);
      batch = [];
    }
    if (batch.length > 0) await keep(identity, batch);
    return count + batch.length;
  }

  #goesOn(identity: string): boolean {
    return !this.#lifetime.disposed && this.#ports.snapshot.value.identity === identity;
  }
}

function claimsOf({ namespaces }: StorageSnapshot): readonly ClaimRecord[] {
  return [...namespaces.values()].flatMap(({ claims }) => [...claims.values()]);
}
