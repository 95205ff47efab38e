import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Interner } from '../wire/interner.ts';
import { collectionPath, hasBinaryForm, type Identified } from '../wire/kind.ts';
import { isBefore } from '../wire/resourceVersion.ts';
import { readWatchEvent } from '../wire/watchEvent.ts';
import { readWatchFrame } from '../wire/watchFrame.ts';
import type { Answer } from './answer.ts';
import type { Connection } from './connection.ts';
import { framesOf, linesOf } from './frames.ts';
import type { Interaction } from './interaction.ts';
import { type Collection, selectors } from './listPager.ts';
import { type Liveness, watchLiveness } from './liveness.ts';
import type { Probe } from './probe.ts';
import { transportError } from './transportError.ts';
import { malformed, type Outcome, refused, refusedByEvent } from './watchOutcome.ts';

/** What is watched, and by which means. */
export interface WatchMeans<T extends Identified> {
  readonly collection: Collection<T>;
  readonly connection: Connection;
  readonly probe: Probe;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface WatchOptions<T extends Identified> extends WatchMeans<T> {
  readonly interner: Interner;
  readonly listener: WatchListener<T>;
}

/** Told what a watch brings, in order; nothing after the watch was stopped. */
export interface WatchListener<T> {
  /** The server has agreed to be watched, and has proved it by a first event or by not ending it at once. Told once. */
  opened(): void;
  /** An object is new, changed or gone. False: this could not be taken in, and a list has to follow. */
  changed(type: 'upsert' | 'remove', record: T): boolean;
  /** All up to this resourceVersion has been told; `byBookmark`: by nothing else. */
  reached(resourceVersion: string, byBookmark: boolean): void;
  /** Whether the server is known to send bookmarks, about one a minute. */
  bookmarked(): boolean;
}

/** client-go: a watch is ended by the server after a random 5 to 10 minutes, so that they do not all end at once. */
const watchSeconds = { from: 300, to: 600 };
/** A watch that goes on so long after that is one that nobody serves any more, however open its socket is. */
const graceMs = 30_000;
/** A watch that ends so soon without an event is a server that does not want to be watched. */
const hastyEndMs = 1_000;
/** A watch that has brought nothing stands after this long. Until then an end of it would follow upon a failure before. */
const standingMs = 5_000;
/** A burst of events gives way to others so often. */
const sliceMs = 8;

/**
 * One watch, from its request to its end.
 *
 * That the server answers a probe does not prove that this stream is served: a proxy in between may have lost the other
 * side of it. So it never lasts longer than it was asked for, nor longer than three bookmarks that do not come.
 */
export class WatchAttempt<T extends Identified> {
  readonly #options: WatchOptions<T>;
  readonly #stop = new AbortController();
  #events = 0;
  #opened = false;
  #moved = false;
  #reached = '';

  constructor(options: WatchOptions<T>) {
    this.#options = options;
  }

  /** Ends it so that a list follows. */
  cut(): void {
    this.#moved = false;
    this.#stop.abort();
  }

  /** Watches from a resourceVersion until either side ends it. Once only. */
  async run(resourceVersion: string, interaction: Interaction, signal: AbortSignal): Promise<Outcome> {
    const { connection, clock, random, probe, listener } = this.#options;
    this.#reached = resourceVersion;
    const either = AbortSignal.any([signal, this.#stop.signal]);
    const startedMs = clock.monotonicMs();
    const { from, to } = watchSeconds;
    const seconds = Math.round(from + random() * (to - from));
    let lost: Outcome | undefined;
    let overdue = false;
    let standing: Disposable | undefined;
    const endAsOverdue = () => {
      overdue = true;
      this.#stop.abort();
    };
    const deadline = clock.after(seconds * 1000 + graceMs, endAsOverdue);
    const moving = connection.moved.subscribe(() => this.#move());
    const liveness = watchLiveness({
      clock,
      random,
      probe,
      signal: either,
      lost: (error, heardMs) => {
        lost = { end: 'failed', error, relist: false, heardMs };
        this.#stop.abort();
      },
      bookmarked: listener.bookmarked,
      unserved: endAsOverdue,
    });
    try {
      const answer = await this.#ask({ resourceVersion, seconds, interaction }, either);
      if (signal.aborted || overdue || this.#moved) return { end: 'again' };
      if (lost) return lost;
      if (!answer.ok) return answer.error.reason === 'aborted' ? { end: 'cut' } : refused(answer.error);
      standing = clock.after(standingMs, () => {
        if (!either.aborted) this.#open();
      });
      const outcome = await this.#follow(answer.value, liveness, either);
      if (signal.aborted || overdue || this.#moved) return { end: 'again' };
      if (lost) return lost;
      if (outcome) return outcome;
      if (this.#stop.signal.aborted) return { end: 'cut' };
    } finally {
      standing?.dispose();
      deadline.dispose();
      moving.dispose();
      liveness.dispose();
      this.#stop.abort();
    }
    if (clock.monotonicMs() - startedMs >= hastyEndMs || this.#events > 0) return { end: 'again' };
    return {
      end: 'failed',
      error: { reason: 'server', message: `${connection.server} ends every watch at once.` },
      relist: false,
    };
  }

  #ask(
    from: { readonly resourceVersion: string; readonly seconds: number; readonly interaction: Interaction },
    signal: AbortSignal,
  ) {
    const { collection, connection } = this.#options;
    const { resourceVersion, seconds, interaction } = from;
    const query = {
      ...selectors(collection),
      watch: '1',
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(seconds),
    };
    const path = collectionPath(collection.kind, collection.namespace);
    return connection.request(path, { query, signal, interaction, binary: hasBinaryForm(collection.kind) });
  }

  /** Tells events until the stream ends; undefined for a clean end. */
  async #follow(answer: Answer, liveness: Liveness, signal: AbortSignal): Promise<Outcome | undefined> {
    const { connection, clock } = this.#options;
    const { binary } = answer;
    const body = heardOf(answer.body, liveness);
    let turnMs = clock.monotonicMs();
    try {
      for await (const events of binary ? framesOf(body) : linesOf(body)) {
        for (const event of events) {
          if (clock.monotonicMs() - turnMs > sliceMs) {
            await nextTurn();
            turnMs = clock.monotonicMs();
          }
          if (signal.aborted) return undefined;
          const outcome = this.#take(event, binary);
          if (outcome) return outcome;
        }
      }
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof RangeError) return malformed(`${connection.server}: ${error.message}.`);
      return { end: 'failed', error: transportError(error, connection.server), relist: false };
    }
  }

  /** Ends it so that a watch follows, on the connection that is the right one now. */
  #move(): void {
    if (this.#stop.signal.aborted) return;
    this.#moved = true;
    this.#stop.abort();
  }

  #open(): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#options.listener.opened();
  }

  /** Tells one event; what it answers ends the watch. */
  #take(bytes: Buffer, binary: boolean): Outcome | undefined {
    const { collection, connection, interner, listener } = this.#options;
    const event = (binary ? readWatchFrame : readWatchEvent)(bytes, collection.kind, interner);
    if (event.type === 'malformed')
      return malformed(`${connection.server} sent ${event.message} in a watch of ${collection.kind.plural}.`);
    if (event.type === 'error') return refusedByEvent(event.status);
    this.#open();
    if (event.type === 'bookmark') {
      // Its etcd was restored from a backup.
      if (isBefore(event.resourceVersion, this.#reached)) return { end: 'expired' };
      this.#reach(event.resourceVersion, true);
      return undefined;
    }
    this.#events++;
    const { record } = event;
    if (!listener.changed(event.type, record)) return malformed(consumerFailed);
    this.#reach(record.resourceVersion, false);
    return undefined;
  }

  #reach(resourceVersion: string, byBookmark: boolean): void {
    if (resourceVersion === '') return;
    this.#reached = resourceVersion;
    this.#options.listener.reached(resourceVersion, byBookmark);
  }
}

/** What is said of a consumer that threw. */
export const consumerFailed = 'An internal consumer failed; the list is fetched again.';

/** Says of every piece that something has come: a long event on a slow line is life too. */
async function* heardOf(body: AsyncIterable<Uint8Array>, liveness: Liveness): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    liveness.heard();
    yield piece;
  }
}
