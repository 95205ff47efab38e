import type { Episode } from '../domain/episode.ts';

/** What the windows know of episodes: of each key the last one. An episode is told from others of its key by when it opened. */
export type Accounts = ReadonlyMap<string, Episode>;

/** The accounts of `b`, and those of `a` that it does not have or only has an older one of the same episode of. */
export function mergeAccounts(a: Accounts, b: Accounts): Accounts {
  const merged = new Map(a);
  for (const [key, episode] of b) {
    const other = merged.get(key);
    if (!other || !isLater(other, episode)) merged.set(key, episode);
  }
  return merged;
}

/**
 * The accounts after a window has seen these.
 *
 * Windows see one breach begin a moment apart: what the first one opened stands for all of them. Only where that was silent
 * and this is news, this is it. The same object when nothing new was seen.
 */
export function keepAccounts(known: Accounts, seen: readonly Episode[]): Accounts {
  const news = seen.filter((episode) => {
    const other = known.get(episode.key);
    return !other || replaces(episode, other);
  });
  return news.length === 0 ? known : new Map([...known, ...accountsOf(news)]);
}

export function accountsOf(episodes: Iterable<Episode>): Accounts {
  return new Map([...episodes].map((episode) => [episode.key, episode]));
}

function replaces(episode: Episode, known: Episode): boolean {
  if (episode.openedMs === known.openedMs) return episode.changes > known.changes;
  if (known.closedMs !== undefined) return episode.closedMs === undefined || episode.changedMs > known.changedMs;
  return episode.closedMs === undefined && episode.shown && !known.shown;
}

function isLater(a: Episode, b: Episode): boolean {
  return a.openedMs === b.openedMs && a.changes > b.changes;
}
