import { continueWithinMs } from './alertTrack.ts';

/** What is wrong, as far as one rule looks at it. */
export interface ConditionEpisode<Evidence> {
  readonly key: string;
  readonly openedMs: number;
  readonly closedMs?: number;
  /** Of when it last held. */
  readonly evidence: Evidence;
}

/** One look at one condition. Without anything new there is no look: a gap changes nothing. */
export interface ConditionLook<Evidence> {
  readonly key: string;
  readonly holds: boolean;
  readonly evidence: Evidence;
  /** For how long it has to hold before it opens an episode. */
  readonly openAfterMs: number;
  readonly closeAfterMs: number;
  /** What is new in it: the time of the figures. Not greater than in the look before: nothing. */
  readonly stamp: number;
  /** Two looks further apart have a gap between them: time nobody watched. */
  readonly maxStepMs: number;
  readonly nowMs: number;
  readonly monotonicMs: number;
}

/** What a condition has been through. There is none while all is well. */
export interface ConditionTrack<Evidence> {
  readonly episode?: ConditionEpisode<Evidence>;
  /** Since when the opposite of the present state holds, in observed time; undefined while it does not. */
  readonly heldMs: number | undefined;
  readonly stamp: number;
  readonly monotonicMs: number;
}

export interface TrackStep<Evidence> {
  /** Undefined: nothing has to be remembered. */
  readonly track: ConditionTrack<Evidence> | undefined;
  readonly change?: 'opened' | 'continued' | 'closed';
}

/**
 * One look more. An episode opens after the condition has held for `openAfterMs` and closes after it has not for
 * `closeAfterMs`: time between two looks that both say so, so one look alone never does either. A condition that returns
 * within 30 minutes continues its episode.
 */
export function stepCondition<Evidence>(
  track: ConditionTrack<Evidence> | undefined,
  look: ConditionLook<Evidence>,
): TrackStep<Evidence> {
  if (track && look.stamp <= track.stamp) return { track };
  const open = track?.episode !== undefined && track.episode.closedMs === undefined;
  const at = { stamp: look.stamp, monotonicMs: look.monotonicMs };
  if (look.holds === open) return { track: settled(track, look, at) };
  const sinceMs = track === undefined ? 0 : Math.max(0, look.monotonicMs - track.monotonicMs);
  const first = track?.heldMs === undefined;
  const heldMs = first ? 0 : track.heldMs + (sinceMs > look.maxStepMs ? 0 : sinceMs);
  const { episode } = track ?? {};
  if (first || heldMs < (open ? look.closeAfterMs : look.openAfterMs))
    return { track: { ...(episode ? { episode } : {}), heldMs, ...at } };
  if (open && episode)
    return { track: { episode: { ...episode, closedMs: look.nowMs }, heldMs: undefined, ...at }, change: 'closed' };
  const { key, evidence, nowMs } = look;
  const continued = episode !== undefined && isRecent(episode, nowMs);
  const openedMs = continued ? episode.openedMs : nowMs;
  return {
    track: { episode: { key, openedMs, evidence }, heldMs: undefined, ...at },
    change: continued ? 'continued' : 'opened',
  };
}

function settled<Evidence>(
  track: ConditionTrack<Evidence> | undefined,
  { holds, evidence, nowMs }: ConditionLook<Evidence>,
  at: { readonly stamp: number; readonly monotonicMs: number },
): ConditionTrack<Evidence> | undefined {
  const { episode } = track ?? {};
  if (!episode) return undefined;
  if (holds) return { episode: { ...episode, evidence }, heldMs: undefined, ...at };
  return isRecent(episode, nowMs) ? { episode, heldMs: undefined, ...at } : undefined;
}

/** A closing in the future (the clock was set back) is none. */
function isRecent({ closedMs }: ConditionEpisode<unknown>, nowMs: number): boolean {
  return closedMs !== undefined && nowMs >= closedMs && nowMs - closedMs < continueWithinMs;
}
