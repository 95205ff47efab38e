import type { Clock } from '../base/clock.ts';
import type { Signal } from '../base/signal.ts';
import type { PodsFact } from '../presentation/tree.ts';
import type { Session } from '../session/session.ts';

/** Pods are read when a claim is expanded, and believed for so long. */
const believedMs = 20_000;

interface Entry {
  readonly readMs: number;
  fact: PodsFact;
}

/** Pods by namespace for the expanded claims of the current session. `changed` is told when an answer has come. */
export class PodFacts {
  readonly #session: Signal<Session | undefined>;
  readonly #clock: Clock;
  readonly #changed: (namespace: string) => void;
  #entries = new Map<string, Entry>();
  #of: Session | undefined;

  constructor(session: Signal<Session | undefined>, clock: Clock, changed: (namespace: string) => void) {
    this.#session = session;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** What is known, and a new reading if that is nothing or old. While one is under way the last answer stands. */
  of(namespace: string): PodsFact {
    const session = this.#session.value;
    if (!session) return { state: 'failed', message: 'not connected' };
    if (session !== this.#of) {
      this.#of = session;
      this.#entries = new Map();
    }
    const known = this.#entries.get(namespace);
    if (known && this.#clock.monotonicMs() - known.readMs < believedMs) return known.fact;
    const entry: Entry = { readMs: this.#clock.monotonicMs(), fact: known?.fact ?? { state: 'loading' } };
    this.#entries.set(namespace, entry);
    void this.#read(session, namespace, entry);
    return entry.fact;
  }

  async #read(session: Session, namespace: string, entry: Entry): Promise<void> {
    const pods = await session.readPods(namespace);
    if (this.#of !== session || this.#entries.get(namespace) !== entry) return;
    entry.fact = pods.ok
      ? { state: 'ready', pods: pods.value }
      : {
          state: 'failed',
          message: pods.error.reason === 'forbidden' ? 'no permission to list pods' : pods.error.message,
        };
    this.#changed(namespace);
  }
}
