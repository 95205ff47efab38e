import { type BudgetStatus, measureBudgets } from '../domain/budgets.ts';
import { type FreeThresholds, thresholdsFrom } from '../domain/claimThresholds.ts';
import { type ContextSettings, settingsFor } from '../domain/contextSettings.ts';
import type { AlertState } from '../domain/episode.ts';
import type { Reading } from '../domain/reading.ts';
import { budgetsOf, type Settings } from '../domain/settings.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import type { Target } from '../domain/target.ts';
import { shortContextName } from './text.ts';

export type Sort = Settings['sort'];

/** Everything a picture of the storage depends on besides the time. Views draw from this and compute nothing. */
export interface StorageView {
  readonly snapshot: StorageSnapshot;
  /** The total first, if there is a budget for it. */
  readonly budgets: readonly BudgetStatus[];
  readonly alerts: AlertState;
  /** What is used, by the UID of the claim; empty where nobody looks. */
  readonly readings: ReadonlyMap<string, Reading>;
  readonly warnAtPercent: number;
  /** Below how much free a claim is tinted. */
  readonly thresholds: FreeThresholds;
  readonly showEmptyNamespaces: boolean;
  readonly sort: Sort;
  /** What is followed was chosen in this window with Switch Context. */
  readonly pinned: boolean;
  /** The configured label of the context, if any. */
  readonly contextLabel: string | undefined;
  /** Where the extension runs when that is not the user's own machine: `WSL: Ubuntu`, `SSH: build-1`, `container`. */
  readonly remote: string | undefined;
}

/** A snapshot measured against the settings in force for its context. */
export interface MeasuredStorage {
  readonly snapshot: StorageSnapshot;
  readonly budgets: readonly BudgetStatus[];
  readonly settings: ContextSettings;
  /** The context's short name, for messages. */
  readonly contextLabel: string;
}

export function measureStorage(snapshot: StorageSnapshot, settings: Settings): MeasuredStorage {
  const contextName = snapshot.target?.contextName ?? '';
  const own = settingsFor(settings, contextName);
  return {
    snapshot,
    budgets: measureBudgets(snapshot, budgetsOf(own)),
    settings: own,
    contextLabel: shortContextName(contextName, own.label),
  };
}

/** Joins what is drawn; `pinned` is the context chosen in this window, which may not be the one that is followed. */
export function storageView(
  { snapshot, budgets, settings }: MeasuredStorage,
  alerts: AlertState,
  readings: ReadonlyMap<string, Reading>,
  { pinned, remote }: { readonly pinned: string | undefined; readonly remote: string | undefined },
): StorageView {
  const { warnAtPercent, showEmptyNamespaces, sort, label, freeWarning, freeCritical } = settings;
  return {
    snapshot,
    budgets,
    alerts,
    readings,
    warnAtPercent,
    thresholds: thresholdsFrom(freeWarning, freeCritical),
    showEmptyNamespaces,
    sort,
    pinned: isPinned(snapshot.target, pinned),
    contextLabel: label,
    remote,
  };
}

/** The demo cluster and the account of a pod are followed whatever is pinned. */
function isPinned(target: Target | undefined, pinned: string | undefined): boolean {
  return target !== undefined && target.contextName === pinned && !target.demo;
}
