import { type Clock, sleep } from '../base/clock.ts';
import type { Connection } from './connection.ts';
import type { Reach } from './reach.ts';

const limitMs = 5_000;

/**
 * Asks whether the server can be reached, within five seconds. Loops that ask at the same time share one request.
 *
 * `unknown` when the caller is stopped, and when the server cannot be asked (a certificate file that is being replaced).
 */
export class Probe {
  readonly #connection: Connection;
  readonly #clock: Clock;
  #running: Promise<Reach | 'stopped'> | undefined;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async ask(signal: AbortSignal): Promise<Reach> {
    while (!signal.aborted) {
      this.#running ??= this.#ask(signal).finally(() => {
        this.#running = undefined;
      });
      const answer = await this.#running;
      // Whoever began it has been stopped, which says nothing about the server: ask again.
      if (answer !== 'stopped') return answer;
    }
    return 'unknown';
  }

  async #ask(signal: AbortSignal): Promise<Reach | 'stopped'> {
    const limit = new AbortController();
    const answer = this.#connection.reach(AbortSignal.any([signal, limit.signal]));
    const ended = new AbortController();
    const late = sleep(this.#clock, limitMs, ended.signal).then(() => 'late' as const);
    const first = await Promise.race([answer, late]);
    ended.abort();
    if (signal.aborted) return 'stopped';
    if (first !== 'late') return first;
    limit.abort();
    const brief = 'no answer within 5 s';
    return { reason: 'unreachable', message: `${this.#connection.server} cannot be reached: ${brief}.`, brief };
  }
}
