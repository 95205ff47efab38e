import { type Clock, sleep } from '../base/clock.ts';
import type { ApiError } from '../domain/apiError.ts';
import type { Connection } from './connection.ts';

const limitMs = 5_000;

/**
 * Asks whether the server can be reached, on a connection of its own and within five seconds.
 *
 * Any HTTP answer counts, a 403 too: it is the way that is in doubt, not the rights. Loops that ask at the same time
 * share one request. `undefined` means reachable.
 */
export class Probe {
  readonly #connection: Connection;
  readonly #clock: Clock;
  #running: Promise<ApiError | 'stopped' | undefined> | undefined;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async ask(signal: AbortSignal): Promise<ApiError | undefined> {
    while (!signal.aborted) {
      this.#running ??= this.#ask(signal).finally(() => {
        this.#running = undefined;
      });
      const answer = await this.#running;
      // Whoever began it has been stopped, which says nothing about the server: ask again.
      if (answer !== 'stopped') return answer;
    }
    return undefined;
  }

  async #ask(signal: AbortSignal): Promise<ApiError | 'stopped' | undefined> {
    const limit = new AbortController();
    const either = AbortSignal.any([signal, limit.signal]);
    const answer = this.#connection.request('/readyz', { signal: either, fresh: true });
    const late = Symbol('late');
    const ended = new AbortController();
    const first = await Promise.race([answer, sleep(this.#clock, limitMs, ended.signal).then(() => late)]);
    ended.abort();
    if (first === late) {
      limit.abort();
      const brief = 'no answer within 5 s';
      return { reason: 'unreachable', message: `${this.#connection.server} cannot be reached: ${brief}.`, brief };
    }
    if (signal.aborted) return 'stopped';
    const result = await answer;
    if (result.ok || result.error.status !== undefined || result.error.reason === 'aborted') return undefined;
    return result.error.reason === 'unreachable' || result.error.reason === 'tls' ? result.error : undefined;
  }
}
