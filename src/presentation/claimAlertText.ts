import { type ClaimEvidence, type ClaimRule, isSpace, type SpaceEvidence } from '../domain/claimEvidence.ts';
import type { ClaimEpisode } from '../domain/episode.ts';
import { aheadMs } from '../domain/spaceLeft.ts';
import { cutPercent, humanBytes } from './bytes.ts';
import { age, counted, plain } from './text.ts';

/** What an alert is about: `payments/data-0`, `filesystem of payments/a and 3 more`, `volume pv-1`. */
export function alertSubject(evidence: ClaimEvidence): string {
  if (evidence.rule === 'volumeFailing') return `volume ${plain(evidence.volume.name)}`;
  const [first, ...others] = evidence.claims;
  const name = first ? plain(`${first.namespace}/${first.name}`) : '';
  if (!isSpace(evidence) || evidence.subject === 'claim') return name;
  return `filesystem of ${name}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

/** What is wrong, in two or three words: `2.4% free`, `2.4% of inodes free`, `volume lost`, `cannot grow`, `Failed`. */
export function alertState(evidence: ClaimEvidence): string {
  if (evidence.rule === 'bytes') return `${freePercent(evidence)}% free`;
  if (evidence.rule === 'inodes') return `${freePercent(evidence)}% of inodes free`;
  if (evidence.rule === 'lost') return 'volume lost';
  return evidence.rule === 'volumeFailing' ? plain(evidence.volume.phase) : 'cannot grow';
}

/** `1.2Gi of 50Gi`, `1,310 of 65,536`. */
export function freeText({ rule, free, total }: SpaceEvidence): string {
  return `${amount(rule, free)} of ${amount(rule, total)}`;
}

/** Bytes or inodes for people. */
export function amount(rule: SpaceEvidence['rule'], value: number): string {
  return rule === 'bytes' ? humanBytes(whole(value)) : whole(value).toLocaleString('en-US');
}

/** `full in 2 d at the pace of the last 6 hours`; undefined where that is not why it alerts. */
export function paceText({ level, free, predicted }: SpaceEvidence): string | undefined {
  if (level !== 'warning' || predicted === undefined || predicted >= free) return undefined;
  const leftMs = (free / (free - predicted)) * aheadMs;
  return `full ${leftMs < 60_000 ? 'at any moment' : `in ${age(leftMs)}`} at the pace of the last 6 hours`;
}

/** What a rule looks for, of many claims. */
export const ruleTexts: Readonly<Record<ClaimRule, string>> = {
  bytes: 'claims that fill up',
  inodes: 'claims that run out of inodes',
  lost: 'claims that lost their volume',
  resizeInfeasible: 'claims that cannot grow',
  volumeFailing: 'volumes that are Failed or Pending',
};

/** The sentence with which an episode begins, after its place: `is nearly full: 2.4% free (1.2Gi of 50Gi)`. */
export function beginning(evidence: ClaimEvidence): string {
  if (evidence.rule === 'lost') return 'has lost its volume';
  if (evidence.rule === 'resizeInfeasible') return 'cannot grow: its storage refuses the size that was asked for';
  if (evidence.rule === 'volumeFailing') {
    const bound = evidence.claims.map(({ namespace, name }) => plain(`${namespace}/${name}`));
    return `is ${plain(evidence.volume.phase)}${bound.length === 0 ? '' : `, with ${bound.join(', ')} on it`}`;
  }
  const pace = paceText(evidence);
  const figures = `${alertState(evidence)} (${freeText(evidence)})${pace ? `, ${pace}` : ''}`;
  const isNear = evidence.level === 'critical';
  if (evidence.rule === 'bytes') return `is ${isNear ? 'nearly full' : 'filling up'}: ${figures}`;
  return `is ${isNear ? 'nearly out' : 'running out'} of inodes: ${figures}`;
}

/** The sentence with which it ends; it claims no more than that the rule does not hold any longer. */
export function ending({ evidence, over }: Pick<ClaimEpisode, 'evidence' | 'over'>): string {
  if (over) return over === 'gone' ? 'does not exist any more' : 'is left out of alerts now';
  if (evidence.rule === 'lost') return 'is not Lost any more';
  if (evidence.rule === 'resizeInfeasible') return 'has a size again that its storage does not refuse';
  if (evidence.rule === 'volumeFailing') return `is ${plain(evidence.volume.phase)} now`;
  const figures = `${alertState(evidence)} (${freeText(evidence)})`;
  const isNear = evidence.level === 'critical';
  if (evidence.rule === 'bytes') return `is not ${isNear ? 'nearly full' : 'filling up'} any more: ${figures}`;
  return `is not ${isNear ? 'nearly out' : 'running out'} of inodes any more: ${figures}`;
}

/** `claim`, `claims`, `volume`, `filesystem`: what several episodes are about. */
export function countedSubjects(episodes: readonly ClaimEpisode[]): string {
  const kinds = new Set(episodes.map(({ subject }) => subject.slice(0, subject.indexOf(':'))));
  const [kind = 'claim'] = kinds;
  return kinds.size === 1 ? counted(episodes.length, kind) : `${episodes.length} claims and volumes`;
}

/** With one decimal, cut. */
function freePercent({ free, total }: SpaceEvidence): string {
  return cutPercent(whole(free), whole(total), 1);
}

function whole(value: number): bigint {
  return BigInt(Math.max(0, Math.floor(value)));
}
