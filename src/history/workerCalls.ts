import type { HistorySample } from '../domain/historySample.ts';
import type { FromHistoryWorker, HistoryCall, ToHistoryWorker } from './protocol.ts';

/** A worker thread, as far as it is used here. */
export interface HistoryWorker {
  on(event: 'message', listener: (message: FromHistoryWorker) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  postMessage(message: ToHistoryWorker): void;
  terminate(): Promise<unknown>;
}

export type Answer =
  | { readonly ok: true; readonly samples: readonly HistorySample[] }
  | { readonly ok: false; readonly error: string };

export interface WorkerListener {
  warned(message: string): void;
  /** Once, whenever and for whatever reason it ends. */
  ended(reason: string): void;
}

/** Questions to a history worker and its answers. Whatever is asked is answered, if only with its end. */
export class WorkerCalls {
  readonly #worker: HistoryWorker;
  readonly #listener: WorkerListener;
  readonly #open = new Map<number, (answer: Answer) => void>();
  readonly #start = Promise.withResolvers<boolean>();
  #asked = 0;
  #stopping = false;
  #ended = false;

  constructor(worker: HistoryWorker, listener: WorkerListener) {
    this.#worker = worker;
    this.#listener = listener;
    worker.on('message', (message) => this.#heard(message));
    worker.on('error', (error) => this.#end(error.message));
    worker.on('exit', () => this.#end('its thread has ended'));
  }

  /** Whether it can be used; resolves when that is known. */
  get ready(): Promise<boolean> {
    return this.#start.promise;
  }

  get ended(): boolean {
    return this.#ended;
  }

  ask(call: HistoryCall): Promise<Answer> {
    if (this.#ended || this.#stopping) return Promise.resolve({ ok: false, error: 'it has ended' });
    const request = ++this.#asked;
    return new Promise((resolve) => {
      this.#open.set(request, resolve);
      this.#worker.postMessage({ request, ...call });
    });
  }

  /** Lets what was asked before come to its end. */
  stop(): void {
    this.#stopping = true;
    if (!this.#ended) this.#worker.postMessage({ stop: true });
  }

  #heard(message: FromHistoryWorker): void {
    if ('ready' in message) this.#start.resolve(true);
    else if ('unavailable' in message) this.#end(message.unavailable);
    else if ('warning' in message) this.#listener.warned(message.warning);
    else {
      const { answer, samples = [], error } = message;
      this.#open.get(answer)?.(error === undefined ? { ok: true, samples } : { ok: false, error });
      this.#open.delete(answer);
    }
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#start.resolve(false);
    for (const settle of this.#open.values()) settle({ ok: false, error: reason });
    this.#open.clear();
    this.#listener.ended(reason);
  }
}
