import { sleep } from '../base/clock.ts';
import type { ReflectorState } from '../cluster/consumer.ts';
import { type Collection, listPage } from '../cluster/listPager.ts';
import { RetryPlan } from '../cluster/retryPlan.ts';
import type { ApiError } from '../domain/apiError.ts';
import type { ClaimRecord } from '../domain/records.ts';
import { Interner } from '../wire/interner.ts';
import type { SessionContext } from './sessionContext.ts';

/** At most so many namespaces are asked for in one round, so many at a time. */
const maxAsked = 500;
const askedAtOnce = 6;

/** Whom the answers are for. */
export interface ProbingHost {
  /** Whether single namespaces are of interest at all. */
  wanted(): boolean;
  /** Names that are not followed, the likeliest first. */
  open(): readonly string[];
  /** Whether it is still one of the names to ask for. */
  exists(name: string): boolean;
  /** Whether no more may be followed. */
  full(): boolean;
  /** Its claims may be listed. */
  follow(name: string): void;
  /** Its claims may not be listed, or nobody will ask. */
  lose(name: string, access: 'forbidden' | 'unknown'): void;
  changed(): void;
}

export interface ProbingOptions {
  readonly context: SessionContext;
  readonly list: (namespace: string) => Collection<ClaimRecord>;
  readonly host: ProbingHost;
}

/**
 * Finds out which namespaces may be read, by a LIST of one claim each: an access review's "no" is only advisory.
 *
 * Only a yes and a 403 are answers. Everything else (429, 5xx, no contact, no credential) ends the round, leaves the
 * namespace as it was and last in the queue, and is followed by a wait as after any failure, Retry-After obeyed; then one
 * question goes ahead, and the others follow if it was answered.
 */
export class AccessProbing {
  readonly #options: ProbingOptions;
  readonly #interner = new Interner();
  readonly #retries: RetryPlan;
  readonly #refused = new Set<string>();
  /** Not answered when they were asked for last: the others come first. */
  readonly #unanswered = new Set<string>();
  #failure: Extract<ReflectorState, { phase: 'waiting' }> | undefined;
  #asking = false;
  #finished = false;
  #again = false;
  /** Aborted when there is no need to wait any longer. */
  #wake = new AbortController();

  constructor(options: ProbingOptions) {
    this.#options = options;
    this.#retries = new RetryPlan(options.context.random);
  }

  /** Whether a round of asking is under way, or is to be gone on with. */
  get asking(): boolean {
    return this.#asking;
  }

  /** Whether every namespace has had an answer since the last `forgetAll`, or is not to be asked for. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Why there was no answer to the last question, as the state of a loop; undefined if there was. */
  get failure(): ReflectorState | undefined {
    return this.#failure;
  }

  /** Starts a round, or another one after the present one. `again`: ask also for those that were refused before. */
  ask(again: boolean): void {
    if (again) this.#refused.clear();
    this.#again = true;
    if (!this.#asking) void this.#rounds();
  }

  /** Cuts the wait after a failure short. */
  wake(): void {
    this.#wake.abort();
  }

  /** A namespace is gone: if it comes back, it is another one. */
  forget(name: string): void {
    this.#refused.delete(name);
    this.#unanswered.delete(name);
  }

  forgetAll(): void {
    this.#refused.clear();
    this.#unanswered.clear();
    this.#failure = undefined;
    this.#finished = false;
    this.wake();
  }

  async #rounds(): Promise<void> {
    const { host, context } = this.#options;
    const { clock, signal } = context;
    this.#asking = true;
    while (this.#again && host.wanted() && !signal.aborted) {
      this.#again = false;
      this.#wake = new AbortController();
      const failure = await this.#round();
      if (signal.aborted) return;
      // Nobody waits for what was not answered when nobody wants to know any more.
      if (failure && host.wanted()) await this.#pause(failure);
      // Names arrive in bursts while namespaces are listed: one more look instead of one per name.
      else await sleep(clock, 0, signal);
    }
    this.#asking = false;
    if (host.wanted()) this.#finished = true;
    if (!signal.aborted) host.changed();
  }

  /** Asks for all that are open, until a question is not answered. */
  async #round(): Promise<ApiError | undefined> {
    const { host } = this.#options;
    const open = new Set(host.open().filter((name) => !this.#refused.has(name)));
    const late = [...this.#unanswered].filter((name) => open.has(name));
    const sorted = [...open].filter((name) => !this.#unanswered.has(name)).concat(late);
    const queue = sorted.slice(0, maxAsked);
    for (const name of sorted.slice(maxAsked)) host.lose(name, 'unknown');
    if (this.#failure) {
      const first = queue.shift();
      const failure = first === undefined ? undefined : await this.#askFor(first);
      if (failure) return failure;
      this.#failure = undefined;
    }
    const failures: ApiError[] = [];
    const asker = async () => {
      for (let name = queue.shift(); name !== undefined && failures.length === 0; name = queue.shift()) {
        const failure = await this.#askFor(name);
        if (failure) failures.push(failure);
      }
    };
    await Promise.all(Array.from({ length: askedAtOnce }, asker));
    return failures.toSorted((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0))[0];
  }

  async #pause(error: ApiError): Promise<void> {
    const { host, context } = this.#options;
    const { clock, log, signal } = context;
    this.#again = true;
    this.#failure = { phase: 'waiting', error, sinceMs: this.#failure?.sinceMs ?? clock.now() };
    const waitMs = this.#retries.waitMs(error, clock.monotonicMs());
    log.warn(`Which namespaces may be read: ${error.message} Asked again in ${Math.round(waitMs / 1000)} s.`);
    host.changed();
    await sleep(clock, waitMs, AbortSignal.any([signal, this.#wake.signal]));
  }

  /** Asks for one namespace and tells the answer; the failure if there was none. */
  async #askFor(name: string): Promise<ApiError | undefined> {
    const { host, context, list } = this.#options;
    const { connection, clock, signal } = context;
    if (!host.wanted()) return undefined;
    if (host.full()) {
      host.lose(name, 'unknown');
      return undefined;
    }
    const page = await listPage({ connection, collection: list(name), interner: this.#interner, signal }, { limit: 1 });
    if (signal.aborted || !host.wanted()) return undefined;
    const reason = page.ok ? undefined : page.error.reason;
    if (!page.ok && reason !== 'forbidden' && reason !== 'invalid') {
      this.#unanswered.delete(name);
      this.#unanswered.add(name);
      return page.error;
    }
    this.#unanswered.delete(name);
    this.#retries.listed(clock.monotonicMs());
    // It may be gone by now.
    if (!host.exists(name)) return undefined;
    if (reason === 'forbidden') {
      this.#refused.add(name);
      host.lose(name, 'forbidden');
    } else if (host.full()) {
      // The six that ask at a time may all be told yes for the last free place.
      host.lose(name, 'unknown');
    } else host.follow(name);
    host.changed();
    return undefined;
  }
}
