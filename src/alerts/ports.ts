import type { Signal } from '../base/signal.ts';
import type { BudgetEpisode, Episode } from '../domain/episode.ts';
import type { Action } from '../domain/settings.ts';
import type { AlertMemory } from './alertMemory.ts';
import type { Claim, Ledger } from './ledger.ts';
import type { StoredSnooze } from './snoozes.ts';

/** What all windows know together: episodes, what was told of them, and what is snoozed. Never rejects. */
export interface SharedAlerts {
  readonly ledger: Signal<Ledger>;
  readonly snoozes: Signal<readonly StoredSnooze[]>;
  readonly episodes: Signal<ReadonlyMap<string, Episode>>;
  /** Begins with what this window remembers, where the windows together know nothing yet. */
  seed(memory: AlertMemory): Promise<void>;
  /** Notes deeds that are still due, and answers those that were: of several windows one gets each. */
  claim(claims: readonly Claim[]): Promise<readonly Claim[]>;
  keepEpisodes(episodes: readonly Episode[]): Promise<void>;
  changeSnoozes(change: (snoozes: readonly StoredSnooze[]) => readonly StoredSnooze[]): Promise<void>;
}

/** What outlives the window, and the storage that the windows share. */
export interface EpisodeStore {
  load(): AlertMemory | undefined;
  save(memory: AlertMemory): void;
}

/** Shows notifications; several at once become one summary. */
export interface Notifier {
  opened(episodes: readonly Episode[]): void;
  closed(episodes: readonly Episode[]): void;
}

/** Runs what `pvcwatch.onBreach` and `pvcwatch.onNormal` name. Reports its own failures. */
export interface ActionRunner {
  run(action: Action, phase: 'breach' | 'normal', episode: BudgetEpisode): void;
}
