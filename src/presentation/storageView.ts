import type { BudgetStatus } from '../domain/budgets.ts';
import type { AlertState } from '../domain/episode.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';

export type Sort = 'name' | 'claimed';

/** Everything a picture of the storage depends on besides the time. Views draw from this and compute nothing. */
export interface StorageView {
  readonly snapshot: StorageSnapshot;
  /** The total first, if there is a budget for it. */
  readonly budgets: readonly BudgetStatus[];
  readonly alerts: AlertState;
  readonly warnAtPercent: number;
  readonly showEmptyNamespaces: boolean;
  readonly sort: Sort;
  /** Chosen in this window with Switch Context. */
  readonly pinned: boolean;
  /** The configured label of the context, if any. */
  readonly contextLabel: string | undefined;
  /** Where the extension runs when that is not the user's own machine: `WSL: Ubuntu`, `SSH: build-1`, `container`. */
  readonly remote: string | undefined;
}
