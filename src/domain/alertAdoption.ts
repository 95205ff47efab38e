import { isContinuable, isOpen, type Track } from './alertTrack.ts';
import type { BudgetEpisode } from './episode.ts';

/**
 * A track with what the windows know together: `account` is the last episode of its key, by whichever window.
 *
 * An open episode, or one that may yet be continued, is taken up where this window knows none; an older one is history.
 * Where it knows another, or less of the same, the account is right, except about what this window has just begun itself.
 */
export function adopted(
  track: Track | undefined,
  account: BudgetEpisode | undefined,
  nowMs: number,
  userChange: boolean,
): Track | undefined {
  if (!account) return track;
  const open = account.closedMs === undefined;
  if (!track) {
    if (open) return { episode: account, heldMs: 0, suspended: false, ...(userChange ? { pickedUp: true } : {}) };
    return isContinuable(account, nowMs) ? { episode: account, heldMs: 0, suspended: false } : undefined;
  }
  const { episode } = track;
  if (!episode || (episode.openedMs !== account.openedMs && !isOpen(track))) {
    // What a user's change made silently elsewhere is no news that this window has been watching for.
    if (open) return account.shown || track.suspended ? withAccount(track, account) : track;
    return isContinuable(account, nowMs) && !track.suspended ? { ...track, episode: account } : track;
  }
  const newer =
    episode.openedMs === account.openedMs
      ? account.changes > episode.changes
      : open || account.changedMs >= episode.changedMs;
  return newer ? withAccount(track, account) : track;
}

/** A hold goes on only while what it is about stays the same. */
function withAccount(track: Track, account: BudgetEpisode): Track {
  const same = isOpen(track) === (account.closedMs === undefined);
  if (same) return { ...track, episode: account };
  return { ...(track.seen ? { seen: track.seen } : {}), heldMs: 0, suspended: false, episode: account };
}
