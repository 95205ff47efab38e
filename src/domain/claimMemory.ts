import { type ClaimEvidence, isSpace, uidsOf } from './claimEvidence.ts';
import { isByBounds, keysAt } from './claimKeys.ts';
import type { ClaimObservation, ClaimRuleState, Condition, FollowedCondition } from './claimRules.ts';
import { adoptedCondition } from './conditionTrack.ts';

/** What is followed with what the windows know together of the same place, by the same bounds. */
export function withAccounts(
  followed: ClaimRuleState['followed'],
  { accounts, origin, thresholds, nowMs }: ClaimObservation,
): ClaimRuleState['followed'] {
  const keyOf = keysAt(origin);
  const start = keyOf('');
  let next: Map<string, FollowedCondition> | undefined;
  for (const [key, account] of accounts) {
    if (account.kind !== 'claim' || !key.startsWith(start)) continue;
    if (!isByBounds(key, account.evidence, thresholds)) continue;
    const known = followed.get(key);
    const track = adoptedCondition(known?.track, account, nowMs);
    if (!track || track === known?.track) continue;
    next ??= new Map(followed);
    next.set(key, { evidence: account.evidence, track, holds: known?.holds });
  }
  return next ?? followed;
}

/**
 * What was remembered of a condition that has another key now, by other bounds or as another subject: it goes on, and nothing is
 * said of that, as what is new is the name. `conditions`: all of this look, by key.
 */
export function renaming(
  before: ReadonlyMap<string, FollowedCondition>,
  conditions: ReadonlyMap<string, Condition>,
): (key: string, condition: Condition) => FollowedCondition | undefined {
  const others = new Map<string, FollowedCondition>();
  for (const [key, known] of before) {
    const { evidence } = known;
    if (!isSpace(evidence) || conditions.has(key)) continue;
    for (const name of namesOf(evidence)) if (isOpen(known) || !others.has(name)) others.set(name, known);
  }
  return (key, { subject, evidence }) => {
    if (others.size === 0 || !isSpace(evidence)) return undefined;
    const found = namesOf(evidence).flatMap((name) => others.get(name) ?? []);
    const known = found.find(isOpen) ?? found[0];
    if (!known?.track.episode) return known;
    return { ...known, track: { ...known.track, episode: { ...known.track.episode, key, subject, shown: false } } };
  };
}

/** What stays the same of a condition under each of its keys, for each of its claims. */
function namesOf(evidence: ClaimEvidence): readonly string[] {
  return uidsOf(evidence).map((uid) => `${evidence.rule} ${evidence.level} ${uid}`);
}

function isOpen({ track: { episode } }: FollowedCondition): boolean {
  return episode !== undefined && episode.closedMs === undefined;
}
