import { boundRatio, type ClaimThresholds } from './claimThresholds.ts';
import { usedBytesOf } from './freeSpace.ts';
import type { HistorySample } from './historySample.ts';
import { LinearTrend } from './linearTrend.ts';
import type { VolumeStats } from './reading.ts';

/** kubernetes-mixin: so long a past, to look so far ahead. */
export const pastMs = 6 * 3_600_000;
export const aheadMs = 4 * 24 * 3_600_000;

/** What is left of bytes or inodes, and what the rules say of it. */
export interface SpaceLeft {
  readonly of: 'bytes' | 'inodes';
  readonly total: number;
  readonly free: number;
  /** Below which part of the total each level begins. */
  readonly below: { readonly warning: number; readonly critical: number };
  /** Free in four days if the last six hours went on; undefined where nobody asked or it cannot be said. */
  readonly predicted?: number | undefined;
  readonly critical: boolean;
  /** Undefined: the past is not known, so nobody can tell. */
  readonly warning: boolean | undefined;
}

/**
 * kubernetes-mixin's conditions for one filesystem, for bytes and, where they are counted, inodes.
 *
 * Critical: less free than the critical bound. Warning: less free than the warning bound, and none in four days by a straight
 * line through the last six hours. Neither where nothing is used. `past`: ascending, the figures now
 * included; asked for only where it matters.
 *
 * What grows by itself up to a limit has as much left as it would have at its limit, with inodes in proportion.
 */
export function spaceLeft(
  stats: VolumeStats,
  past: () => readonly HistorySample[] | undefined,
  thresholds: ClaimThresholds,
  nowMs: number,
): readonly SpaceLeft[] {
  const { capacityBytes, availableBytes, inodes, inodesUsed } = stats;
  const { limitBytes } = thresholds;
  const trendOf = (free: (sample: HistorySample) => number | undefined) => () => {
    const known = past();
    if (!known) return undefined;
    const trend = new LinearTrend(nowMs);
    for (const sample of known) {
      if (sample.atMs < nowMs - pastMs || sample.atMs > nowMs) continue;
      const value = free(sample);
      if (value !== undefined) trend.add(sample.atMs, value);
    }
    return trend;
  };
  const left: SpaceLeft[] = [];
  if (capacityBytes !== undefined && availableBytes !== undefined && capacityBytes > 0) {
    const [total, free] = bytesAt(capacityBytes, availableBytes, limitBytes);
    const bounds = [boundRatio(thresholds.warning, total), boundRatio(thresholds.critical, total)] as const;
    const trend = trendOf((each) => bytesAt(each.capacityBytes, each.availableBytes, limitBytes)[1]);
    left.push(judged({ of: 'bytes', total, free }, usedBytesOf(stats) ?? 0, bounds, trend));
  }
  if (inodes !== undefined && inodesUsed !== undefined && inodes > 0) {
    const [total, free] = inodesAt(inodes, inodesUsed, capacityBytes, limitBytes);
    const bounds = [thresholds.inodesWarning, thresholds.inodesCritical] as const;
    const trend = trendOf((each) =>
      each.inodes === undefined || each.inodesUsed === undefined
        ? undefined
        : inodesAt(each.inodes, each.inodesUsed, each.capacityBytes, limitBytes)[1],
    );
    left.push(judged({ of: 'inodes', total, free }, inodesUsed, bounds, trend));
  }
  return left;
}

/**
 * Whether so much is free that `spaceLeft` finds nothing, at a first glance: most of what is looked at is so. What grows up to a
 * limit has no less left than it has now.
 */
export function isPlenty(
  { capacityBytes, availableBytes, inodes, inodesUsed }: VolumeStats,
  { warning, critical, inodesWarning, inodesCritical }: ClaimThresholds,
): boolean {
  if (capacityBytes !== undefined && availableBytes !== undefined && capacityBytes > 0) {
    const below = Math.max(boundRatio(warning, capacityBytes), boundRatio(critical, capacityBytes));
    if (!(availableBytes / capacityBytes >= below)) return false;
  }
  if (inodes === undefined || inodesUsed === undefined || !(inodes > 0)) return true;
  return (inodes - inodesUsed) / inodes >= Math.max(inodesWarning, inodesCritical);
}

function judged(
  space: Pick<SpaceLeft, 'of' | 'total' | 'free'>,
  used: number,
  [warningBelow, criticalBelow]: readonly [warning: number, critical: number],
  trendOf: () => LinearTrend | undefined,
): SpaceLeft {
  const ratio = space.free / space.total;
  const below = { warning: warningBelow, critical: criticalBelow };
  const critical = used > 0 && ratio < criticalBelow;
  if (!(used > 0 && ratio < warningBelow)) return { ...space, below, critical, warning: false };
  const trend = trendOf();
  if (!trend) return { ...space, below, critical, warning: undefined };
  const predicted = trend.predict(aheadMs);
  return { ...space, below, critical, predicted, warning: predicted !== undefined && predicted < 0 };
}

type TotalAndFree = readonly [total: number, free: number];

function bytesAt(capacity: number, available: number, limit = 0): TotalAndFree {
  return limit > capacity ? [limit, limit - capacity + available] : [capacity, available];
}

function inodesAt(inodes: number, used: number, capacity = 0, limit = 0): TotalAndFree {
  const total = capacity > 0 && limit > capacity ? inodes * (limit / capacity) : inodes;
  return [total, total - used];
}
