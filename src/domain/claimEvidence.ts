import type { ReadingSource } from './reading.ts';

/** A claim as an alert names it. */
export interface ClaimName {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export type AlertLevel = 'warning' | 'critical';

/** What is looked at: how little is free, of bytes and of inodes, and what the API server says of claims and volumes. */
export type ClaimRule = 'bytes' | 'inodes' | 'lost' | 'resizeInfeasible' | 'volumeFailing';

/** How full something is: the figures as they are judged. */
export interface SpaceEvidence {
  readonly rule: 'bytes' | 'inodes';
  readonly level: AlertLevel;
  /** A claim, or the filesystem that these claims are on, the fullest reading first. */
  readonly subject: 'claim' | 'filesystem';
  readonly claims: readonly ClaimName[];
  /** Bytes or inodes. */
  readonly total: number;
  readonly free: number;
  /** Below this part of the total, 0 to 1, the rule holds. */
  readonly belowRatio: number;
  /** Free in four days if the last six hours went on; undefined where nobody asked or it cannot be said. */
  readonly predicted?: number | undefined;
  /** Where the figures come from, and when they were taken. */
  readonly source?: ReadingSource | undefined;
  readonly atMs?: number | undefined;
}

/** What the API server says of an object. */
export type StateEvidence =
  | { readonly rule: 'lost'; readonly level: 'critical'; readonly claims: readonly ClaimName[] }
  | { readonly rule: 'resizeInfeasible'; readonly level: 'warning'; readonly claims: readonly ClaimName[] }
  | {
      readonly rule: 'volumeFailing';
      readonly level: 'critical';
      readonly volume: { readonly uid: string; readonly name: string; readonly phase: string };
      /** That are bound to it and seen here. */
      readonly claims: readonly ClaimName[];
    };

/** What shows that a condition held. */
export type ClaimEvidence = SpaceEvidence | StateEvidence;

export function isSpace(evidence: ClaimEvidence): evidence is SpaceEvidence {
  return evidence.rule === 'bytes' || evidence.rule === 'inodes';
}

/** The UIDs of what tells of a condition. */
export function uidsOf(evidence: ClaimEvidence): readonly string[] {
  return evidence.rule === 'volumeFailing' ? [evidence.volume.uid] : evidence.claims.map(({ uid }) => uid);
}

export function claimName({ namespace, name, uid }: ClaimName): ClaimName {
  return { namespace, name, uid };
}
