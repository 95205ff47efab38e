import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { UsageSample } from '../domain/forecast.ts';
import { type HistorySample, usageSampleOf } from '../domain/historySample.ts';
import type { Reading, Readings } from '../domain/reading.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import type { ClaimSample, History } from './history.ts';

export interface UsageRecorderPorts {
  /** Of the target that is shown. */
  readonly readings: Signal<Readings>;
  readonly snapshot: Signal<StorageSnapshot>;
  /** Of the windows on one target one measures, and that one writes. */
  readonly measures: () => boolean;
  /** Where what is read of clusters is kept; opened when it is first needed. */
  readonly openFile: () => History & Disposable;
  /** Where what the demo cluster says is kept: never with the rest. */
  readonly demo: History;
  /** Wall clock, in ms. */
  readonly now: () => number;
}

const yearMs = 366 * 24 * 3_600_000;

/** Keeps each new reading with figures as a sample, and gives back what was kept. */
export class UsageRecorder implements Disposable {
  readonly #ports: UsageRecorderPorts;
  readonly #lifetime = new DisposableStore();
  #file: History | undefined;
  #identity: string | undefined;
  /** When the figures were taken that were kept last, by UID. */
  #kept: ReadonlyMap<string, number> = new Map();

  constructor(ports: UsageRecorderPorts) {
    this.#ports = ports;
    this.#lifetime.add(ports.readings.subscribe((readings) => this.#record(readings)));
  }

  /** What was used of a claim of the cluster that is shown, over a year, in ascending order. */
  async samples(uid: string): Promise<readonly UsageSample[]> {
    const samples = await this.read(uid, this.#ports.now() - yearMs);
    return samples.map(usageSampleOf);
  }

  /** What was read of a claim of the cluster that is shown, since then, in ascending order. */
  async read(uid: string, fromMs: number, toMs = this.#ports.now()): Promise<readonly HistorySample[]> {
    const { snapshot } = this.#ports;
    const { identity } = snapshot.value;
    if (identity === undefined || this.#lifetime.disposed) return [];
    return await this.#history().read(identity, uid, fromMs, toMs);
  }

  /** Keeps what is known of the past from elsewhere, as long as the same cluster is shown. */
  async keep(identity: string, samples: readonly ClaimSample[]): Promise<void> {
    if (identity !== this.#ports.snapshot.value.identity || this.#lifetime.disposed) return;
    await this.#history().append(identity, samples);
  }

  /** Forgets everything, of every cluster. */
  async clear(): Promise<void> {
    await Promise.all([this.#opened().clear(), this.#ports.demo.clear()]);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #record(readings: Readings): void {
    const { snapshot, measures } = this.#ports;
    const { identity } = snapshot.value;
    if (identity !== this.#identity) this.#kept = new Map();
    this.#identity = identity;
    if (identity === undefined || readings.size === 0 || !measures()) return;
    const kept = new Map<string, number>();
    const samples: ClaimSample[] = [];
    for (const [uid, reading] of readings) {
      const sample = sampleOf(uid, reading);
      if (!sample) continue;
      kept.set(uid, sample.atMs);
      if (this.#kept.get(uid) !== sample.atMs) samples.push(sample);
    }
    this.#kept = kept;
    if (samples.length > 0) void this.#history().append(identity, samples);
  }

  #history(): History {
    return this.#ports.snapshot.value.target?.demo ? this.#ports.demo : this.#opened();
  }

  #opened(): History {
    this.#file ??= this.#lifetime.add(this.#ports.openFile());
    return this.#file;
  }
}

function sampleOf(uid: string, reading: Reading): ClaimSample | undefined {
  const { atMs, capacityBytes, availableBytes, usedBytes, inodes, inodesUsed } = reading;
  if (atMs === undefined || capacityBytes === undefined || availableBytes === undefined) return undefined;
  return { uid, atMs, capacityBytes, availableBytes, usedBytes, inodes, inodesUsed };
}
