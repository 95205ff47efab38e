import { sleep } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { ApiError } from '../domain/apiError.ts';
import { Interner } from '../wire/interner.ts';
import { collectionPath, type Identified } from '../wire/kind.ts';
import { Consumer, type ConsumerOptions, type ReflectorState } from './consumer.ts';
import type { Interaction } from './interaction.ts';
import { listAll } from './listPager.ts';
import { RelistPlan } from './relistPlan.ts';
import { RetryPlan } from './retryPlan.ts';
import { consumerFailed, WatchAttempt, type WatchListener, type WatchMeans } from './watchAttempt.ts';
import { malformed, type Outcome } from './watchOutcome.ts';

export interface ReflectorOptions<T extends Identified> extends WatchMeans<T>, ConsumerOptions<T> {
  readonly log: Log;
}

/** So many watches in a row that a server ends with an error of its own are no accident of the moment. */
const believedErrors = 3;
/** One may be the last word of a watch that ends; a second one is a habit. */
const believedBookmarks = 2;

/**
 * Follows one resource collection: lists it, watches it, and keeps `sink` equal to what the server has.
 *
 * Ends only through the signal given to `run`. Every other end (a closed watch, 410, 429, 5xx, a dropped connection, a failed
 * credential) is survived and published as state; no path retries faster than `Backoff` allows.
 * Objects of the last list stay in the sink while a new one is fetched. After a refusal that is believed everything is listed anew.
 */
export class Reflector<T extends Identified> {
  readonly #options: ReflectorOptions<T>;
  readonly #consumer: Consumer<T>;
  readonly #interner = new Interner();
  readonly #retries: RetryPlan;
  readonly #relists: RelistPlan;
  #state: ReflectorState = { phase: 'loading' };
  /** Where a watch goes on; undefined when a list has to come first. */
  #resourceVersion: string | undefined;
  /** The latest version that was seen: what is behind it is no news. */
  #reached: string | undefined;
  #listed = false;
  #watchesAtList = 0;
  /** How often a watch ended with an error of the server since the last one that stood or brought something. */
  #repeated = 0;
  #bookmarks = 0;
  /** The refusal, while lists stand in for the watch. */
  #unwatchable: ApiError | undefined;
  #interaction: Interaction = 'background';
  /** Aborted as soon as there is no need to wait after the present attempt, or any longer. */
  #wake = new AbortController();
  #attempt: WatchAttempt<T> | undefined;
  /** The list that comes next is the safety net's: it follows a watch that was never interrupted. */
  #checking = false;
  readonly #counts = { unreadable: 0, lists: 0, watches: 0, events: 0, failures: 0, drift: 0 };

  readonly #listener: WatchListener<T> = {
    opened: () => {
      this.#repeated = 0;
      this.#unwatchable = undefined;
      this.#retries.watched(this.#options.clock.monotonicMs());
      this.#live();
    },
    changed: (type, record) => {
      this.#counts.events++;
      return this.#consumer.change(type, record);
    },
    bookmarked: () => this.#bookmarks >= believedBookmarks,
    reached: (resourceVersion, byBookmark) => {
      if (byBookmark) this.#bookmarks++;
      this.#resourceVersion = resourceVersion;
      this.#reached = resourceVersion;
    },
  };

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#consumer = new Consumer(options, options.collection.kind.plural, options.log);
    this.#retries = new RetryPlan(options.random);
    this.#relists = new RelistPlan(options.random);
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Whether a complete list has reached the sink at least once. */
  get listed(): boolean {
    return this.#listed;
  }

  get diagnostics() {
    const state = this.#state.phase === 'live' && this.#unwatchable ? 'polling' : this.#state.phase;
    const error = this.#state.phase === 'waiting' ? this.#state.error : this.#unwatchable;
    const { kind, namespace } = this.#options.collection;
    const { drift, ...counts } = this.#counts;
    return {
      path: collectionPath(kind, namespace),
      state,
      resourceVersion: this.#resourceVersion,
      items: this.#options.sink.size,
      ...counts,
      ...(error ? { lastError: error.message } : {}),
      drift,
    };
  }

  /**
   * Cuts a wait short, also one that an attempt under way may yet lead to; what is live is listed anew.
   * A click may start a credential plugin that needs the user, and holds until an attempt has taken it along.
   */
  retry(interaction: Interaction): void {
    if (interaction === 'click') this.#interaction = interaction;
    this.#wake.abort();
    this.#attempt?.cut();
  }

  /** Cuts a wait after a failure short, also one that an attempt under way may yet lead to; what is live is left alone. */
  wake(): void {
    if (this.#state.phase !== 'live') this.#wake.abort();
  }

  /** Runs until the signal is aborted; never rejects. After that nothing reaches the sink or `onState`. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const outcome = await this.#attemptOnce(signal);
      if (signal.aborted) return;
      if (outcome.end === 'again') continue;
      if (outcome.end === 'forbidden') {
        await this.#listInstead(outcome.error, signal);
        continue;
      }
      if (outcome.end !== 'failed' || this.#needsList(outcome.relist)) this.#resourceVersion = undefined;
      if (outcome.end === 'failed') await this.#recover(outcome.error, signal, outcome.heardMs);
      if (outcome.end === 'expired') await this.#avoidStorm(signal);
    }
  }

  #needsList(relist: boolean | 'ifRepeated'): boolean {
    if (relist !== 'ifRepeated') return relist;
    this.#repeated = (this.#repeated + 1) % believedErrors;
    return this.#repeated === 0;
  }

  /** A list or, where there is one to go on from, a watch. */
  async #attemptOnce(signal: AbortSignal): Promise<Outcome> {
    try {
      return this.#resourceVersion === undefined
        ? await this.#list(signal)
        : await this.#watch(this.#resourceVersion, signal);
    } catch (error) {
      // Whatever should not have happened ends an attempt, never the loop.
      const { plural } = this.#options.collection.kind;
      this.#options.log.error(`Following ${plural} broke: ${error instanceof Error ? error.stack : String(error)}`);
      return malformed(`An internal error in following ${plural}; the log names it. It is tried again.`);
    }
  }

  async #list(signal: AbortSignal): Promise<Outcome> {
    const { collection, connection, clock } = this.#options;
    const interaction = this.#takeInteraction();
    const checking = this.#checking;
    this.#checking = false;
    this.#counts.lists++;
    const request = { connection, collection, interner: this.#interner, signal, interaction };
    const list = await listAll(request, this.#reached);
    if (signal.aborted) return { end: 'again' };
    if (!list.ok) return { end: 'failed', error: list.error, relist: true };
    // Without one there is nothing to watch from.
    if (list.value.resourceVersion === '')
      return malformed(`${connection.server} sent a list without a resourceVersion.`);
    this.#counts.unreadable = list.value.unreadable;
    const differences = await this.#consumer.replace(list.value.items);
    if (differences === undefined) return malformed(consumerFailed);
    if (checking) this.#counts.drift += differences;
    if (signal.aborted) return { end: 'again' };
    this.#listed = true;
    this.#watchesAtList = this.#counts.watches;
    this.#resourceVersion = list.value.resourceVersion;
    this.#reached = list.value.resourceVersion;
    this.#relists.listed(clock.monotonicMs());
    this.#retries.listed(clock.monotonicMs());
    this.#live();
    return { end: 'again' };
  }

  /** A server that calls list after list expired is not asked for the next one at once. */
  async #avoidStorm(signal: AbortSignal): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    if (!this.#relists.expired(nowMs)) await this.#rest(this.#retries.stormMs(nowMs), signal);
  }

  /**
   * A role may permit lists and no watch: then lists on a slow timer stand in for it, each followed by another try to watch.
   * Whether anything is permitted at all only a list can say.
   */
  async #listInstead(refusal: ApiError, signal: AbortSignal): Promise<void> {
    const { log, collection, sink } = this.#options;
    if (!this.#retries.watchRefused()) {
      await this.#recover({ ...refusal, reason: 'server' }, signal);
      return;
    }
    this.#resourceVersion = undefined;
    const listedJustBefore = this.#counts.watches === this.#watchesAtList + 1;
    if (!listedJustBefore) return;
    if (!this.#unwatchable) {
      const { kind, namespace } = collection;
      log.warn(`${collectionPath(kind, namespace)}: may not be watched, so it is listed every one to five minutes.`);
    }
    this.#unwatchable = refusal;
    await this.#rest(this.#retries.pollMs(sink.size), signal);
  }

  #takeInteraction(): Interaction {
    const interaction = this.#interaction;
    this.#interaction = 'background';
    return interaction;
  }

  async #rest(waitMs: number, signal: AbortSignal): Promise<void> {
    await sleep(this.#options.clock, waitMs, AbortSignal.any([signal, this.#wake.signal]));
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<Outcome> {
    const { clock } = this.#options;
    const attempt = new WatchAttempt({ ...this.#options, interner: this.#interner, listener: this.#listener });
    this.#attempt = attempt;
    const relistTimer = clock.after(this.#relists.dueInMs(clock.monotonicMs()), () => {
      if (!this.#relists.cheap(this.#options.sink.size)) return;
      this.#checking = true;
      attempt.cut();
    });
    const interaction = this.#takeInteraction();
    this.#counts.watches++;
    try {
      return await attempt.run(resourceVersion, interaction, signal);
    } finally {
      this.#attempt = undefined;
      relistTimer.dispose();
    }
  }

  /** `heardMs`: when the server was last heard, where that was some time ago. A clock set back does not put it in the future. */
  async #recover(failure: ApiError, signal: AbortSignal, heardMs?: number): Promise<void> {
    const { clock, log, collection } = this.#options;
    const error = this.#retries.believed(failure);
    // Who may not read it any more does not keep it: what was read has to be listed anew.
    if (error.reason === 'forbidden') this.#resourceVersion = undefined;
    const nowMs = clock.now();
    const since = this.#state.phase === 'waiting' ? this.#state.sinceMs : Math.min(heardMs ?? nowMs, nowMs);
    const waitMs = this.#retries.waitMs(error, clock.monotonicMs());
    this.#counts.failures++;
    const next = this.#wake.signal.aborted ? 'at once' : `in ${Math.round(waitMs / 1000)} s`;
    log.warn(`${collectionPath(collection.kind, collection.namespace)}: ${error.message} Next try ${next}.`);
    this.#publish({ phase: 'waiting', error, sinceMs: since });
    await this.#rest(waitMs, signal);
  }

  #live(): void {
    if (this.#state.phase !== 'live') this.#publish({ phase: 'live' });
  }

  #publish(state: ReflectorState): void {
    this.#state = state;
    this.#consumer.tell(state);
  }
}
