import type { ApiError, ApiErrorReason } from '../domain/apiError.ts';
import { Backoff } from './backoff.ts';

const forbiddenWait = { fromMs: 60_000, toMs: 300_000 };
/** With the backoff between them, about ten seconds. */
const believedRefusals = 5;
/** What may be listed but not watched is listed this often; every five minutes where a list is long. */
const pollWait = { fromMs: 60_000, toMs: 300_000, longList: 10_000 };
/** What only the user, a file or a setting can mend, or the focus that wakes the loop, is looked at again this seldom. */
const idleWaitMs = 300_000;
const idle: ReadonlySet<ApiErrorReason> = new Set(['signIn', 'untrusted', 'unfocused', 'invalid']);

/** How long a loop waits after a failure, by what failed and by what it has been through. */
export class RetryPlan {
  readonly #backoff: Backoff;
  readonly #random: () => number;
  #everLive = false;
  #refusals = 0;
  #watchRefusals = 0;
  #forbiddenWaitMs = forbiddenWait.fromMs;

  constructor(random: () => number) {
    this.#backoff = new Backoff(random);
    this.#random = random;
  }

  /** A list has been answered. */
  listed(nowMs: number): void {
    this.#everLive = true;
    this.#refusals = 0;
    this.#forbiddenWaitMs = forbiddenWait.fromMs;
    this.#backoff.healthy(nowMs);
  }

  /** A watch has been permitted. */
  watched(nowMs: number): void {
    this.#watchRefusals = 0;
    this.listed(nowMs);
  }

  /**
   * A 403 to a loop that was live is not believed until it has been said several times: an API server that has just started
   * refuses everybody until it has read the roles.
   */
  believed(error: ApiError): ApiError {
    if (error.reason !== 'forbidden' || !this.#everLive) return error;
    this.#refusals++;
    return this.#refusals < believedRefusals ? { ...error, reason: 'server' } : error;
  }

  /**
   * Notes a 403 to a watch. True once it has been said several times without a permitted watch between, until there is one.
   * Together with lists that are permitted it means a role without `watch`; without them no access at all.
   */
  watchRefused(): boolean {
    this.#refusals++;
    this.#watchRefusals++;
    return this.#watchRefusals >= believedRefusals;
  }

  /** Before the next list of what may not be watched. */
  pollMs(items: number): number {
    const { fromMs, toMs, longList } = pollWait;
    return items >= longList ? toMs : fromMs + this.#random() * (toMs - fromMs);
  }

  waitMs(error: ApiError, nowMs: number): number {
    if (error.reason === 'forbidden') {
      const waitMs = this.#forbiddenWaitMs;
      this.#forbiddenWaitMs = Math.min(forbiddenWait.toMs, waitMs * 2);
      return waitMs;
    }
    if (idle.has(error.reason)) return idleWaitMs;
    return this.#backoff.next(nowMs, this.#everLive, error.retryAfterMs);
  }

  /** Before a list that follows the last one too soon. */
  stormMs(nowMs: number): number {
    return this.#backoff.next(nowMs, true);
  }
}
