import type { BudgetStatus } from '../domain/budgets.ts';
import type { Episode } from '../domain/episode.ts';
import type { Past } from '../domain/historySample.ts';
import type { Mine } from '../domain/mine.ts';
import type { Readings } from '../domain/reading.ts';
import type { Settings } from '../domain/settings.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { scopeKey } from '../domain/target.ts';

export type AlertSettings = Pick<
  Settings,
  'alertsEnabled' | 'openAfterMs' | 'closeAfterMs' | 'onBreach' | 'onNormal' | 'freeWarning' | 'freeCritical'
>;

/** What the alerts are judged by. */
export interface AlertInput {
  readonly snapshot: StorageSnapshot;
  readonly budgets: readonly BudgetStatus[];
  /** What is used, by the UID of the claim. */
  readonly readings: Readings;
  /** Another function when more is known. */
  readonly past: Past;
  /** About whose claims notifications are wanted: those of these namespaces. */
  readonly mine: Mine;
  /** Those of them that manifests in the workspace name, which are found after the start: that is no choice of the user's. */
  readonly named: ReadonlySet<string>;
  readonly contextLabel: string;
  readonly settings: AlertSettings;
}

/** Windows that follow the same cluster by the same bounds, for the same namespaces, take turns. */
export function dutyKey({ snapshot, budgets, settings, mine }: AlertInput): string {
  const { target, identity } = snapshot;
  if (!target || identity === undefined) return '';
  const bounds = [...boundsOf(budgets), settings.freeWarning, settings.freeCritical];
  return JSON.stringify([identity, target.contextName, scopeKey(snapshot.scope), bounds, namesOf(mine)]);
}

/** What a user changes of the budgets by a setting, a scope or a context. */
export function budgetSubjectOf({ snapshot, budgets }: AlertInput): string {
  const chosen = budgets.map(({ budget }) => budget.explicit);
  return JSON.stringify([snapshot.target?.key, scopeKey(snapshot.scope), boundsOf(budgets), chosen]);
}

/** The same of what is judged about claims. */
export function claimSubjectOf({ snapshot, settings }: AlertInput): string {
  return JSON.stringify([snapshot.target?.key, scopeKey(snapshot.scope), settings.freeWarning, settings.freeCritical]);
}

/** Whether a notification is wanted of an episode: always of a budget, of a claim in one of the namespaces. */
export function isMine(mine: Mine, episode: Episode): boolean {
  if (mine === 'all' || episode.kind === 'budget') return true;
  return episode.evidence.claims.some(({ namespace }) => mine.has(namespace));
}

function namesOf(mine: Mine): Mine | readonly string[] {
  return mine === 'all' ? mine : [...mine].sort();
}

function boundsOf(budgets: readonly BudgetStatus[]): readonly string[] {
  return budgets.map(({ key, budget }) => `${key}=${budget.bytes}`);
}
