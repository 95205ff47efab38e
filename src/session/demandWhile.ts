import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { OptionalKind, Session } from './session.ts';

/** Has whatever session is current follow a kind as long as it is wanted; `update` is to be called when that may have changed. */
export function demandWhile(
  session: Signal<Session | undefined>,
  kind: OptionalKind,
  isWanted: () => boolean,
): Disposable & { readonly update: () => void } {
  const lifetime = new DisposableStore();
  const demand = lifetime.add(new DisposableSlot<Disposable>());
  let of: Session | undefined;
  const update = () => {
    const wanted = isWanted() ? session.value : undefined;
    if (wanted === of || lifetime.disposed) return;
    of = wanted;
    demand.set(wanted?.demand(kind));
  };
  lifetime.add(session.subscribe(update));
  update();
  return { update, dispose: () => lifetime.dispose() };
}
