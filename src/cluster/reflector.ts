import { type Clock, sleep } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { ApiError } from '../domain/apiError.ts';
import { Interner } from '../wire/interner.ts';
import { collectionPath, type Identified } from '../wire/kind.ts';
import { reasonOf } from '../wire/status.ts';
import { readWatchEvent } from '../wire/watchEvent.ts';
import { Backoff } from './backoff.ts';
import type { Connection } from './connection.ts';
import type { Interaction } from './interaction.ts';
import { linesOf } from './lines.ts';
import { type Collection, listAll, selectors } from './listPager.ts';
import { watchLiveness } from './liveness.ts';
import type { Probe } from './probe.ts';
import { transportError } from './transportError.ts';

/** Keeps what a reflector reads. `replace` is a complete list and answers how many objects differed from what was kept. */
export interface Sink<T> {
  replace(items: readonly T[]): number;
  upsert(record: T): void;
  remove(record: T): void;
}

/** `loading`: first list under way. `live`: as the server has it. `waiting`: failed, tries again by itself; `sinceMs` on the wall clock. */
export type ReflectorState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'live' }
  | { readonly phase: 'waiting'; readonly error: ApiError; readonly sinceMs: number };

export interface ReflectorOptions<T extends Identified> {
  readonly collection: Collection<T>;
  readonly connection: Connection;
  readonly probe: Probe;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly sink: Sink<T>;
  readonly onState: (state: ReflectorState) => void;
}

/** client-go: a watch is ended by the server after a random 5 to 10 minutes, so that they do not all end at once. */
const watchSeconds = { from: 300, to: 600 };
/** A watch that ends so soon without an event is a server that does not want to be watched. */
const hastyEndMs = 1_000;
/** Safety net against what nobody thought of: a relist now and then, while it is cheap. */
const safetyRelist = { fromMs: 30 * 60_000, toMs: 60 * 60_000, maxItems: 10_000 };
const forbiddenWait = { fromMs: 60_000, toMs: 300_000 };
/** What only the user, a file or a setting can mend is looked at again this seldom. */
const idleWaitMs = 300_000;

type Outcome =
  | { readonly end: 'again' }
  | { readonly end: 'relist' }
  | { readonly end: 'failed'; readonly error: ApiError; readonly relist: boolean };

/**
 * Follows one resource collection: lists it, watches it, and keeps `sink` equal to what the server has.
 *
 * Ends only through the signal given to `run`. Every other end (a closed watch, 410, 429, 5xx, a dropped connection, a failed
 * credential) is survived and published as state; no path retries faster than `Backoff` allows.
 * Objects of the last list stay in the sink while a new one is fetched.
 */
export class Reflector<T extends Identified> {
  readonly #options: ReflectorOptions<T>;
  readonly #interner = new Interner();
  readonly #backoff: Backoff;
  #state: ReflectorState = { phase: 'loading' };
  #resourceVersion: string | undefined;
  #relistDueMs = Number.POSITIVE_INFINITY;
  #listedMs = Number.NEGATIVE_INFINITY;
  #everLive = false;
  #forbiddenWaitMs = forbiddenWait.fromMs;
  #interaction: Interaction = 'background';
  #wake = new AbortController();
  readonly #counts = { items: 0, lists: 0, watches: 0, events: 0, failures: 0, drift: 0 };

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
  }

  get state(): ReflectorState {
    return this.#state;
  }

  get diagnostics() {
    const error = this.#state.phase === 'waiting' ? { lastError: this.#state.error.message } : {};
    const { kind, namespace } = this.#options.collection;
    const { drift, ...counts } = this.#counts;
    return {
      path: collectionPath(kind, namespace),
      state: this.#state.phase,
      resourceVersion: this.#resourceVersion,
      ...counts,
      ...error,
      drift,
    };
  }

  /** Cuts a wait short. A click may start a credential plugin that needs the user. */
  retry(interaction: Interaction): void {
    this.#interaction = interaction;
    this.#wake.abort();
  }

  /** Runs until the signal is aborted; never rejects. After that nothing reaches the sink or `onState`. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const outcome =
        this.#resourceVersion === undefined
          ? await this.#list(signal)
          : await this.#watch(this.#resourceVersion, signal);
      if (signal.aborted) return;
      if (outcome.end === 'again') continue;
      if (outcome.end === 'relist' || outcome.relist) this.#resourceVersion = undefined;
      if (outcome.end === 'failed') await this.#recover(outcome.error, signal);
      else await this.#avoidStorm(signal);
    }
  }

  async #list(signal: AbortSignal): Promise<Outcome> {
    const { collection, connection, clock, random, sink } = this.#options;
    const interaction = this.#interaction;
    this.#interaction = 'background';
    this.#counts.lists++;
    const list = await listAll(connection, collection, this.#interner, { signal, interaction });
    if (signal.aborted) return { end: 'again' };
    if (!list.ok) return { end: 'failed', error: list.error, relist: true };
    if (!this.#contained(() => this.#noteDrift(sink.replace(list.value.items))))
      return { end: 'failed', error: handlerError, relist: true };
    this.#counts.items = list.value.items.length;
    this.#listedMs = clock.monotonicMs();
    this.#resourceVersion = list.value.resourceVersion;
    const { fromMs, toMs } = safetyRelist;
    this.#relistDueMs = clock.monotonicMs() + fromMs + random() * (toMs - fromMs);
    this.#live();
    return { end: 'again' };
  }

  /** A server that calls every list expired is not asked for the next one at once. */
  async #avoidStorm(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    if (clock.monotonicMs() - this.#listedMs >= hastyEndMs) return;
    await sleep(clock, this.#backoff.next(clock.monotonicMs(), true), signal);
  }

  /** Differences count as drift only when a list follows a watch that was never interrupted. */
  #noteDrift(differences: number): void {
    if (this.#state.phase === 'live') this.#counts.drift += differences;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<Outcome> {
    const { collection, connection, clock, random, probe } = this.#options;
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const startedMs = clock.monotonicMs();
    const eventsBefore = this.#counts.events;
    let lost: ApiError | undefined;
    const liveness = watchLiveness({
      clock,
      random,
      probe,
      signal: either,
      lost: (error) => {
        lost = error;
        stop.abort();
      },
    });
    const relistTimer = clock.after(Math.max(0, Math.min(this.#relistDueMs - startedMs, safetyRelist.toMs)), () => {
      if (this.#counts.items < safetyRelist.maxItems) stop.abort();
    });
    const interaction = this.#interaction;
    this.#interaction = 'background';
    try {
      this.#counts.watches++;
      const query = {
        ...selectors(collection),
        watch: '1',
        resourceVersion,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(Math.round(watchSeconds.from + random() * (watchSeconds.to - watchSeconds.from))),
      };
      const answer = await connection.request(collectionPath(collection.kind, collection.namespace), {
        query,
        signal: either,
        interaction,
      });
      if (signal.aborted) return { end: 'again' };
      if (lost) return { end: 'failed', error: lost, relist: false };
      if (!answer.ok) return answer.error.reason === 'aborted' ? { end: 'relist' } : refused(answer.error);
      this.#live();
      const outcome = await this.#follow(answer.value.body, () => liveness.heard(), either);
      if (signal.aborted) return { end: 'again' };
      if (lost) return { end: 'failed', error: lost, relist: false };
      if (outcome) return outcome;
      if (stop.signal.aborted) return { end: 'relist' };
    } finally {
      liveness.dispose();
      relistTimer.dispose();
      stop.abort();
    }
    if (clock.monotonicMs() - startedMs >= hastyEndMs || this.#counts.events > eventsBefore) return { end: 'again' };
    return {
      end: 'failed',
      error: { reason: 'server', message: `${connection.server} ends every watch at once.` },
      relist: false,
    };
  }

  /** Applies events until the stream ends; undefined for a clean end. */
  async #follow(body: AsyncIterable<Uint8Array>, heard: () => void, signal: AbortSignal): Promise<Outcome | undefined> {
    const { collection, connection, sink } = this.#options;
    try {
      for await (const line of linesOf(body)) {
        if (signal.aborted) return undefined;
        heard();
        const event = readWatchEvent(line, collection.kind, this.#interner);
        if (event.type === 'malformed') {
          const message = `${connection.server} sent ${event.message} in a watch of ${collection.kind.plural}.`;
          return { end: 'failed', error: { reason: 'malformed', message }, relist: true };
        }
        if (event.type === 'error') return refusedByEvent(event.status);
        if (event.type === 'bookmark') {
          if (event.resourceVersion !== '') this.#resourceVersion = event.resourceVersion;
          continue;
        }
        this.#counts.events++;
        const { record } = event;
        const applied = this.#contained(() => (event.type === 'upsert' ? sink.upsert(record) : sink.remove(record)));
        if (!applied) return { end: 'failed', error: handlerError, relist: true };
        if (record.resourceVersion !== '') this.#resourceVersion = record.resourceVersion;
      }
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof RangeError)
        return {
          end: 'failed',
          error: { reason: 'malformed', message: `${connection.server}: ${error.message}.` },
          relist: true,
        };
      return { end: 'failed', error: transportError(error, connection.server), relist: false };
    }
  }

  async #recover(error: ApiError, signal: AbortSignal): Promise<void> {
    const { clock, log, collection } = this.#options;
    const since = this.#state.phase === 'waiting' ? this.#state.sinceMs : clock.now();
    const waitMs = this.#waitFor(error);
    this.#counts.failures++;
    log.warn(
      `${collectionPath(collection.kind, collection.namespace)}: ${error.message} Next try in ${Math.round(waitMs / 1000)} s.`,
    );
    this.#publish({ phase: 'waiting', error, sinceMs: since });
    this.#wake = new AbortController();
    await sleep(clock, waitMs, AbortSignal.any([signal, this.#wake.signal]));
  }

  #waitFor(error: ApiError): number {
    const { clock } = this.#options;
    if (error.reason === 'forbidden') {
      const waitMs = this.#forbiddenWaitMs;
      this.#forbiddenWaitMs = Math.min(forbiddenWait.toMs, waitMs * 2);
      return waitMs;
    }
    if (error.reason === 'signIn' || error.reason === 'untrusted' || error.reason === 'invalid') return idleWaitMs;
    return this.#backoff.next(clock.monotonicMs(), this.#everLive, error.retryAfterMs);
  }

  #live(): void {
    this.#everLive = true;
    this.#forbiddenWaitMs = forbiddenWait.fromMs;
    this.#backoff.healthy(this.#options.clock.monotonicMs());
    if (this.#state.phase !== 'live') this.#publish({ phase: 'live' });
  }

  #publish(state: ReflectorState): void {
    this.#state = state;
    this.#contained(() => this.#options.onState(state));
  }

  /** A consumer that throws costs a relist, not the loop. */
  #contained(task: () => void): boolean {
    try {
      task();
      return true;
    } catch (error) {
      this.#options.log.error(
        `A consumer of ${this.#options.collection.kind.plural} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
  }
}

const handlerError: ApiError = {
  reason: 'malformed',
  message: 'An internal consumer failed; the list is fetched again.',
};

/** A refused watch: 410 needs a list, everything else only patience. */
function refused(error: ApiError): Outcome {
  return error.reason === 'expired' ? { end: 'relist' } : { end: 'failed', error, relist: false };
}

function refusedByEvent(status: {
  readonly code: number;
  readonly message: string;
  readonly retryAfterMs?: number;
}): Outcome {
  const { code, message, retryAfterMs } = status;
  const reason = reasonOf(code);
  return refused({
    reason,
    status: code,
    message: message || `The server ended the watch with code ${code}.`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
