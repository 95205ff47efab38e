import type { UsageSample } from './forecast.ts';

/** What was once read of a filesystem, as it is kept: whole seconds, whole bytes; undefined for what was not told. */
export interface HistorySample {
  readonly atMs: number;
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly usedBytes?: number | undefined;
  readonly inodes?: number | undefined;
  readonly inodesUsed?: number | undefined;
}

/** What was read of the claim with this UID in the last hours, ascending; undefined while that is not known. */
export type Past = (uid: string) => readonly HistorySample[] | undefined;

/** As the forecast wants it: what root keeps for itself counts as used. */
export function usageSampleOf({ atMs, capacityBytes, availableBytes }: HistorySample): UsageSample {
  return { atMs, capacityBytes, usedBytes: capacityBytes - availableBytes };
}

/** As it is kept; undefined for what cannot be: no time, no capacity, more available than there is. */
export function keptSample(sample: HistorySample): HistorySample | undefined {
  const { capacityBytes, availableBytes } = sample;
  const atMs = Math.floor(sample.atMs / 1000) * 1000;
  if (!(Number.isSafeInteger(atMs) && atMs >= 0 && isSize(capacityBytes) && isSize(availableBytes))) return undefined;
  if (capacityBytes === 0 || availableBytes > capacityBytes) return undefined;
  return {
    atMs,
    capacityBytes: Math.round(capacityBytes),
    availableBytes: Math.round(availableBytes),
    usedBytes: counted(sample.usedBytes),
    inodes: counted(sample.inodes),
    inodesUsed: counted(sample.inodesUsed),
  };
}

function counted(value: number | undefined): number | undefined {
  return isSize(value) ? Math.round(value) : undefined;
}

/** Kubernetes counts in int64. */
function isSize(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value < 2 ** 63;
}
