import { sleep } from '../base/clock.ts';
import { type Collection, listPage } from '../cluster/listPager.ts';
import type { ClaimRecord } from '../domain/records.ts';
import { Interner } from '../wire/interner.ts';
import type { SessionContext } from './claimFollower.ts';

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
  /** The question was not answered. */
  doubt(name: string): void;
  changed(): void;
}

export interface ProbingOptions {
  readonly context: SessionContext;
  readonly list: (namespace: string) => Collection<ClaimRecord>;
  readonly host: ProbingHost;
}

/** Finds out which namespaces may be read, by a LIST of one claim each: an access review's "no" is only advisory. */
export class AccessProbing {
  readonly #options: ProbingOptions;
  readonly #interner = new Interner();
  readonly #refused = new Set<string>();
  #asking = false;
  #again = false;

  constructor(options: ProbingOptions) {
    this.#options = options;
  }

  /** Whether a round of asking is under way. */
  get asking(): boolean {
    return this.#asking;
  }

  /** Starts a round, or another one after the present one. `again`: ask also for those that were refused before. */
  ask(again: boolean): void {
    if (again) this.#refused.clear();
    this.#again = true;
    if (!this.#asking) void this.#rounds();
  }

  /** A namespace is gone: if it comes back, it is another one. */
  forget(name: string): void {
    this.#refused.delete(name);
  }

  forgetAll(): void {
    this.#refused.clear();
  }

  async #rounds(): Promise<void> {
    const { host, context } = this.#options;
    const { clock, signal } = context;
    this.#asking = true;
    while (this.#again && host.wanted() && !signal.aborted) {
      this.#again = false;
      const open = host.open().filter((name) => !this.#refused.has(name));
      const queue = open.slice(0, maxAsked);
      for (const name of open.slice(maxAsked)) host.lose(name, 'unknown');
      await Promise.all(Array.from({ length: askedAtOnce }, () => this.#take(queue)));
      // Names arrive in bursts while namespaces are listed: one more look instead of one per name.
      await sleep(clock, 0, signal);
    }
    this.#asking = false;
    if (!signal.aborted) host.changed();
  }

  async #take(queue: string[]): Promise<void> {
    const { host, context, list } = this.#options;
    const { connection, signal } = context;
    for (let name = queue.shift(); name !== undefined && host.wanted(); name = queue.shift()) {
      if (host.full()) {
        host.lose(name, 'unknown');
        continue;
      }
      const page = await listPage(
        { connection, collection: list(name), interner: this.#interner, signal },
        { limit: 1 },
      );
      if (signal.aborted || !host.wanted()) return;
      // It may be gone by now.
      if (!host.exists(name)) continue;
      // The six that ask at a time may all be told yes for the last free place.
      const full = host.full();
      if (!full && (page.ok || page.error.reason === 'invalid')) host.follow(name);
      else if (!page.ok && page.error.reason === 'forbidden') {
        this.#refused.add(name);
        host.lose(name, 'forbidden');
      } else if (full) host.lose(name, 'unknown');
      else host.doubt(name);
      host.changed();
    }
  }
}
