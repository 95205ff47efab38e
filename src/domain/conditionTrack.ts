import { isContinuable } from './alertTrack.ts';
import type { ClaimEvidence } from './claimEvidence.ts';
import type { ClaimEpisode } from './episode.ts';

/** One look at one condition. Without anything new there is no look: a gap changes nothing. */
export interface ConditionLook {
  readonly holds: boolean;
  readonly evidence: ClaimEvidence;
  /** For how long it has to hold before it opens an episode. */
  readonly openAfterMs: number;
  readonly closeAfterMs: number;
  /** What is new in it: the time of the figures. Not greater than in the look before: nothing, unless a clock was set back. */
  readonly stamp: number;
  /** Two looks further apart have a gap between them: time nobody watched. */
  readonly maxStepMs: number;
  readonly nowMs: number;
  readonly monotonicMs: number;
  /** What changes first with this look is due to a change of the user's own. */
  readonly byUser: boolean;
  /** The episode that would open now. */
  readonly opening: () => ClaimEpisode;
}

/** What a condition has been through. There is none while all is well. */
export interface ConditionTrack {
  readonly episode?: ClaimEpisode;
  /** Since when the opposite of the present state holds, in observed time; undefined while it does not. */
  readonly heldMs: number | undefined;
  /** The opposite was first seen after a change of the user's own: what comes of it is silent. */
  readonly byUser?: true;
  readonly stamp: number;
  readonly monotonicMs: number;
}

/** For so long there may be somebody who has not been told yet that it is over: no window was in front. */
const rememberedMs = 24 * 3_600_000;

export interface TrackStep {
  /** Undefined: nothing has to be remembered. */
  readonly track: ConditionTrack | undefined;
  readonly change?: 'opened' | 'continued' | 'closed';
}

/**
 * One look more. An episode opens after the condition has held for `openAfterMs` and closes after it has not for
 * `closeAfterMs`: time between two looks that both say so, so one look alone never does either. A condition that returns
 * within 30 minutes continues its episode.
 */
export function stepCondition(track: ConditionTrack | undefined, look: ConditionLook): TrackStep {
  const behindMs = track ? track.stamp - look.stamp : Number.NEGATIVE_INFINITY;
  if (track && behindMs >= 0 && behindMs <= look.maxStepMs) return { track };
  const { nowMs, evidence } = look;
  const open = track?.episode !== undefined && track.episode.closedMs === undefined;
  const at = { stamp: look.stamp, monotonicMs: look.monotonicMs };
  if (look.holds === open) return { track: settled(track, look, at) };
  const sinceMs = track === undefined ? 0 : Math.max(0, look.monotonicMs - track.monotonicMs);
  const first = track?.heldMs === undefined;
  const heldMs = first ? 0 : track.heldMs + (behindMs > 0 || sinceMs > look.maxStepMs ? 0 : sinceMs);
  const byUser = first ? look.byUser : track.byUser === true;
  const { episode } = track ?? {};
  if (first || heldMs < (open ? look.closeAfterMs : look.openAfterMs))
    return { track: { ...(episode ? { episode } : {}), heldMs, ...(byUser ? { byUser } : {}), ...at } };
  const told = byUser ? { shown: false } : {};
  if (open && episode) {
    const closed = { ...changed(episode, nowMs), evidence, closedMs: nowMs, ...told };
    return { track: { episode: closed, heldMs: undefined, ...at }, change: 'closed' };
  }
  if (episode && isContinuable(episode, nowMs)) {
    const { closedMs: _, over: __, ...rest } = changed(episode, nowMs);
    return { track: { episode: { ...rest, evidence }, heldMs: undefined, ...at }, change: 'continued' };
  }
  return { track: { episode: { ...look.opening(), ...told }, heldMs: undefined, ...at }, change: 'opened' };
}

/**
 * A track with what the windows know together: `account` is the last episode of its key, by whichever window.
 *
 * Where this window knows none, or less of the same, the account is right; and so it is where both opened one for themselves.
 * What was opened silently elsewhere is no news that this window has been watching for, and an older episode is history.
 */
export function adoptedCondition(
  track: ConditionTrack | undefined,
  account: ClaimEpisode,
  nowMs: number,
): ConditionTrack | undefined {
  const open = account.closedMs === undefined;
  const { episode } = track ?? {};
  // What is over for long is history, but for the window that takes it for open.
  if (!open && !isContinuable(account, nowMs) && episode?.openedMs !== account.openedMs) return track;
  if (!track) return { episode: account, heldMs: undefined, stamp: 0, monotonicMs: 0 };
  if (!episode) return open && !account.shown && track.heldMs !== undefined ? track : withEpisode(track, account);
  if (episode.openedMs === account.openedMs)
    return account.changes > episode.changes ? withEpisode(track, account) : track;
  return open || account.changedMs >= episode.changedMs ? withEpisode(track, account) : track;
}

export function changed(episode: ClaimEpisode, nowMs: number): ClaimEpisode {
  return { ...episode, changedMs: nowMs, changes: episode.changes + 1 };
}

/** A hold goes on only while what it is about stays the same. */
function withEpisode(track: ConditionTrack, account: ClaimEpisode): ConditionTrack {
  const { episode } = track;
  const wasOpen = episode !== undefined && episode.closedMs === undefined;
  if (wasOpen === (account.closedMs === undefined)) return { ...track, episode: account };
  const { stamp, monotonicMs } = track;
  return { episode: account, heldMs: undefined, stamp, monotonicMs };
}

function settled(
  track: ConditionTrack | undefined,
  { holds, evidence, nowMs }: ConditionLook,
  at: { readonly stamp: number; readonly monotonicMs: number },
): ConditionTrack | undefined {
  const { episode } = track ?? {};
  if (!episode) return undefined;
  if (holds) return { episode: { ...episode, evidence }, heldMs: undefined, ...at };
  const isRemembered = episode.closedMs !== undefined && Math.abs(nowMs - episode.closedMs) < rememberedMs;
  return isRemembered ? { episode, heldMs: undefined, ...at } : undefined;
}
