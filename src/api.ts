import { type Event, EventEmitter } from 'vscode';
import { type Disposable, DisposableStore } from './base/disposable.ts';
import type { Signal } from './base/signal.ts';
import { type StorageSummary, type Summarized, summaries } from './presentation/summary.ts';

export type { ByteCount, ClaimSummary, NamespaceSummary, StorageSummary } from './presentation/summary.ts';

/** What `activate` returns to other extensions. Read-only; `apiVersion` grows when something in it changes its meaning. */
export interface PvcWatchApi {
  readonly apiVersion: 1;
  /** The storage at this moment, as plain JSON. */
  snapshot(): StorageSummary;
  readonly onDidChangeSnapshot: Event<StorageSummary>;
}

/** The API over a view. A summary is made only for those who ask for it, and once for all of them. */
export function storageApi(view: Signal<Summarized>): { readonly api: PvcWatchApi } & Disposable {
  const lifetime = new DisposableStore();
  const emitter = lifetime.add(new EventEmitter<StorageSummary>());
  const listening = new Set<Disposable>();
  const summaryOf = summaries();
  let { snapshot, budgets, readings } = view.value;
  lifetime.add(
    view.subscribe((next) => {
      if (next.snapshot === snapshot && next.budgets === budgets && next.readings === readings) return;
      ({ snapshot, budgets, readings } = next);
      if (listening.size > 0) emitter.fire(summaryOf(next));
    }),
  );
  const onDidChangeSnapshot: Event<StorageSummary> = (listener, thisArgs, disposables) => {
    const subscription = emitter.event(listener, thisArgs);
    const listened: Disposable = {
      dispose() {
        listening.delete(listened);
        subscription.dispose();
      },
    };
    listening.add(listened);
    disposables?.push(listened);
    return listened;
  };
  // One object for all other extensions: none of them may change it, or end it for the others.
  const api = Object.freeze({
    apiVersion: 1,
    snapshot: () => summaryOf(view.value),
    onDidChangeSnapshot,
  } as const);
  return { api, dispose: () => lifetime.dispose() };
}
