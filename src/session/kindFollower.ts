import { type Disposable, toDisposable } from '../base/disposable.ts';
import { Reflector } from '../cluster/reflector.ts';
import type { Slice } from '../domain/snapshot.ts';
import type { Identified, Kind } from '../wire/kind.ts';
import type { SessionContext } from './sessionContext.ts';
import { SliceStore } from './slice.ts';

/** Follows a kind of the whole cluster while anybody needs it, however many do, over one watch. */
export class KindFollower<T extends Identified> {
  readonly #context: SessionContext;
  readonly #kind: Kind<T>;
  readonly #store: SliceStore<T>;
  #demands = 0;
  #loop: { readonly reflector: Reflector<T>; readonly stop: AbortController } | undefined;

  constructor(context: SessionContext, kind: Kind<T>, changed: () => void) {
    this.#context = context;
    this.#kind = kind;
    this.#store = new SliceStore(changed);
  }

  get slice(): Slice<T> {
    return this.#store.slice;
  }

  get reflectors(): readonly Reflector<T>[] {
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

  #start(): { readonly reflector: Reflector<T>; readonly stop: AbortController } {
    const stop = new AbortController();
    const store = this.#store;
    const reflector = new Reflector({
      ...this.#context,
      collection: { kind: this.#kind },
      sink: store,
      onState: (state) => store.setState(state),
    });
    store.setState({ phase: 'loading' });
    void reflector.run(AbortSignal.any([this.#context.signal, stop.signal]));
    return { reflector, stop };
  }
}
