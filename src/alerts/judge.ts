import type { Episode } from '../domain/episode.ts';
import type { AlertInput } from './alertInput.ts';

/** One look at the storage, and what the windows know together. */
export interface Look {
  readonly input: AlertInput;
  /** By key the last episode. */
  readonly accounts: ReadonlyMap<string, Episode>;
  /** Keys of which something was told, by whichever window. */
  readonly told: Iterable<string>;
  /** Wall clock, for the episodes' times. */
  readonly nowMs: number;
  /** Never goes back, for holds. */
  readonly monotonicMs: number;
  /** What is first seen now is due to the user's own change. */
  readonly userChange: boolean;
}

/** One family of alert rules, run over snapshots and time in this window. */
export interface Judge {
  /** What a user changes by a setting, a scope or a context: what is first seen under another one is due to that. */
  subjectOf(input: AlertInput): string;
  /** One more look; answers the episodes that others have to know of. */
  step(look: Look): readonly { readonly episode: Episode }[];
  /** The last look was one at live, complete data. */
  readonly observed: boolean;
  /** After how many ms time alone changes something; undefined: never. */
  readonly dueMs: number | undefined;
  /** The last episode of all that was judged in the last look. */
  readonly episodes: readonly Episode[];
  /** Whether the condition of this key was judged in the last look, and held; undefined: it was not judged. */
  holds(episodeKey: string): boolean | undefined;
}
