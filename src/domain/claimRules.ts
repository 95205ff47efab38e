import { type FreeThresholds, thresholdsOf } from './claimThresholds.ts';
import { type ConditionEpisode, type ConditionTrack, stepCondition } from './conditionTrack.ts';
import type { HistorySample } from './historySample.ts';
import type { Reading } from './reading.ts';
import type { ClaimRecord, VolumeRecord } from './records.ts';
import { isLeftOut, type SpaceEvidence, spaceConditions } from './spaceConditions.ts';
import { type StateEvidence, stateConditions } from './stateConditions.ts';

/** What shows that a condition held. */
export type ClaimEvidence = SpaceEvidence | StateEvidence;
export type ClaimEpisode = ConditionEpisode<ClaimEvidence>;

/** One look at the claims of a cluster. */
export interface ClaimObservation {
  /** Complete and live; undefined while they are not: nothing is judged then. */
  readonly claims: readonly ClaimRecord[] | undefined;
  /** By claim UID. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** What was read of a claim in the last six hours, ascending; undefined while that is not known. */
  readonly past: (uid: string) => readonly HistorySample[] | undefined;
  /** By name; undefined while they are not live. */
  readonly volumes: ReadonlyMap<string, VolumeRecord> | undefined;
  readonly thresholds: FreeThresholds;
  readonly closeAfterMs: number;
  readonly nowMs: number;
  /** Never goes back, for holds. */
  readonly monotonicMs: number;
}

/** A condition as this look finds it. */
export interface Condition {
  readonly key: string;
  readonly rule: 'bytes' | 'inodes' | StateEvidence['rule'];
  /** The UIDs of the claims, or of the volume, that tell of it. */
  readonly about: readonly string[];
  readonly evidence: ClaimEvidence;
  /** Undefined: this look cannot tell. */
  readonly holds: boolean | undefined;
  readonly openAfterMs: number;
  /** The time of its figures. */
  readonly stamp: number;
  readonly maxStepMs: number;
  /** The key of the condition that says more of the same thing, or less. */
  readonly twin?: string;
}

/** What is remembered of one condition. */
export interface FollowedCondition {
  readonly rule: Condition['rule'];
  readonly about: readonly string[];
  readonly track: ConditionTrack<ClaimEvidence>;
}

/** By key; empty while all is well. */
export type ClaimRuleState = ReadonlyMap<string, FollowedCondition>;

export interface ClaimEffect {
  readonly kind: 'opened' | 'closed';
  readonly episode: ClaimEpisode;
  readonly notify: boolean;
}

export interface ClaimRuleStep {
  readonly state: ClaimRuleState;
  readonly effects: readonly ClaimEffect[];
}

/**
 * One step of the rules about claims: pure, and unmoved by missing data.
 *
 * What cannot be judged in this look (no new reading, not mounted, volumes that are not live) is kept as it is. What is not
 * looked at any more (the claim is gone or left out) is forgotten silently, as a smaller scope looks the same. A claim
 * recreated under its name is another one, as all goes by UID.
 *
 * Critical and warning are episodes of their own, and one story: critical is always told when it opens; a warning that opens
 * beside an open critical is not, nor is the end of the one while the other is open. So what gets worse is told twice
 * (warning, critical), and what is over once.
 */
export function stepClaims(previous: ClaimRuleState, observation: ClaimObservation): ClaimRuleStep {
  const { claims, closeAfterMs, nowMs, monotonicMs } = observation;
  if (claims === undefined) return { state: previous, effects: [] };
  const followed = new Set([...previous.values()].flatMap(({ about }) => about));
  const state = new Map<string, FollowedCondition>();
  const judged = new Set<string>();
  const changes: Change[] = [];
  const conditions = [...spaceConditions(observation, claims), ...stateConditions(observation, claims, followed)];
  for (const { key, rule, about, holds, twin, ...look } of conditions) {
    const before = previous.get(key);
    for (const uid of about) judged.add(`${rule} ${uid}`);
    if (holds === undefined) {
      if (before) state.set(key, before);
      continue;
    }
    const { track, change } = stepCondition(before?.track, { key, holds, closeAfterMs, nowMs, monotonicMs, ...look });
    if (track) state.set(key, { rule, about, track });
    if (change && track?.episode) changes.push({ kind: change, episode: track.episode, twin });
  }
  const present = presentOf(observation, claims, followed);
  for (const [key, condition] of previous) {
    const { rule, about } = condition;
    const isGap = about.some((uid) => present(rule, uid) && !judged.has(`${rule} ${uid}`));
    if (isGap && !state.has(key)) state.set(key, condition);
  }
  return { state, effects: changes.map((change) => effectOf(change, state)) };
}

interface Change {
  readonly kind: 'opened' | 'continued' | 'closed';
  readonly episode: ClaimEpisode;
  readonly twin: string | undefined;
}

function effectOf({ kind, episode, twin }: Change, state: ClaimRuleState): ClaimEffect {
  const other = twin === undefined ? undefined : state.get(twin)?.track.episode;
  const isOtherOpen = other !== undefined && other.closedMs === undefined;
  if (kind === 'closed') return { kind, episode, notify: !isOtherOpen };
  const notify = kind === 'opened' && (episode.evidence.level === 'critical' || !isOtherOpen);
  return { kind: 'opened', episode, notify };
}

/** Whether something is still to be looked at by a rule, of all that is followed. */
function presentOf(
  { volumes, thresholds }: ClaimObservation,
  claims: readonly ClaimRecord[],
  followed: ReadonlySet<string>,
): (rule: Condition['rule'], uid: string) => boolean {
  const known = new Map(claims.filter(({ uid }) => followed.has(uid)).map((claim) => [claim.uid, claim]));
  return (rule, uid) => {
    if (rule === 'volumeFailing') return volumes === undefined;
    const claim = known.get(uid);
    return claim !== undefined && !isLeftOut(claim, thresholdsOf(claim, thresholds));
  };
}
