import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, sleep } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { ApiError } from '../domain/apiError.ts';
import { Interner } from '../wire/interner.ts';
import { collectionPath, type Identified } from '../wire/kind.ts';
import { readWatchEvent } from '../wire/watchEvent.ts';
import type { Connection } from './connection.ts';
import type { Interaction } from './interaction.ts';
import { linesOf } from './lines.ts';
import { type Collection, listAll, selectors } from './listPager.ts';
import { type Liveness, watchLiveness } from './liveness.ts';
import type { Probe } from './probe.ts';
import { RetryPlan } from './retryPlan.ts';
import { transportError } from './transportError.ts';
import { type Outcome, refused, refusedByEvent } from './watchOutcome.ts';

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
/** A burst of events gives way to others so often. */
const sliceMs = 8;
/** Safety net against what nobody thought of: a relist now and then, while it is cheap. */
const safetyRelist = { fromMs: 30 * 60_000, toMs: 60 * 60_000, maxItems: 10_000 };

/**
 * Follows one resource collection: lists it, watches it, and keeps `sink` equal to what the server has.
 *
 * Ends only through the signal given to `run`. Every other end (a closed watch, 410, 429, 5xx, a dropped connection, a failed
 * credential) is survived and published as state; no path retries faster than `Backoff` allows.
 * Objects of the last list stay in the sink while a new one is fetched. After a refusal that is believed everything is listed anew.
 */
export class Reflector<T extends Identified> {
  readonly #options: ReflectorOptions<T>;
  readonly #interner = new Interner();
  readonly #retries: RetryPlan;
  #state: ReflectorState = { phase: 'loading' };
  #resourceVersion: string | undefined;
  #relistDueMs = Number.POSITIVE_INFINITY;
  #listedMs = Number.NEGATIVE_INFINITY;
  #interaction: Interaction = 'background';
  #wake = new AbortController();
  /** Ends the present watch for a relist. */
  #cut: AbortController | undefined;
  /** Somebody wants to see the present state now. */
  #asked = false;
  /** The list that comes next is the safety net's: it follows a watch that was never interrupted. */
  #checking = false;
  readonly #counts = { items: 0, lists: 0, watches: 0, events: 0, failures: 0, drift: 0 };

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#retries = new RetryPlan(options.random);
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Whether a complete list has reached the sink at least once. */
  get listed(): boolean {
    return Number.isFinite(this.#listedMs);
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

  /** Cuts a wait short; what is live is listed anew. A click may start a credential plugin that needs the user. */
  retry(interaction: Interaction): void {
    this.#interaction = interaction;
    this.#asked = true;
    this.#wake.abort();
    this.#cut?.abort();
  }

  /** Cuts a wait after a failure short; what is live or under way is left alone. */
  wake(): void {
    if (this.#state.phase === 'waiting') this.#wake.abort();
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
    this.#asked = false;
    const checking = this.#checking;
    this.#checking = false;
    this.#counts.lists++;
    const list = await listAll(connection, collection, this.#interner, { signal, interaction });
    if (signal.aborted) return { end: 'again' };
    if (!list.ok) return { end: 'failed', error: list.error, relist: true };
    const replaced = this.#contained(() => {
      const differences = sink.replace(list.value.items);
      if (checking) this.#counts.drift += differences;
    });
    if (!replaced) return { end: 'failed', error: handlerError, relist: true };
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
    if (this.#asked || clock.monotonicMs() - this.#listedMs >= hastyEndMs) return;
    await this.#rest(this.#retries.stormMs(clock.monotonicMs()), signal);
  }

  async #rest(waitMs: number, signal: AbortSignal): Promise<void> {
    this.#wake = new AbortController();
    await sleep(this.#options.clock, waitMs, AbortSignal.any([signal, this.#wake.signal]));
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<Outcome> {
    const { collection, connection, clock, random, probe } = this.#options;
    const stop = new AbortController();
    this.#cut = stop;
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
      if (this.#counts.items >= safetyRelist.maxItems) return;
      this.#checking = true;
      stop.abort();
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
      const outcome = await this.#follow(heardOf(answer.value.body, liveness), either);
      if (signal.aborted) return { end: 'again' };
      if (lost) return { end: 'failed', error: lost, relist: false };
      if (outcome) return outcome;
      if (stop.signal.aborted) return { end: 'relist' };
    } finally {
      this.#cut = undefined;
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
  async #follow(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Outcome | undefined> {
    const { collection, connection, clock, sink } = this.#options;
    let turnMs = clock.monotonicMs();
    try {
      for await (const line of linesOf(body)) {
        if (clock.monotonicMs() - turnMs > sliceMs) {
          await nextTurn();
          turnMs = clock.monotonicMs();
        }
        if (signal.aborted) return undefined;
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

  async #recover(failure: ApiError, signal: AbortSignal): Promise<void> {
    const { clock, log, collection } = this.#options;
    const error = this.#retries.believed(failure);
    // Who may not read it any more does not keep it: what was read has to be listed anew.
    if (error.reason === 'forbidden') this.#resourceVersion = undefined;
    const since = this.#state.phase === 'waiting' ? this.#state.sinceMs : clock.now();
    const waitMs = this.#retries.waitMs(error, clock.monotonicMs());
    this.#counts.failures++;
    log.warn(
      `${collectionPath(collection.kind, collection.namespace)}: ${error.message} Next try in ${Math.round(waitMs / 1000)} s.`,
    );
    this.#publish({ phase: 'waiting', error, sinceMs: since });
    await this.#rest(waitMs, signal);
  }

  #live(): void {
    this.#retries.succeeded(this.#options.clock.monotonicMs());
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

/** Says of every piece that something has come: a long event on a slow line is life too. */
async function* heardOf(body: AsyncIterable<Uint8Array>, liveness: Liveness): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    liveness.heard();
    yield piece;
  }
}
