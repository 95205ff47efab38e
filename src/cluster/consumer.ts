import type { Log } from '../base/log.ts';
import type { ApiError } from '../domain/apiError.ts';

/**
 * Keeps what a reflector reads. `replace` is a complete list and answers how many objects differed from what was kept; while
 * it takes its time, nothing else comes.
 */
export interface Sink<T> {
  /** How many objects are kept at present. */
  readonly size: number;
  replace(items: readonly T[]): number | Promise<number>;
  upsert(record: T): void;
  remove(record: T): void;
}

/** `loading`: first list under way. `live`: as the server has it, or had it at the last poll where it may be listed but not watched. `waiting`: failed, tries again by itself; `sinceMs` on the wall clock: since when nothing is known. */
export type ReflectorState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'live' }
  | { readonly phase: 'waiting'; readonly error: ApiError; readonly sinceMs: number };

export interface ConsumerOptions<T> {
  readonly sink: Sink<T>;
  readonly onState: (state: ReflectorState) => void;
}

/** A sink and a listener to states, held so that one of them that throws costs a list and not the loop. */
export class Consumer<T> {
  readonly #options: ConsumerOptions<T>;
  readonly #plural: string;
  readonly #log: Log;

  /** `plural`: of what is consumed, for the log. */
  constructor(options: ConsumerOptions<T>, plural: string, log: Log) {
    this.#options = options;
    this.#plural = plural;
    this.#log = log;
  }

  /** How many objects differed; undefined when the list could not be taken in. */
  async replace(items: readonly T[]): Promise<number | undefined> {
    try {
      return await this.#options.sink.replace(items);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** False when the change could not be taken in. */
  change(type: 'upsert' | 'remove', record: T): boolean {
    return this.#contained(() => this.#options.sink[type](record));
  }

  tell(state: ReflectorState): void {
    this.#contained(() => this.#options.onState(state));
  }

  #contained(task: () => void): boolean {
    try {
      task();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #failed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#log.error(`A consumer of ${this.#plural} failed: ${why}`);
  }
}
