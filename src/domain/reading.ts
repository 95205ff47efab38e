/**
 * What a reading of a claim is worth.
 *
 * | quality              | means                                                                                            |
 * | -------------------- | ------------------------------------------------------------------------------------------------ |
 * | `measured`           | the filesystem of this claim alone                                                               |
 * | `sharedFilesystem`   | a whole filesystem that other claims are on too: its fullness counts, with it as the subject     |
 * | `filesystemNotGrown` | the claim's own filesystem, well below the claim's capacity (external-provisioner#485)           |
 * | `block`              | `volumeMode: Block`: there is no filesystem to look into                                         |
 * | `notMounted`         | no pod mounts it; figures are those that were read when one did                                  |
 * | `lastSeen`           | it is mounted, and has not been reported for a while (kubernetes#141350): figures are old        |
 * | `ambiguous`          | several series of a Prometheus match; never one of them                                          |
 * | `forbidden`          | whoever could tell may not be asked                                                              |
 * | `notReported`        | asked, and there is no answer for it                                                             |
 */
export type ReadingQuality =
  | 'measured'
  | 'sharedFilesystem'
  | 'filesystemNotGrown'
  | 'block'
  | 'notMounted'
  | 'lastSeen'
  | 'ambiguous'
  | 'forbidden'
  | 'notReported';

export type ReadingSource = 'kubelet' | 'prometheus';

/**
 * Figures of one filesystem as they were sent; undefined for what was not.
 *
 * Numbers, not bigints: beyond 2^53 (8 PiB: an EFS says 8 EiB) they are exact to one part in 2^53 only, which is enough for
 * what can be measured of something that large.
 */
export interface VolumeStats {
  readonly capacityBytes?: number | undefined;
  readonly availableBytes?: number | undefined;
  readonly usedBytes?: number | undefined;
  readonly inodes?: number | undefined;
  readonly inodesUsed?: number | undefined;
}

/**
 * One reading of a claim.
 *
 * Capacity and available bytes are there both or neither, and so are inodes and used inodes. `usedBytes` may differ from
 * capacity - available, by what the filesystem keeps for root for example. Without figures there is no percentage, never 0 %.
 */
export interface Reading extends VolumeStats {
  readonly quality: ReadingQuality;
  /** Whose figures these are. */
  readonly subject: 'claim' | 'filesystem';
  /** Where the figures come from; undefined without any. */
  readonly source?: ReadingSource | undefined;
  /** When the figures were taken, by the clock of whoever took them and never in our future; undefined without any. */
  readonly atMs?: number | undefined;
  /** Why it is of this quality: a sentence fit to be shown. */
  readonly reason: string;
}

/** The readings of claims, by the UID of the claim. */
export type Readings = ReadonlyMap<string, Reading>;

/** Above this nothing is a size: Kubernetes counts in int64. */
const sizeLimit = 2 ** 63;

/**
 * The figures that mean something.
 *
 * The kubelet always sends every number and sends 0 for "not supported"; a filesystem without inodes sends -1 as an unsigned
 * number, 18446744073709551615 (kubelet `pkg/apis/stats/v1alpha1/types.go` and `volume_stat_calculator.go`). So bytes are
 * known where capacity > 0 and not both used and available are 0, inodes where 0 < inodes < 2^53. More available than there
 * is, or more inodes used than there are, is no figure either.
 */
export function knownStats(sent: VolumeStats): VolumeStats {
  const { capacityBytes, availableBytes, usedBytes, inodes, inodesUsed } = sent;
  if (capacityBytes === undefined || availableBytes === undefined) return {};
  if (!(capacityBytes > 0 && capacityBytes < sizeLimit && availableBytes >= 0)) return {};
  if (availableBytes > capacityBytes) return {};
  const used = isSize(usedBytes) ? usedBytes : undefined;
  // Nothing available and no word of what is used: full or not supported, nobody can tell.
  if (availableBytes === 0 && (used ?? 0) === 0) return {};
  const bytes = { capacityBytes, availableBytes, ...(used === undefined ? {} : { usedBytes: used }) };
  const counted = isCount(inodes) && inodes > 0 && isCount(inodesUsed) && inodesUsed <= inodes;
  return counted ? { ...bytes, inodes, inodesUsed } : bytes;
}

/**
 * How full it is, 0 to 1: (capacity - available) / capacity, as Kubernetes' own dashboards say it (kubernetes-mixin), so that
 * what is kept for root counts as used. Undefined without figures.
 */
export function fullRatio({ capacityBytes, availableBytes }: VolumeStats): number | undefined {
  if (capacityBytes === undefined || availableBytes === undefined || !(capacityBytes > 0)) return undefined;
  return (capacityBytes - availableBytes) / capacityBytes;
}

/** How many of the inodes are used, 0 to 1. Undefined where the filesystem has no such bound. */
export function inodeRatio({ inodes, inodesUsed }: VolumeStats): number | undefined {
  return inodes === undefined || inodesUsed === undefined || !(inodes > 0) ? undefined : inodesUsed / inodes;
}

/** Whether there is any figure in it. */
export function hasFigures({ capacityBytes }: VolumeStats): boolean {
  return capacityBytes !== undefined;
}

function isSize(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value < sizeLimit;
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value < 2 ** 53;
}
