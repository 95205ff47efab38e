import { nextDueMs, noRules, type RuleState, stepAlerts } from '../../src/domain/alertRules.ts';
import type { AlertEffect, RuleInput } from '../../src/domain/alertTrack.ts';
import { measureBudgets } from '../../src/domain/budgets.ts';
import type { BudgetEpisode } from '../../src/domain/episode.ts';
import { budgetsFrom, snapshotOf, type ViewSeed } from './views.ts';

export interface Scene extends ViewSeed {
  readonly userChange?: boolean;
  readonly accounts?: RuleInput['accounts'];
}

const openAfterMs = 10_000;
const closeAfterMs = 60_000;

/** Drives the alert rules through what is seen and the time between, with the delays that are the defaults: 10 s and 60 s. */
export class AlertStory {
  state: RuleState;
  nowMs = Date.UTC(2026, 0, 1);
  monotonicMs = 1_000_000;
  /** The effect of the last step that had one. */
  last: AlertEffect | undefined;
  readonly #everyday: ViewSeed;
  #input: RuleInput;

  /** What every scene has in common; without a word an explicit budget of 200Gi for all. */
  constructor(everyday: ViewSeed = {}, state: RuleState = noRules) {
    this.#everyday = everyday;
    this.state = state;
    this.#input = this.#inputOf({});
  }

  /** One step. Effects read `opened`, `opened silently`, `closed`, `closed silently`. */
  see(scene: Scene | string = {}): readonly string[] {
    this.#input = this.#inputOf(typeof scene === 'string' ? { claims: [`shop/data ${scene}`] } : scene);
    const { state, effects } = stepAlerts(this.state, this.#input);
    this.state = state;
    const news = effects.filter(({ kind }) => kind !== 'widened');
    this.last = news.at(-1) ?? this.last;
    return news.map(({ kind, notify }) => (notify ? kind : `${kind} silently`));
  }

  /** Time in which nothing is looked at. */
  pass(ms: number): this {
    this.nowMs += ms;
    this.monotonicMs += ms;
    return this;
  }

  /** Sees the same every five seconds and at the end, first after the first five seconds. Answers all effects. */
  watch(ms: number, scene: Scene | string = {}): readonly string[] {
    const effects: string[] = [];
    for (let rest = ms; rest > 0; rest -= 5000) effects.push(...this.pass(Math.min(rest, 5000)).see(scene));
    return effects;
  }

  /** Sees it now, and then for some time. */
  hold(ms: number, scene: Scene | string = {}): readonly string[] {
    return [...this.see(scene), ...this.watch(ms, scene)];
  }

  get episode(): BudgetEpisode | undefined {
    return this.last?.episode;
  }

  get dueMs(): number | undefined {
    return nextDueMs(this.state, openAfterMs, closeAfterMs, this.#input.snapshot, this.#input.budgets);
  }

  #inputOf(scene: Scene): RuleInput {
    const seed: ViewSeed = { ...this.#everyday, ...scene };
    const snapshot = snapshotOf({ ...seed, snapshot: { ...this.#everyday.snapshot, ...scene.snapshot } });
    return {
      snapshot,
      budgets: measureBudgets(snapshot, budgetsFrom(seed)),
      contextLabel: 'dev',
      accounts: scene.accounts ?? new Map(),
      nowMs: this.nowMs,
      monotonicMs: this.monotonicMs,
      openAfterMs,
      closeAfterMs,
      userChange: scene.userChange ?? false,
    };
  }
}
