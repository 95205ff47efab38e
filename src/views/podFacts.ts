import type { Clock } from '../base/clock.ts';
import type { Signal } from '../base/signal.ts';
import type { PodsFact } from '../presentation/tree.ts';
import type { Session } from '../session/session.ts';

type PodReader = Pick<Session, 'readPods'>;

/** Pods are read when a claim is expanded, and believed for so long. */
const believedMs = 20_000;

interface Entry {
  /** When the answer came; undefined while it is under way. */
  readMs: number | undefined;
  fact: PodsFact;
}

/** Pods by namespace for the expanded claims of the current session. `changed` is told when an answer has come. */
export class PodFacts {
  readonly #session: Signal<PodReader | undefined>;
  readonly #clock: Clock;
  readonly #changed: (namespace: string) => void;
  #entries = new Map<string, Entry>();
  #of: PodReader | undefined;

  constructor(session: Signal<PodReader | undefined>, clock: Clock, changed: (namespace: string) => void) {
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
    if (known && this.#isBelieved(known)) return known.fact;
    const entry: Entry = { readMs: undefined, fact: known?.fact ?? { state: 'loading' } };
    this.#entries.set(namespace, entry);
    void this.#read(session, namespace, entry);
    return entry.fact;
  }

  /** Counted from the answer: telling it asks again, and one that was slow would be old already. */
  #isBelieved({ readMs }: Entry): boolean {
    return readMs === undefined || this.#clock.monotonicMs() - readMs < believedMs;
  }

  async #read(session: PodReader, namespace: string, entry: Entry): Promise<void> {
    const pods = await session.readPods(namespace);
    if (this.#of !== session || this.#entries.get(namespace) !== entry) return;
    entry.readMs = this.#clock.monotonicMs();
    entry.fact = pods.ok
      ? { state: 'ready', pods: pods.value }
      : {
          state: 'failed',
          message: pods.error.reason === 'forbidden' ? 'no permission to list pods' : pods.error.message,
        };
    this.#changed(namespace);
  }
}
