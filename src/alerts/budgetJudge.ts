import { episodeKey, nextDueMs, noRules, type RuleState, stepAlerts } from '../domain/alertRules.ts';
import type { AlertEffect } from '../domain/alertTrack.ts';
import type { BudgetStatus } from '../domain/budgets.ts';
import type { Episode } from '../domain/episode.ts';
import { type AlertInput, budgetSubjectOf } from './alertInput.ts';
import type { Judge, Look } from './judge.ts';

/** Judges what is claimed by the budgets. */
export class BudgetJudge implements Judge {
  #rules: RuleState;
  #input: AlertInput | undefined;
  /** What was judged last, by the key of its episodes. */
  #statuses: ReadonlyMap<string, BudgetStatus> = new Map();

  /** `told`: keys of which something was told before this window. */
  constructor(told: Iterable<string>) {
    this.#rules = { ...noRules, told: new Set(told) };
  }

  subjectOf(input: AlertInput): string {
    return budgetSubjectOf(input);
  }

  step({ input, told, accounts, nowMs, monotonicMs, userChange }: Look): readonly AlertEffect[] {
    const { snapshot, budgets, contextLabel, settings } = input;
    const { openAfterMs, closeAfterMs } = settings;
    const { state, effects } = stepAlerts(
      { ...this.#rules, told: new Set([...this.#rules.told, ...told]) },
      { accounts, snapshot, budgets, contextLabel, nowMs, monotonicMs, openAfterMs, closeAfterMs, userChange },
    );
    this.#rules = state;
    this.#input = input;
    this.#statuses = new Map(budgets.map((status) => [episodeKey(snapshot, status), status]));
    return effects;
  }

  get observed(): boolean {
    return this.#rules.observedMs !== undefined;
  }

  get dueMs(): number | undefined {
    if (!this.#input) return undefined;
    const { snapshot, budgets, settings } = this.#input;
    return nextDueMs(this.#rules, settings.openAfterMs, settings.closeAfterMs, snapshot, budgets);
  }

  get episodes(): readonly Episode[] {
    return [...this.#statuses.keys()].flatMap((key) => this.#rules.tracks.get(key)?.episode ?? []);
  }

  holds(key: string): boolean | undefined {
    return this.#statuses.get(key)?.breached;
  }

  /** The built-in default budget was already exceeded when it was first looked at, and is not judged. */
  get defaultSuspended(): boolean {
    for (const [key, status] of this.#statuses)
      if (status.key === 'total' && status.breached) return this.#rules.tracks.get(key)?.suspended ?? false;
    return false;
  }
}
