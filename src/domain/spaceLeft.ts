import { boundRatio, type ClaimThresholds } from './claimThresholds.ts';
import { usedBytesOf } from './freeSpace.ts';
import type { HistorySample } from './historySample.ts';
import { predictLinear, type TimedValue } from './linearTrend.ts';
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
  const window = () => past()?.filter(({ atMs }) => atMs >= nowMs - pastMs && atMs <= nowMs);
  const left: SpaceLeft[] = [];
  if (capacityBytes !== undefined && availableBytes !== undefined && capacityBytes > 0) {
    const [total, free] = bytesAt(capacityBytes, availableBytes, limitBytes);
    const bounds = [boundRatio(thresholds.warning, total), boundRatio(thresholds.critical, total)] as const;
    const values = () =>
      window()?.map((each) => valueAt(each, bytesAt(each.capacityBytes, each.availableBytes, limitBytes)));
    left.push(judged({ of: 'bytes', total, free }, usedBytesOf(stats) ?? 0, bounds, values, nowMs));
  }
  if (inodes !== undefined && inodesUsed !== undefined && inodes > 0) {
    const [total, free] = inodesAt(inodes, inodesUsed, capacityBytes, limitBytes);
    const bounds = [thresholds.inodesWarning, thresholds.inodesCritical] as const;
    const values = () =>
      window()?.flatMap((each) =>
        each.inodes === undefined || each.inodesUsed === undefined
          ? []
          : [valueAt(each, inodesAt(each.inodes, each.inodesUsed, each.capacityBytes, limitBytes))],
      );
    left.push(judged({ of: 'inodes', total, free }, inodesUsed, bounds, values, nowMs));
  }
  return left;
}

function judged(
  space: Pick<SpaceLeft, 'of' | 'total' | 'free'>,
  used: number,
  [warningBelow, criticalBelow]: readonly [warning: number, critical: number],
  values: () => readonly TimedValue[] | undefined,
  nowMs: number,
): SpaceLeft {
  const ratio = space.free / space.total;
  const below = { warning: warningBelow, critical: criticalBelow };
  const critical = used > 0 && ratio < criticalBelow;
  if (!(used > 0 && ratio < warningBelow)) return { ...space, below, critical, warning: false };
  const past = values();
  if (past === undefined) return { ...space, below, critical, warning: undefined };
  const predicted = predictLinear(past, nowMs, aheadMs);
  return { ...space, below, critical, predicted, warning: predicted !== undefined && predicted < 0 };
}

type TotalAndFree = readonly [total: number, free: number];

function valueAt({ atMs }: HistorySample, [, free]: TotalAndFree): TimedValue {
  return { atMs, value: free };
}

function bytesAt(capacity: number, available: number, limit = 0): TotalAndFree {
  return limit > capacity ? [limit, limit - capacity + available] : [capacity, available];
}

function inodesAt(inodes: number, used: number, capacity = 0, limit = 0): TotalAndFree {
  const total = capacity > 0 && limit > capacity ? inodes * (limit / capacity) : inodes;
  return [total, total - used];
}
