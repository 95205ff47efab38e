import { type ClaimEvidence, type ClaimRule, isSpace } from './claimEvidence.ts';
import type { ClaimObservation } from './claimRules.ts';
import { type FreeThresholds, thresholdsOf } from './claimThresholds.ts';
import type { ClaimRecord } from './records.ts';
import { isLeftOut } from './spaceConditions.ts';

/** What is looked at by different means, and so is first seen at different times. */
export type Family = 'space' | 'claims' | 'volumes';

export const allFamilies: ReadonlySet<Family> = new Set(['space', 'claims', 'volumes']);

export function familyOf(rule: ClaimRule): Family {
  if (rule === 'bytes' || rule === 'inodes') return 'space';
  return rule === 'volumeFailing' ? 'volumes' : 'claims';
}

/**
 * Whether something is still to be looked at, may only be out of sight, does not exist any more, asks to be left out, or is
 * looked at as something else.
 */
export type Standing = 'there' | 'hidden' | 'gone' | 'ignored' | 'elsewhere';

/** What has become of all that tells of a condition; what is judged under another key now keeps none. */
export function standings(
  { volumes, thresholds, isGone }: ClaimObservation,
  claims: readonly ClaimRecord[],
  isJudged: (rule: ClaimRule, uid: string) => boolean,
): (evidence: ClaimEvidence) => Standing {
  const known = new Map(claims.map((claim) => [claim.uid, claim]));
  return (evidence) => {
    if (evidence.rule === 'volumeFailing') return volumes ? 'gone' : 'there';
    const rest = evidence.claims.filter(({ uid }) => !isJudged(evidence.rule, uid));
    const there = rest.flatMap(({ uid }) => known.get(uid) ?? []);
    if (there.some((claim) => !isIgnored(claim, evidence.rule, thresholds))) return 'there';
    if (there.length > 0) return 'ignored';
    if (!rest.every(isGone)) return 'hidden';
    if (rest.length === evidence.claims.length) return 'gone';
    // What a filesystem is known by may be its volumes, which are read later.
    return isSpace(evidence) && evidence.subject === 'filesystem' && !volumes ? 'hidden' : 'elsewhere';
  };
}

function isIgnored(claim: ClaimRecord, rule: ClaimRule, thresholds: FreeThresholds): boolean {
  const own = thresholdsOf(claim, thresholds);
  return familyOf(rule) === 'space' ? isLeftOut(claim, own) : own.ignored;
}
