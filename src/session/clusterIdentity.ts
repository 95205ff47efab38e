import { sleep } from '../base/clock.ts';
import { Backoff } from '../cluster/backoff.ts';
import { objectAt, objectOf, textAt } from '../wire/json.ts';
import { objectPath } from '../wire/kind.ts';
import { namespaces } from '../wire/namespaces.ts';
import type { SessionContext } from './sessionContext.ts';

export interface IdentityOptions {
  readonly context: SessionContext;
  /** Stands in for the UID of kube-system where that may not be read. */
  readonly hash: () => string;
  readonly changed: () => void;
  /** Told once when another cluster answers than the one that is known. */
  readonly foreign: () => void;
}

/**
 * Which cluster answers: the UID of kube-system, or a hash where that may not be read.
 *
 * Read at first and whenever it is asked for again, until there is an answer. A cluster recreated behind the same server,
 * context and user (`kind create cluster` on a fixed port) is told by its UID only; a hash proves nothing and is never doubted.
 */
export class ClusterIdentity {
  readonly #options: IdentityOptions;
  readonly #backoff: Backoff;
  #value: string | undefined;
  #byUid = false;
  #serverVersion: string | undefined;
  #claimsRead = false;
  #failed = false;
  #foreign = false;
  #running = false;
  /** Ends the present attempt, or the pause after it. */
  #stop = new AbortController();
  #asked = 0;
  #answered = 0;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.context.random);
    this.ask();
  }

  /** Undefined until the first answer; never changes afterwards. */
  get value(): string | undefined {
    return this.#value;
  }

  get serverVersion(): string | undefined {
    return this.#serverVersion;
  }

  /** Known, or not to be read although claims can be: nobody need wait for it any longer. */
  get settled(): boolean {
    return this.#value !== undefined || this.#failed;
  }

  /** Another cluster may have come in the place of the known one: what is read now may be of that one. */
  get doubted(): boolean {
    return this.#value !== undefined && this.#answered !== this.#asked;
  }

  /** Reads it again; what is still on its way counts no more. */
  ask(): void {
    if (this.#value !== undefined && !this.#byUid) return;
    this.#asked++;
    this.#stop.abort();
    void this.#run();
  }

  /** From now on a refusal counts and a failure is retried: an API server that has just started refuses everybody. */
  claimsWereRead(): void {
    this.#claimsRead = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#running || this.#foreign || this.#answered === this.#asked) return;
    const { connection, clock, signal } = this.#options.context;
    this.#running = true;
    while (this.#answered !== this.#asked) {
      const asked = this.#asked;
      this.#stop = new AbortController();
      const either = AbortSignal.any([signal, this.#stop.signal]);
      const answer = await connection.json(objectPath(namespaces, 'kube-system'), { signal: either });
      if (signal.aborted) return;
      if (asked !== this.#asked) continue;
      const reason = answer.ok ? undefined : answer.error.reason;
      if (answer.ok) this.#take(textAt(objectAt(objectOf(answer.value) ?? {}, 'metadata'), 'uid'));
      else if (!this.#claimsRead) break;
      else if (reason === 'forbidden' || reason === 'notFound') this.#take(undefined);
      else {
        this.#failed = true;
        this.#options.changed();
        await sleep(clock, this.#backoff.next(clock.monotonicMs(), true, answer.error.retryAfterMs), either);
        if (signal.aborted) return;
        continue;
      }
      if (this.#foreign) return;
      this.#answered = asked;
      this.#options.changed();
    }
    this.#running = false;
    if (this.#value !== undefined && this.#serverVersion === undefined) await this.#readVersion();
  }

  #take(uid: string | undefined): void {
    if (this.#value === undefined) {
      this.#value = uid ?? this.#options.hash();
      this.#byUid = uid !== undefined;
    } else if (uid !== undefined && uid !== this.#value) {
      this.#foreign = true;
      this.#options.foreign();
    }
  }

  async #readVersion(): Promise<void> {
    const { connection, signal } = this.#options.context;
    const version = await connection.json('/version', { signal });
    if (version.ok) this.#serverVersion = textAt(objectOf(version.value) ?? {}, 'gitVersion');
  }
}
