import { join } from 'node:path';
import { type Clock, every } from '../base/clock.ts';
import { DisposableStore, toDisposable } from '../base/disposable.ts';
import type { Lease, LeaseSource } from '../base/lease.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { FileLock } from './fileLock.ts';
import { nameOf } from './jsonFile.ts';

/** A holder says so often that it lives. */
const beatMs = 3_000;
/** A holder that was silent for so long is dead. */
const deadAfterMs = 12_000;

/**
 * Leases between the windows of one user, as files in the extension's global storage.
 *
 * A window that is in front takes the lease from one that is not: notifications belong where somebody looks.
 */
export function windowLeases(folder: string, focused: Signal<boolean>, clock: Clock): LeaseSource {
  return { take: (key) => new WindowLease(lockOf(folder, key), focused, clock) };
}

class WindowLease implements Lease {
  readonly #lock: Promise<FileLock>;
  readonly #focused: Signal<boolean>;
  readonly #held = new SignalSource(false);
  readonly #lifetime = new DisposableStore();
  #queue: Promise<void> = Promise.resolve();

  constructor(lock: Promise<FileLock>, focused: Signal<boolean>, clock: Clock) {
    this.#lock = lock;
    this.#focused = focused;
    this.#lifetime.add(toDisposable(() => void this.#enqueue(async () => (await this.#lock).release())));
    this.#lifetime.add(every(clock, beatMs, () => void this.#beat()));
    this.#lifetime.add(focused.subscribe(() => void this.#beat()));
    void this.#beat();
  }

  get held(): Signal<boolean> {
    return this.#held;
  }

  async confirm(): Promise<boolean> {
    await this.#beat();
    return this.#held.value;
  }

  dispose(): void {
    this.#held.set(false);
    this.#lifetime.dispose();
  }

  /** Holds on to the lease, or tries to get it. */
  #beat(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#lifetime.disposed) return;
      const lock = await this.#lock;
      const focused = this.#focused.value;
      const note = focused ? 'front' : 'back';
      const held = this.#held.value
        ? await lock.touch(note)
        : // Where nothing can be written each window speaks for itself: a notification twice is better than none.
          await lock.acquire(note, (holder) => focused && holder === 'back').catch(() => true);
      if (this.#lifetime.disposed) {
        if (held) await lock.release();
        return;
      }
      this.#held.set(held);
    });
  }

  /** File operations of one lease run one after the other. */
  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(task).catch(() => {});
    return this.#queue;
  }
}

async function lockOf(folder: string, key: string): Promise<FileLock> {
  return new FileLock(join(folder, `lease-${await nameOf(key)}`), deadAfterMs);
}
