import type { Episode } from '../domain/episode.ts';

/** Silence for one episode key over all windows. */
export interface StoredSnooze {
  readonly episodeKey: string;
  /** Of the episode it was set in. */
  readonly openedMs: number;
  /** When it was set. */
  readonly atMs: number;
  /** `total`, `namespace:NAME`, `class:NAME`. */
  readonly subject: string;
  readonly contextLabel: string;
  /** Undefined: until back to normal. */
  readonly untilMs?: number;
}

/** What has to be known of an episode to silence it. */
export type SnoozableEpisode = Pick<Episode, 'key' | 'openedMs' | 'subject' | 'contextLabel'>;

/** Whether a command was given something that can be silenced: key bindings and other extensions may pass anything. */
export function isSnoozable(value: unknown): value is SnoozableEpisode {
  if (typeof value !== 'object' || value === null) return false;
  if (!('key' in value && 'openedMs' in value && 'subject' in value && 'contextLabel' in value)) return false;
  const { key, openedMs, subject, contextLabel } = value;
  return typeof openedMs === 'number' && [key, subject, contextLabel].every((text) => typeof text === 'string');
}

export type SnoozeLength = 'hour' | 'today' | 'untilNormal';

const hourMs = 3_600_000;

/** When a snooze that begins now ends; `today` is until the next local midnight. */
export function snoozeEnd(length: SnoozeLength, nowMs: number): number | undefined {
  if (length === 'untilNormal') return undefined;
  if (length === 'hour') return nowMs + hourMs;
  const midnight = new Date(nowMs);
  midnight.setHours(24, 0, 0, 0);
  return midnight.getTime();
}

/** The snoozes with this one in the place of an older one of the same episode key. */
export function withSnooze(
  snoozes: readonly StoredSnooze[],
  episode: SnoozableEpisode,
  atMs: number,
  untilMs: number | undefined,
): readonly StoredSnooze[] {
  const { key: episodeKey, openedMs, subject, contextLabel } = episode;
  return [
    ...snoozes.filter((snooze) => snooze.episodeKey !== episodeKey),
    { episodeKey, openedMs, atMs, subject, contextLabel, ...(untilMs === undefined ? {} : { untilMs }) },
  ];
}

/** Those still in force by the time and by what the windows know of the episodes: not over, and not of an episode that has closed. */
export function inForce(
  snoozes: readonly StoredSnooze[],
  nowMs: number,
  accounts: ReadonlyMap<string, Episode> = new Map(),
): readonly StoredSnooze[] {
  const kept = snoozes.filter((snooze) =>
    snooze.untilMs === undefined ? !hasEnded(snooze, accounts.get(snooze.episodeKey)) : snooze.untilMs > nowMs,
  );
  return kept.length === snoozes.length ? snoozes : kept;
}

function hasEnded({ openedMs }: StoredSnooze, account: Episode | undefined): boolean {
  return account !== undefined && (account.openedMs !== openedMs || account.closedMs !== undefined);
}

/** When the next of them ends by time; undefined when none does. */
export function nextEndMs(snoozes: readonly StoredSnooze[]): number | undefined {
  const ends = snoozes.flatMap(({ untilMs }) => (untilMs === undefined ? [] : [untilMs]));
  return ends.length === 0 ? undefined : Math.min(...ends);
}
