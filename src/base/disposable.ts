/** Something with an end. `dispose` may be called more than once; only the first call does anything. */
export interface Disposable {
  dispose(): void;
}

/** A disposable that runs `end` once. */
export function toDisposable(end: () => void): Disposable {
  let ended = false;
  return {
    dispose() {
      if (ended) return;
      ended = true;
      end();
    },
  };
}

/**
 * Owns disposables and ends them in reverse order of arrival.
 *
 * What is added after the end is disposed at once, so that nothing outlives its owner by losing a race.
 * One that throws while it ends does not keep the others alive: the first error is thrown after all have ended.
 */
export class DisposableStore implements Disposable {
  #items: Disposable[] | undefined = [];

  get disposed(): boolean {
    return this.#items === undefined;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#items) this.#items.push(item);
    else item.dispose();
    return item;
  }

  dispose(): void {
    const items = this.#items;
    if (!items) return;
    this.#items = undefined;
    const errors: unknown[] = [];
    for (const item of items.reverse()) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

/** One replaceable disposable: setting it ends the one before; after disposal, what is set is ended at once. */
export class DisposableSlot<T extends Disposable> implements Disposable {
  #current: T | undefined;
  #disposed = false;

  get current(): T | undefined {
    return this.#current;
  }

  set(next: T | undefined): void {
    const previous = this.#current;
    if (this.#disposed) {
      next?.dispose();
      return;
    }
    this.#current = next;
    if (previous !== next) previous?.dispose();
  }

  dispose(): void {
    this.#disposed = true;
    const previous = this.#current;
    this.#current = undefined;
    previous?.dispose();
  }
}
