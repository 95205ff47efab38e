import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import type { HistorySample, Past } from '../domain/historySample.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { pastMs } from '../domain/spaceLeft.ts';

export interface RecentPastPorts {
  /** What was read of a claim of the cluster that is shown, since then, in ascending order. Never rejects. */
  readonly read: (uid: string, fromMs: number) => Promise<readonly HistorySample[]>;
  readonly snapshot: Signal<StorageSnapshot>;
  readonly clock: Clock;
}

/** What was read is read anew after so long: history grows, and may have been seeded meanwhile. */
const freshMs = 5 * 60_000;
/** What nobody has asked for in so long is forgotten. */
const keptMs = 10 * 60_000;
/** Answers that come close together are told of together. */
const togetherMs = 200;

interface Known {
  /** Undefined while it is read for the first time. */
  samples: readonly HistorySample[] | undefined;
  readMs: number;
  askedMs: number;
}

/**
 * What was read of claims in the last hours, for those who have to know at once: the first who ask are told that it is not
 * known, and all again when it is.
 */
export class RecentPast implements Disposable {
  readonly #ports: RecentPastPorts;
  readonly #lifetime = new DisposableStore();
  readonly #telling = new DisposableSlot<Disposable>();
  readonly #past: SignalSource<Past>;
  readonly #known = new Map<string, Known>();
  #identity: string | undefined;

  constructor(ports: RecentPastPorts) {
    this.#ports = ports;
    this.#past = new SignalSource(this.#asking());
    this.#lifetime.add(this.#telling);
  }

  /** Another function when more is known. */
  get past(): Signal<Past> {
    return this.#past;
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #asking(): Past {
    return (uid) => this.#of(uid);
  }

  #of(uid: string): readonly HistorySample[] | undefined {
    const { clock, snapshot } = this.#ports;
    const { identity } = snapshot.value;
    if (identity !== this.#identity) this.#known.clear();
    this.#identity = identity;
    const nowMs = clock.monotonicMs();
    const known = this.#known.get(uid) ?? { samples: undefined, readMs: Number.NEGATIVE_INFINITY, askedMs: nowMs };
    this.#known.set(uid, known);
    known.askedMs = nowMs;
    if (nowMs - known.readMs >= freshMs) void this.#read(uid, known);
    return known.samples;
  }

  async #read(uid: string, known: Known): Promise<void> {
    const { clock, read } = this.#ports;
    known.readMs = clock.monotonicMs();
    const samples = await read(uid, clock.now() - pastMs);
    if (this.#known.get(uid) !== known || this.#lifetime.disposed) return;
    known.samples = samples;
    if (!this.#telling.current) this.#telling.set(clock.after(togetherMs, () => this.#tell()));
  }

  #tell(): void {
    this.#telling.set(undefined);
    const nowMs = this.#ports.clock.monotonicMs();
    for (const [uid, { askedMs }] of this.#known) if (nowMs - askedMs > keptMs) this.#known.delete(uid);
    this.#past.set(this.#asking());
  }
}
