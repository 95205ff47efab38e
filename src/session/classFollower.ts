import { type Disposable, toDisposable } from '../base/disposable.ts';
import { Reflector } from '../cluster/reflector.ts';
import type { StorageClassRecord } from '../domain/records.ts';
import type { Slice } from '../domain/snapshot.ts';
import { storageClasses } from '../wire/storageClasses.ts';
import type { SessionContext } from './sessionContext.ts';
import { SliceStore } from './slice.ts';

/** Follows the storage classes while anybody needs them, however many do, over one watch. */
export class ClassFollower {
  readonly #context: SessionContext;
  readonly #store: SliceStore<StorageClassRecord>;
  #demands = 0;
  #loop: { readonly reflector: Reflector<StorageClassRecord>; readonly stop: AbortController } | undefined;

  constructor(context: SessionContext, changed: () => void) {
    this.#context = context;
    this.#store = new SliceStore(changed);
  }

  get slice(): Slice<StorageClassRecord> {
    return this.#store.slice;
  }

  get reflectors(): readonly Reflector<StorageClassRecord>[] {
    return this.#loop ? [this.#loop.reflector] : [];
  }

  /** Until disposed. */
  demand(): Disposable {
    this.#demands++;
    this.#loop ??= this.#start();
    return toDisposable(() => {
      if (--this.#demands > 0) return;
      this.#loop?.stop.abort();
      this.#loop = undefined;
      this.#store.setState(undefined);
    });
  }

  retry(): void {
    this.#loop?.reflector.retry('background');
  }

  wake(): void {
    this.#loop?.reflector.wake();
  }

  #start(): { readonly reflector: Reflector<StorageClassRecord>; readonly stop: AbortController } {
    const stop = new AbortController();
    const store = this.#store;
    const reflector = new Reflector({
      ...this.#context,
      collection: { kind: storageClasses },
      sink: store,
      onState: (state) => store.setState(state),
    });
    store.setState({ phase: 'loading' });
    void reflector.run(AbortSignal.any([this.#context.signal, stop.signal]));
    return { reflector, stop };
  }
}
