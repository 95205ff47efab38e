import type { Clock } from '../base/clock.ts';
import type { HistorySample } from '../domain/historySample.ts';
import type { ClaimSample, History } from './history.ts';
import { MemoryStore } from './memoryStore.ts';
import { Tidying } from './tidying.ts';

/** History that ends with the window: of the demo, which never enters the file, and where there is no SQLite. */
export class MemoryHistory implements History {
  readonly #clock: Clock;
  readonly #store: MemoryStore;
  readonly #tidying: Tidying;

  constructor(clock: Clock, store = new MemoryStore()) {
    this.#clock = clock;
    this.#store = store;
    this.#tidying = new Tidying(store, () => {});
  }

  append(identity: string, samples: readonly ClaimSample[]): Promise<void> {
    const nowMs = this.#clock.now();
    this.#store.append(identity, samples, nowMs);
    void this.#tidying.due(nowMs);
    return Promise.resolve();
  }

  read(identity: string, uid: string, fromMs: number, toMs: number): Promise<readonly HistorySample[]> {
    return Promise.resolve(this.#store.read(identity, uid, fromMs, toMs));
  }

  clear(): Promise<void> {
    this.#store.clear();
    return Promise.resolve();
  }
}
