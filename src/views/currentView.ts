import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { derive, type Signal } from '../base/signal.ts';
import type { AlertState } from '../domain/episode.ts';
import type { Reading } from '../domain/reading.ts';
import type { Settings } from '../domain/settings.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { type MeasuredStorage, measureStorage, type StorageView, storageView } from '../presentation/storageView.ts';

/** The storage measured against the settings in force; what the alerts are judged by. */
export function measuredStorage(
  snapshot: Signal<StorageSnapshot>,
  settings: Signal<Settings>,
): Signal<MeasuredStorage> & Disposable {
  return derive([snapshot, settings], () => measureStorage(snapshot.value, settings.value));
}

export interface CurrentViewParts {
  readonly measured: Signal<MeasuredStorage>;
  readonly alerts: Signal<AlertState>;
  /** By the UID of the claim. */
  readonly readings: Signal<ReadonlyMap<string, Reading>>;
  readonly pinned: Signal<string | undefined>;
  readonly remote: string | undefined;
}

/** Everything that is drawn, joined from its parts. */
export function currentView(parts: CurrentViewParts): Signal<StorageView> & Disposable {
  const { measured, alerts, readings, pinned, remote } = parts;
  return derive([measured, alerts, readings, pinned], () =>
    storageView(measured.value, alerts.value, readings.value, { pinned: pinned.value, remote }),
  );
}

/** Runs `draw` now and after every change of the view, until disposed. */
export function drawn(view: Signal<StorageView>, draw: (view: StorageView) => void): DisposableStore {
  const lifetime = new DisposableStore();
  lifetime.add(view.subscribe(draw));
  draw(view.value);
  return lifetime;
}
