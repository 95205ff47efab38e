import { type AlertState, type Episode, type Snooze, withoutLesser } from '../domain/episode.ts';
import type { Target } from '../domain/target.ts';
import type { Accounts } from './accounts.ts';
import { type StoredSnooze, silences } from './snoozes.ts';

/** What is over is shown for so long, and no more than so many. */
const recentMs = 7 * 24 * 3_600_000;
const mostRecent = 50;

export interface PictureParts {
  readonly target: Pick<Target, 'contextName' | 'demo'> | undefined;
  /** Of what is judged now. */
  readonly episodes: readonly Episode[];
  /** By whichever window. */
  readonly accounts: Accounts;
  /** In force. */
  readonly snoozes: readonly StoredSnooze[];
  readonly isJudged: (episodeKey: string) => boolean;
  readonly defaultSuspended: boolean;
  readonly nowMs: number;
}

/** What there is to be seen of alerts. */
export function alertPicture(parts: PictureParts): AlertState {
  const open = parts.episodes
    .filter(({ closedMs }) => closedMs === undefined)
    .toSorted((a, b) => a.openedMs - b.openedMs);
  return {
    open: withoutLesser(open),
    recent: recentOf(parts),
    snoozes: silenced(open, parts),
    defaultSuspended: parts.defaultSuspended,
  };
}

/** Whether there is nothing else to be seen. */
export function samePicture(a: AlertState, b: AlertState): boolean {
  return (
    a.defaultSuspended === b.defaultSuspended &&
    sameEpisodes(a.open, b.open) &&
    sameEpisodes(a.recent, b.recent) &&
    JSON.stringify(a.snoozes) === JSON.stringify(b.snoozes)
  );
}

/** What is silenced of all that is open, and of the budgets that are judged. */
function silenced(open: readonly Episode[], { snoozes, isJudged }: PictureParts): readonly Snooze[] {
  const until = ({ untilMs }: StoredSnooze) => (untilMs === undefined ? {} : { untilMs });
  return snoozes.flatMap((snooze) => {
    if (snooze.cover)
      return open
        .filter((episode) => silences(snooze, episode))
        .map(({ key, subject }) => ({ key, subject, ...until(snooze) }));
    const { episodeKey: key, subject } = snooze;
    return isJudged(key) ? [{ key, subject, ...until(snooze) }] : [];
  });
}

/** By whichever window; another context's are not shown under this one. */
function recentOf({ target, accounts, nowMs }: PictureParts): readonly Episode[] {
  return [...accounts.values()]
    .filter(({ contextName, demo }) => contextName === target?.contextName && demo === target.demo)
    .filter(({ closedMs }) => closedMs !== undefined && closedMs > nowMs - recentMs)
    .toSorted((a, b) => (b.closedMs ?? 0) - (a.closedMs ?? 0))
    .slice(0, mostRecent);
}

function sameEpisodes(a: readonly Episode[], b: readonly Episode[]): boolean {
  return a.length === b.length && a.every((episode, index) => episode === b[index]);
}
