import type { BudgetStatus } from '../domain/budgets.ts';
import type { Settings } from '../domain/settings.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { scopeKey } from '../domain/target.ts';

export type AlertSettings = Pick<Settings, 'alertsEnabled' | 'openAfterMs' | 'closeAfterMs' | 'onBreach' | 'onNormal'>;

/** What the alerts are judged by. */
export interface AlertInput {
  readonly snapshot: StorageSnapshot;
  readonly budgets: readonly BudgetStatus[];
  readonly contextLabel: string;
  readonly settings: AlertSettings;
}

/** Windows that follow the same cluster take turns. */
export function dutyKey({ snapshot, budgets }: AlertInput): string {
  const { target, identity } = snapshot;
  if (!target || identity === undefined || budgets.length === 0) return '';
  return JSON.stringify([identity, target.contextName, scopeKey(snapshot.scope), boundsOf(budgets)]);
}

/** What a user changes by a setting, a scope or a context. */
export function subjectOf({ snapshot, budgets }: AlertInput): string {
  const chosen = budgets.map(({ budget }) => budget.explicit);
  return JSON.stringify([snapshot.target?.key, scopeKey(snapshot.scope), boundsOf(budgets), chosen]);
}

function boundsOf(budgets: readonly BudgetStatus[]): readonly string[] {
  return budgets.map(({ key, budget }) => `${key}=${budget.bytes}`);
}
