import { type Disposable, DisposableStore, toDisposable } from './disposable.ts';

/** A current value and its changes. Subscribers are told after the value has changed, never during subscription. */
export interface Signal<T> {
  readonly value: T;
  subscribe(listener: (value: T) => void): Disposable;
}

/**
 * A signal whose owner sets it.
 *
 * Setting a value that is the same (`equals`, identity by default) tells nobody. A listener that throws is reported to
 * `onError` and does not keep the others from being told. A value set by a listener is delivered after the present round,
 * so all listeners see the same order.
 */
export class SignalSource<T> implements Signal<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();
  readonly #equals: (a: T, b: T) => boolean;
  readonly #onError: (error: unknown) => void;
  readonly #queue: T[] = [];
  #delivering = false;

  constructor(
    value: T,
    options: { readonly equals?: (a: T, b: T) => boolean; readonly onError?: (error: unknown) => void } = {},
  ) {
    this.#value = value;
    this.#equals = options.equals ?? Object.is;
    this.#onError =
      options.onError ??
      ((error) =>
        queueMicrotask(() => {
          throw error;
        }));
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (this.#equals(this.#value, value)) return;
    this.#value = value;
    this.#queue.push(value);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      // By index: a value may itself be undefined, so an empty queue cannot be told by what it yields.
      for (let index = 0; index < this.#queue.length; index++) this.#deliver(this.#queue[index] as T);
    } finally {
      this.#queue.length = 0;
      this.#delivering = false;
    }
  }

  #deliver(value: T): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue;
      try {
        listener(value);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  subscribe(listener: (value: T) => void): Disposable {
    // Wrapped, so that the same function subscribed twice is two subscriptions.
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return toDisposable(() => this.#listeners.delete(own));
  }
}

/** A signal that never changes. */
export function constantSignal<T>(value: T): Signal<T> {
  return { value, subscribe: () => toDisposable(() => {}) };
}

/** A signal computed from others: its value changes when `compute` gives another one after a change of a source. */
export function derive<T>(sources: readonly Signal<unknown>[], compute: () => T): Signal<T> & Disposable {
  const source = new SignalSource(compute());
  const lifetime = new DisposableStore();
  for (const each of sources) lifetime.add(each.subscribe(() => source.set(compute())));
  return {
    get value() {
      return source.value;
    },
    subscribe: (listener) => source.subscribe(listener),
    dispose: () => lifetime.dispose(),
  };
}
