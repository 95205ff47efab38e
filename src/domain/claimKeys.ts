import { type ClaimEvidence, isSpace } from './claimEvidence.ts';
import type { FreeBound, FreeThresholds } from './claimThresholds.ts';
import type { EpisodeOrigin } from './episode.ts';

/*
 * Keys of episodes: PLACE RULE LEVEL BOUND SUBJECT. The place is the cluster and the context in which something is seen; the
 * bound is the general one, as windows with other settings have episodes of their own, and `-` where there is none.
 */

/** Of which condition, in one place. */
export function conditionKey(
  { rule, level }: Pick<ClaimEvidence, 'rule' | 'level'>,
  subject: string,
  thresholds: FreeThresholds,
): string {
  return `${rule} ${level} ${boundText(rule, level, thresholds)} ${subject}`;
}

/** Keys of all conditions in one place. */
export function keysAt({ identity, contextName }: EpisodeOrigin): (conditionKey: string) => string {
  const start = `${JSON.stringify([identity, contextName, 'claim'])} `;
  return (key) => start + key;
}

/** The place of a key. */
export function placeOf(key: string): string {
  return key.slice(0, key.indexOf(placeEnd) + placeEnd.length);
}

/** What a key is about, whatever is said of it: `claim UID`, `volume UID` or `filesystem …`. */
export function subjectIn(key: string): string {
  return key.slice(placeOf(key).length).split(' ').slice(3).join(' ');
}

/** Whether the key of an episode is by these general bounds. */
export function isByBounds(key: string, evidence: ClaimEvidence, thresholds: FreeThresholds): boolean {
  return !isSpace(evidence) || key === placeOf(key) + conditionKey(evidence, subjectIn(key), thresholds);
}

/** Stands nowhere else in a place: quotation marks in a name are escaped. */
const placeEnd = '"claim"] ';

function boundText(
  rule: ClaimEvidence['rule'],
  level: ClaimEvidence['level'],
  { warning, critical, inodesWarning, inodesCritical }: FreeThresholds,
): string {
  if (rule === 'bytes') return textOf(level === 'critical' ? critical : warning);
  if (rule === 'inodes') return String(level === 'critical' ? inodesCritical : inodesWarning);
  return '-';
}

function textOf(bound: FreeBound): string {
  return 'ratio' in bound ? String(bound.ratio) : `${bound.bytes}B`;
}
