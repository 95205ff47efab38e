import type { Episode } from '../domain/episode.ts';

/** Silence for one episode key over all windows. */
export interface StoredSnooze {
  readonly episodeKey: string;
  /** `total`, `namespace:NAME`, `class:NAME`. */
  readonly subject: string;
  readonly contextLabel: string;
  /** Undefined: until back to normal. */
  readonly untilMs?: number;
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
  episode: Pick<Episode, 'key' | 'subject' | 'contextLabel'>,
  untilMs: number | undefined,
): readonly StoredSnooze[] {
  const { key: episodeKey, subject, contextLabel } = episode;
  return [
    ...snoozes.filter((snooze) => snooze.episodeKey !== episodeKey),
    { episodeKey, subject, contextLabel, ...(untilMs === undefined ? {} : { untilMs }) },
  ];
}

/** Those still in force: not over, and not of an episode that has closed. */
export function inForce(
  snoozes: readonly StoredSnooze[],
  nowMs: number,
  closed: (episodeKey: string) => boolean = () => false,
): readonly StoredSnooze[] {
  const kept = snoozes.filter((snooze) =>
    snooze.untilMs === undefined ? !closed(snooze.episodeKey) : snooze.untilMs > nowMs,
  );
  return kept.length === snoozes.length ? snoozes : kept;
}

/** When the next of them ends by time; undefined when none does. */
export function nextEndMs(snoozes: readonly StoredSnooze[]): number | undefined {
  const ends = snoozes.flatMap(({ untilMs }) => (untilMs === undefined ? [] : [untilMs]));
  return ends.length === 0 ? undefined : Math.min(...ends);
}
