import type { Reading } from '../domain/reading.ts';
import type { ClaimRecord, VolumeRecord } from '../domain/records.ts';
import { filesystemOf } from './filesystem.ts';
import type { Figures, Finding, Sources } from './findings.ts';
import { type Silence, whyNotReported } from './silence.ts';

/** Everything that decides the reading of one claim. */
export interface ClaimFacts {
  readonly claim: ClaimRecord;
  readonly volume: VolumeRecord | undefined;
  readonly finding: Finding | undefined;
  /** The last figures of this claim that were ever heard. */
  readonly before: Figures | undefined;
  /** The nodes it is mounted on; undefined if that is not known. */
  readonly nodes: readonly string[] | undefined;
  readonly sources: Sources;
  /** Figures of before then may be of an earlier capacity. */
  readonly settledMs: number;
  readonly nowMs: number;
}

/**
 * Figures are believed for so long. As Prometheus' own lookback; a kubelet that looks every two minutes and a poll that comes
 * every two are within it.
 */
export const freshMs = 300_000;

/** The reading of one claim; pure. What it may be is said at `ReadingQuality`. */
export function readingOf(facts: ClaimFacts): Reading {
  const { claim, finding, before, nodes } = facts;
  if (claim.volumeMode === 'Block')
    return without('block', 'A block volume has no filesystem that could be looked into.');
  if (claim.phase === 'Pending') return without('notMounted', 'It has no volume yet.');
  const heard = finding?.kind === 'figures' ? finding.figures : undefined;
  // What is heard is never of our future: the clock was set back since.
  const isAhead = before !== undefined && before.atMs - facts.nowMs > freshMs;
  const figures = isAhead ? (heard ?? before) : newer(before, heard);
  const unmounted = nodes?.length === 0;
  if (unmounted) {
    if (!figures) return without('notMounted', 'No pod mounts it.');
    return reading(facts, figures, 'notMounted', 'No pod mounts it: the figures are of when one last did.');
  }
  if (figures && Math.abs(facts.nowMs - figures.atMs) <= freshMs) return reading(facts, figures);
  if (figures) return reading(facts, figures, 'lastSeen', heard ? stuck : silenceOf(facts).reason);
  if (finding?.kind === 'ambiguous') return without('ambiguous', ambiguity(finding.labels));
  const { quality, reason } = silenceOf(facts);
  return without(quality, reason);
}

const stuck = 'It is reported, but has not been looked at since: its filesystem may not answer.';

/** Why there are no figures of now. */
function silenceOf({ finding, nodes, sources }: ClaimFacts): Silence {
  if (finding?.kind === 'ambiguous') return { quality: 'notReported', reason: ambiguity(finding.labels) };
  if (finding?.kind === 'unsupported')
    return { quality: 'notReported', reason: 'Its driver does not report how much is used.' };
  return whyNotReported(nodes, sources);
}

function ambiguity(labels: readonly string[]): string {
  const by = labels.length === 0 ? '' : ` They differ in ${labels.slice(0, 5).join(', ')}.`;
  return `Several series of the Prometheus match it: add a matcher.${by}`;
}

/** Figures with a quality and a reason, or by default those of the filesystem they are of. */
function reading(
  { claim, volume, settledMs }: ClaimFacts,
  { stats, source, atMs }: Figures,
  quality?: 'notMounted' | 'lastSeen',
  why?: string,
): Reading {
  const { kind, reason } = filesystemOf(claim, volume, stats, atMs >= settledMs);
  const ofFilesystem = { own: 'measured', shared: 'sharedFilesystem', notGrown: 'filesystemNotGrown' } as const;
  return {
    quality: quality ?? ofFilesystem[kind],
    subject: kind === 'shared' ? 'filesystem' : 'claim',
    source,
    atMs,
    reason: [why, reason].filter(Boolean).join(' '),
    ...stats,
  };
}

function without(quality: Reading['quality'], reason: string): Reading {
  return { quality, subject: 'claim', reason };
}

function newer(a: Figures | undefined, b: Figures | undefined): Figures | undefined {
  return a && b ? (b.atMs >= a.atMs ? b : a) : (b ?? a);
}
