import { join } from 'node:path';
import { accountsOf, keepAccounts, mergeAccounts } from '../alerts/accounts.ts';
import { type AlertMemory, emptyMemory, memoryFromJson, memoryToJson, pruned } from '../alerts/alertMemory.ts';
import { type Claim, type Ledger, mergeLedgers, settleClaims } from '../alerts/ledger.ts';
import type { SharedAlerts } from '../alerts/ports.ts';
import type { StoredSnooze } from '../alerts/snoozes.ts';
import { type Clock, every } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import type { Episode } from '../domain/episode.ts';
import { FileLock } from './fileLock.ts';
import { modified, readJson, writeJson } from './jsonFile.ts';

/** So often it is looked whether another window has written. */
const pollMs = 5_000;
/** A change takes milliseconds: whoever holds the lock for longer has died with it. */
const lockStaleMs = 5_000;
const lockRetryMs = 20;
const lockTries = 500;

type Change = (memory: AlertMemory, existed: boolean) => AlertMemory;

/** What the windows of one user know together, in one file of the extension's global storage. */
export class SharedAlertsFile implements SharedAlerts, Disposable {
  readonly #file: string;
  readonly #lock: FileLock;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lifetime = new DisposableStore();
  readonly #ledger = new SignalSource<Ledger>(new Map());
  readonly #snoozes = new SignalSource<readonly StoredSnooze[]>([]);
  readonly #episodes = new SignalSource<ReadonlyMap<string, Episode>>(new Map());
  #memory: AlertMemory = emptyMemory;
  /** Begins on a later turn: whoever activates waits for no disk. */
  #queue: Promise<void> = new Promise((resolve) => setImmediate(resolve));
  #readMs: number | undefined;

  constructor(folder: string, clock: Clock, log: Log) {
    this.#file = join(folder, 'alerts.json');
    this.#lock = new FileLock(join(folder, 'alerts.lock'), lockStaleMs);
    this.#clock = clock;
    this.#log = log;
    this.#lifetime.add(every(clock, pollMs, () => void this.refresh()));
    void this.refresh();
  }

  get ledger(): Signal<Ledger> {
    return this.#ledger;
  }

  get snoozes(): Signal<readonly StoredSnooze[]> {
    return this.#snoozes;
  }

  get episodes(): Signal<ReadonlyMap<string, Episode>> {
    return this.#episodes;
  }

  /** Reads what other windows have written. */
  refresh(): Promise<void> {
    return this.#enqueue(() => this.#read());
  }

  /** Writes only what the file does not have, which is rare: it is where the memory came from. */
  async seed(own: AlertMemory): Promise<void> {
    const change: Change = (memory, existed) => {
      const seeded = {
        episodes: merged(own.episodes, memory.episodes),
        ledger: mergeLedgers(own.ledger, memory.ledger),
        // Snoozes come and go: only where nothing is known are remembered ones better.
        snoozes: existed ? memory.snoozes : own.snoozes,
      };
      return sameMemory(seeded, memory) ? memory : seeded;
    };
    await this.refresh();
    if (change(this.#memory, this.#readMs !== undefined) !== this.#memory) await this.#change(change);
  }

  async claim(claims: readonly Claim[]): Promise<readonly Claim[]> {
    let granted: readonly Claim[] = [];
    await this.#change((memory) => {
      const settled = settleClaims(memory.ledger, claims);
      granted = settled.granted;
      return granted.length === 0 ? memory : { ...memory, ledger: settled.ledger };
    });
    return granted;
  }

  keepEpisodes(episodes: readonly Episode[]): Promise<void> {
    return this.#change((memory) => {
      const known = accountsOf(memory.episodes);
      const kept = keepAccounts(known, episodes);
      return kept === known ? memory : { ...memory, episodes: [...kept.values()] };
    });
  }

  changeSnoozes(change: (snoozes: readonly StoredSnooze[]) => readonly StoredSnooze[]): Promise<void> {
    return this.#change((memory) => {
      const snoozes = change(memory.snoozes);
      return snoozes === memory.snoozes ? memory : { ...memory, snoozes };
    });
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  /** Reads, changes and writes while no other window does. When the disk refuses, this window still knows. */
  #change(change: Change): Promise<void> {
    return this.#enqueue(async () => {
      const locked = await this.#acquire();
      try {
        await this.#read();
        const next = change(this.#memory, this.#readMs !== undefined);
        if (next === this.#memory) return;
        this.#publish(next);
        const kept = pruned(next, this.#clock.now());
        await writeJson(this.#file, memoryToJson(kept));
        this.#readMs = await modified(this.#file);
      } catch (error) {
        this.#log.warn(`Cannot write what was notified: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        if (locked) await this.#lock.release().catch(() => {});
      }
    });
  }

  /** False when the lock cannot be had: a notification twice is better than none. */
  async #acquire(): Promise<boolean> {
    try {
      for (let tries = 0; tries < lockTries; tries++) {
        if (await this.#lock.acquire('')) return true;
        await new Promise((resolve) => setTimeout(resolve, lockRetryMs));
      }
    } catch {
      // The folder cannot be written to; the write will say why.
    }
    return false;
  }

  async #read(): Promise<void> {
    const modifiedMs = await modified(this.#file);
    if (modifiedMs === undefined || modifiedMs === this.#readMs) return;
    const { episodes, ledger, snoozes } = memoryFromJson(await readJson(this.#file), this.#clock.now());
    this.#readMs = modifiedMs;
    this.#publish({
      // What is not written (the demo's) or could not be is still known here.
      episodes: merged(this.#memory.episodes, episodes),
      ledger: mergeLedgers(this.#memory.ledger, ledger),
      snoozes,
    });
  }

  #publish(memory: AlertMemory): void {
    const before = this.#memory;
    this.#memory = memory;
    // In this order: a word or a snooze is about an episode.
    if (!sameJson(memoryToJson(before).episodes, memoryToJson(memory).episodes))
      this.#episodes.set(accountsOf(memory.episodes));
    if (!sameJson([...before.ledger], [...memory.ledger])) this.#ledger.set(memory.ledger);
    if (!sameJson(before.snoozes, memory.snoozes)) this.#snoozes.set(memory.snoozes);
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(() => (this.#lifetime.disposed ? undefined : task())).catch(() => {});
    return this.#queue;
  }
}

function merged(a: readonly Episode[], b: readonly Episode[]): readonly Episode[] {
  return [...mergeAccounts(accountsOf(a), accountsOf(b)).values()];
}

/** In whatever order its parts come. */
function sameMemory(a: AlertMemory, b: AlertMemory): boolean {
  const parts = (memory: AlertMemory) => {
    const { episodes, ledger, snoozes } = memoryToJson(memory);
    return JSON.stringify([sorted(episodes), sorted(Object.entries(ledger)), sorted(snoozes)]);
  };
  return parts(a) === parts(b);
}

function sorted(parts: readonly unknown[]): readonly string[] {
  return parts.map((part) => JSON.stringify(part)).sort();
}

function sameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
