import { type ClaimEvidence, type ClaimName, uidsOf } from './claimEvidence.ts';
import { keysAt } from './claimKeys.ts';
import { renaming, withAccounts } from './claimMemory.ts';
import { allFamilies, type Family, familyOf, standings } from './claimStanding.ts';
import type { FreeThresholds } from './claimThresholds.ts';
import { type ConditionTrack, changed, stepCondition, type TrackStep } from './conditionTrack.ts';
import type { ClaimEpisode, Episode, EpisodeOrigin } from './episode.ts';
import type { Past } from './historySample.ts';
import type { Reading } from './reading.ts';
import type { ClaimRecord, VolumeRecord } from './records.ts';
import { spaceConditions, spaceSubjects } from './spaceConditions.ts';
import { stateConditions } from './stateConditions.ts';

/** One look at the claims of a cluster. */
export interface ClaimObservation {
  readonly origin: EpisodeOrigin;
  /** What the windows know together: by key the last episode. */
  readonly accounts: ReadonlyMap<string, Episode>;
  /** Complete and live; undefined while they are not: nothing is judged then. */
  readonly claims: readonly ClaimRecord[] | undefined;
  /** Whether a claim that is not among `claims` does not exist, rather than being out of sight. */
  readonly isGone: (claim: ClaimName) => boolean;
  /** By claim UID. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** Of the last six hours at least. */
  readonly past: Past;
  /** By name; undefined while they are not live. */
  readonly volumes: ReadonlyMap<string, VolumeRecord> | undefined;
  /** By name, as they were read last: what a filesystem is known by does not change with the contact. */
  readonly lastVolumes: ReadonlyMap<string, VolumeRecord>;
  readonly thresholds: FreeThresholds;
  readonly closeAfterMs: number;
  readonly nowMs: number;
  /** Never goes back, for holds. */
  readonly monotonicMs: number;
  /** What is first seen now is due to a change of the user's own (setting, scope, context): it is taken over silently. */
  readonly userChange: boolean;
}

/** A condition as this look finds it. */
export interface Condition {
  /** Of level and subject; together with where it is seen that of its episodes. */
  readonly key: string;
  /** As `ClaimEpisode.subject`. */
  readonly subject: string;
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
  readonly evidence: ClaimEvidence;
  readonly track: ConditionTrack;
  /** As the last look found it; undefined where it could not tell. */
  readonly holds: boolean | undefined;
}

export interface ClaimRuleState {
  /** By the key of their episodes; empty while all is well. */
  readonly followed: ReadonlyMap<string, FollowedCondition>;
  /** What has not been seen yet since the user changed something. */
  readonly unseen: ReadonlySet<Family>;
  /** What space was judged by: as long as it is the same, nothing new can come of it. */
  readonly judgedBy?: Pick<ClaimObservation, 'readings' | 'past'>;
}

export const noClaimRules: ClaimRuleState = { followed: new Map(), unseen: new Set() };

/** An episode that others have to know of; whether it is told is in `episode.shown`. */
export interface ClaimEffect {
  readonly kind: 'opened' | 'closed';
  readonly episode: ClaimEpisode;
}

export interface ClaimRuleStep {
  readonly state: ClaimRuleState;
  readonly effects: readonly ClaimEffect[];
}

/**
 * One step of the rules about claims: pure, and unmoved by missing data.
 *
 * What cannot be judged in this look (no new reading, not mounted, volumes that are not live) is kept as it is. What is gone or
 * left out is over, silently; what is looked at as something else or by other bounds from now on goes on as that, silently; what
 * is only out of sight, in a smaller scope, is forgotten and not over. A claim recreated under its name is another one, as all
 * goes by UID.
 *
 * Critical and warning are episodes of their own, and one story. Critical is told whenever it opens or ends. Of a warning nothing
 * is said while it is critical too: not that it opens or ends beside that, nor that both end together. So what gets worse is
 * told twice (warning, critical), and what is over at one go once.
 */
export function stepClaims(previous: ClaimRuleState, observation: ClaimObservation): ClaimRuleStep {
  const { claims, nowMs, userChange } = observation;
  const before = withAccounts(previous.followed, observation);
  const unseen = userChange ? allFamilies : previous.unseen;
  if (claims === undefined) return { state: { ...previous, followed: before, unseen }, effects: [] };
  const uids = new Set([...before.values()].flatMap(({ evidence }) => uidsOf(evidence)));
  const followed = new Map<string, FollowedCondition>();
  const seen = new Set<Family>(observation.volumes ? ['claims', 'volumes'] : ['claims']);
  const changes: Change[] = [];
  const effects: ClaimEffect[] = [];
  const keyOf = keysAt(observation.origin);
  const isOld = !userChange && isJudged(previous, observation);
  const subjects = isOld ? undefined : spaceSubjects(observation, claims, uids);
  let isUnsure = false;
  const space = subjects ? spaceConditions(observation, subjects, uids) : [];
  const found = [...space, ...stateConditions(observation, claims, uids)];
  const conditions = new Map(found.map((condition) => [keyOf(condition.key), condition]));
  const renamed = renaming(before, conditions);
  for (const [key, condition] of conditions) {
    const { evidence, holds, twin } = condition;
    const known = before.get(key) ?? renamed(key, condition);
    isUnsure ||= holds === undefined;
    const { track, change }: TrackStep =
      holds === undefined
        ? { track: known?.track }
        : stepCondition(known?.track, {
            ...condition,
            holds,
            ...{ closeAfterMs: observation.closeAfterMs, nowMs, monotonicMs: observation.monotonicMs },
            byUser: unseen.has(familyOf(evidence.rule)),
            opening: () => episodeOf(key, condition, observation),
          });
    if (!track) continue;
    // What cannot be told now keeps what it was told by.
    followed.set(key, { evidence: holds === undefined && known ? known.evidence : evidence, track, holds });
    if (change) changes.push({ kind: change, key, twin: twin === undefined ? undefined : keyOf(twin) });
    else if (track.episode && !before.has(key)) effects.push({ kind: 'opened', episode: track.episode });
  }
  if (subjects?.any && !isUnsure) seen.add('space');
  effects.push(...changes.map((change) => settle(change, followed, changes)));
  effects.push(...unjudged({ before, followed, conditions, isOld }, observation, claims));
  const { readings, past } = observation;
  return { state: { followed, unseen: without(unseen, seen), judgedBy: { readings, past } }, effects };
}

function isJudged({ judgedBy }: ClaimRuleState, { readings, past }: ClaimObservation): boolean {
  return judgedBy?.readings === readings && judgedBy.past === past;
}

/** When something changes by time alone, in ms from now at the latest; undefined: only when something is seen. */
export function claimsDueMs({ followed }: ClaimRuleState): number | undefined {
  const holding = [...followed.values()].some(
    ({ evidence, track }) => familyOf(evidence.rule) !== 'space' && track.heldMs !== undefined,
  );
  return holding ? lookMs : undefined;
}

/** What is held is looked at so often: a longer silence would count as a gap. */
const lookMs = 5_000;

interface Change {
  readonly kind: 'opened' | 'continued' | 'closed';
  readonly key: string;
  readonly twin: string | undefined;
}

/** What has come of a change, once it is known what has become of its twin. */
function settle(
  { kind, key, twin }: Change,
  followed: Map<string, FollowedCondition>,
  changes: readonly Change[],
): ClaimEffect {
  const { evidence, track, holds } = followed.get(key) as FollowedCondition;
  const other = twin === undefined ? undefined : followed.get(twin)?.track.episode;
  const isOtherOpen = other !== undefined && other.closedMs === undefined;
  const episode = track.episode as ClaimEpisode;
  const endTogether = kind === 'closed' && changes.some((each) => each.key === twin && each.kind === 'closed');
  const isLesser = evidence.level === 'warning' && (isOtherOpen || endTogether);
  const told = isLesser ? { ...episode, shown: false } : episode;
  if (isLesser) followed.set(key, { evidence, track: { ...track, episode: told }, holds });
  return { kind: kind === 'closed' ? 'closed' : 'opened', episode: told };
}

/** What a look was at, and what it found. */
interface Looked {
  readonly before: ReadonlyMap<string, FollowedCondition>;
  readonly followed: Map<string, FollowedCondition>;
  /** By the keys of their episodes. */
  readonly conditions: ReadonlyMap<string, Condition>;
  /** Nothing new was read: space was not looked at. */
  readonly isOld: boolean;
}

/** Keeps what this look had nothing about, and ends what nobody will look at again. */
function unjudged(
  { before, followed, conditions, isOld }: Looked,
  observation: ClaimObservation,
  claims: readonly ClaimRecord[],
): readonly ClaimEffect[] {
  const rest = [...before].filter(([key]) => !followed.has(key));
  if (rest.length === 0) return [];
  const judged = new Set<string>();
  for (const { evidence } of conditions.values())
    for (const uid of uidsOf(evidence)) judged.add(`${evidence.rule} ${uid}`);
  const standing = standings(observation, claims, (rule, uid) => judged.has(`${rule} ${uid}`));
  const effects: ClaimEffect[] = [];
  for (const [key, condition] of rest) {
    const { evidence, track } = condition;
    const stands = standing(evidence);
    const asBefore = isOld && familyOf(evidence.rule) === 'space';
    if (stands === 'there') followed.set(key, asBefore ? condition : { ...condition, holds: undefined });
    const { episode } = track;
    if (stands === 'there' || stands === 'hidden' || !episode || episode.closedMs !== undefined) continue;
    const { nowMs } = observation;
    const closed = { ...changed(episode, nowMs), closedMs: nowMs, shown: false };
    effects.push({ kind: 'closed', episode: stands === 'elsewhere' ? closed : { ...closed, over: stands } });
  }
  return effects;
}

function episodeOf(key: string, condition: Condition, { origin, nowMs }: ClaimObservation): ClaimEpisode {
  const { contextName, contextLabel, demo } = origin;
  const { subject, evidence } = condition;
  const times = { openedMs: nowMs, changedMs: nowMs, changes: 1 };
  return { kind: 'claim', key, contextName, contextLabel, demo, subject, evidence, ...times, shown: true };
}

function without(families: ReadonlySet<Family>, seen: ReadonlySet<Family>): ReadonlySet<Family> {
  return families.size === 0 ? families : new Set([...families].filter((family) => !seen.has(family)));
}
