import { type FreeThresholds, thresholdsOf } from './claimThresholds.ts';
import { isWatchedForSpace } from './freeSpace.ts';
import type { Reading } from './reading.ts';
import type { ClaimRecord } from './records.ts';
import { isPlenty, type SpaceLeft, spaceLeft } from './spaceLeft.ts';

export type FreeLevel = 'normal' | 'warning' | 'error';

/** How little is free, and of what. */
export interface FreeSpace {
  readonly level: FreeLevel;
  /** What is scarcer of the two. */
  readonly of: 'bytes' | 'inodes';
  /** Less than this part is free, 0 to 1; undefined while the level is normal. */
  readonly belowRatio?: number;
}

const enough: FreeSpace = { level: 'normal', of: 'bytes' };

/**
 * The worse of bytes and inodes by the bounds of alerts, those that the claim itself sets included, all strict; normal where
 * neither is known or nobody watches. Unlike an alert it waits for nothing: it says what is.
 */
export function freeSpace(claim: ClaimRecord, reading: Reading | undefined, general: FreeThresholds): FreeSpace {
  if (!reading || !isWatchedForSpace(claim, reading)) return enough;
  const own = thresholdsOf(claim, general);
  if (own.ignored) return enough;
  const thresholds = reading.subject === 'filesystem' ? { ...general, ignored: false, problems: [] } : own;
  if (isPlenty(reading, thresholds)) return enough;
  // Without a past nobody says when it will be full, and nobody asks.
  const left = spaceLeft(reading, () => undefined, thresholds, 0);
  const [scarcest] = left.toSorted((a, b) => a.free / a.total - b.free / b.total);
  return scarcest ? spaceOf(scarcest) : enough;
}

/** The level of one of the two. */
export function spaceOf({ of, free, total, below, critical }: SpaceLeft): FreeSpace {
  if (critical) return { level: 'error', of, belowRatio: below.critical };
  return free / total < below.warning ? { level: 'warning', of, belowRatio: below.warning } : { level: 'normal', of };
}
