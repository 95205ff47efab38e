import { type HistorySample, keptSample } from '../domain/historySample.ts';
import type { ClaimSample, HistoryStore } from './history.ts';
import { downsampled } from './thinning.ts';

/** About 20 MB. */
const defaultMostSamples = 200_000;
const claimsAStep = 20;

/** Keeps samples while the window lives: for the demo, and where there is no SQLite. At most so many; the oldest go first. */
export class MemoryStore implements HistoryStore {
  readonly #mostSamples: number;
  /** By identity and UID. */
  readonly #claims = new Map<string, HistorySample[]>();
  #count = 0;

  constructor(mostSamples = defaultMostSamples) {
    this.#mostSamples = mostSamples;
  }

  append(identity: string, samples: readonly ClaimSample[], nowMs: number): void {
    for (const [uid, some] of Map.groupBy(samples, ({ uid }) => uid)) {
      const kept = some.flatMap((sample) => keptSample(sample) ?? []);
      const key = keyOf(identity, uid);
      const before = this.#claims.get(key) ?? [];
      const last = before.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
      const inOrder = kept.length === 1 && kept.every(({ atMs }) => atMs > last);
      this.#put(key, inOrder ? before.concat(kept) : downsampled([...before, ...kept], nowMs));
    }
    if (this.#count > this.#mostSamples) this.#dropOldest();
  }

  read(identity: string, uid: string, fromMs: number, toMs: number): HistorySample[] {
    const samples = this.#claims.get(keyOf(identity, uid)) ?? [];
    return samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  }

  clear(): void {
    this.#claims.clear();
    this.#count = 0;
  }

  *tidy(nowMs: number): Generator<void, void> {
    for (const [index, key] of [...this.#claims.keys()].entries()) {
      const samples = this.#claims.get(key);
      if (samples) this.#put(key, downsampled(samples, nowMs));
      if (index % claimsAStep === claimsAStep - 1) yield;
    }
  }

  #put(key: string, samples: HistorySample[]): void {
    this.#count += samples.length - (this.#claims.get(key)?.length ?? 0);
    if (samples.length > 0) this.#claims.set(key, samples);
    else this.#claims.delete(key);
  }

  /** A tenth more than has to go, so that it is not done at every turn. */
  #dropOldest(): void {
    const times = Float64Array.from([...this.#claims.values()].flatMap((samples) => samples.map(({ atMs }) => atMs)));
    const oldest = times.sort()[Math.floor(this.#count - this.#mostSamples * 0.9)] ?? Number.POSITIVE_INFINITY;
    for (const [key, samples] of [...this.#claims])
      this.#put(
        key,
        samples.filter(({ atMs }) => atMs > oldest),
      );
  }
}

function keyOf(identity: string, uid: string): string {
  return JSON.stringify([identity, uid]);
}
