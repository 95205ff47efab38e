import type { Reading, VolumeStats } from './reading.ts';
import type { ClaimRecord } from './records.ts';

/** Below so much of the bytes or inodes free, a claim is worth a warning (kubernetes-mixin `KubePersistentVolumeFillingUp`). */
export const freeWarningRatio = 0.15;
/** Below so much it is critical (same rule). */
export const freeCriticalRatio = 0.03;

/** Not a block volume, nor one that is mounted read-only by many: neither is looked at by the mixin's rules. */
export function canFillUp({ volumeMode, accessModes }: ClaimRecord): boolean {
  const readOnly = accessModes.length > 0 && accessModes.every((mode) => mode === 'ReadOnlyMany');
  return volumeMode !== 'Block' && !readOnly;
}

/**
 * Whether the mixin's rules look at a claim: not at a block volume, not at one that is mounted read-only by many and so does
 * not fill up by itself, not at one of which nothing is used (a driver without figures says 0), and, as a kubelet reports
 * mounted volumes only, not at one that no pod mounts.
 */
export function isWatchedForSpace(claim: ClaimRecord, reading: Reading): boolean {
  return (
    canFillUp(claim) &&
    reading.quality !== 'block' &&
    reading.quality !== 'notMounted' &&
    (usedBytesOf(reading) ?? 0) > 0
  );
}

/** Used bytes as they were sent, else what is not available. Undefined without figures. */
export function usedBytesOf({ usedBytes, capacityBytes, availableBytes }: VolumeStats): number | undefined {
  if (usedBytes !== undefined) return usedBytes;
  return capacityBytes === undefined || availableBytes === undefined ? undefined : capacityBytes - availableBytes;
}

/**
 * What the claim itself uses, as last heard of. Undefined where that is not known: a filesystem that others are on too tells
 * of all of them, and would be counted once for each.
 */
export function ownUsedBytes(reading: Reading | undefined): number | undefined {
  return reading?.subject === 'claim' ? usedBytesOf(reading) : undefined;
}
