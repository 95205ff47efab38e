/** A claim's volume at one moment, as far as its usage depends on it. */
export interface VolumeFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The capacity that the claim began with: what is in a volume does not change when the volume grows. */
  readonly firstBytes: number;
  readonly capacityBytes: number;
  /** Since the claim was first seen bound. */
  readonly elapsedMs: number;
}

/** What a filesystem says of itself, under the names that the kubelet gives it. */
export interface FilesystemFigures {
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  readonly inodes: number;
  readonly inodesFree: number;
  readonly inodesUsed: number;
}

type Character = 'fills' | 'compacts' | 'shrinks' | 'crashes' | 'outgrows' | 'notGrown' | 'noInodes' | 'calm';

/** All but the last two are of claims so large that they stay for as long as the cluster does. */
const characters: ReadonlyMap<string, Character> = new Map([
  ['payments/data-ledger-0', 'fills'],
  ['monitoring/db-prometheus-0', 'compacts'],
  ['analytics/data-clickhouse-0', 'shrinks'],
  ['search/data-opensearch-data-2', 'crashes'],
  ['checkout/data-postgres-0', 'outgrows'],
  ['monitoring/storage-loki-1', 'notGrown'],
  ['catalog/data-mongo-0', 'noInodes'],
]);

const tebi = 1024 ** 4;
const sharedBytes = 4 * tebi;
const bytesPerInode = 16_384;
/** -1 as an unsigned number: 18446744073709551615, which as a double is 2^64. */
const noInodes = 2 ** 64;
/** What a filesystem leaves of its volume. */
const netRatio = 0.98;
const notGrownRatio = 0.6;
/** Above this nothing can be written any more. */
const fullRatio = 0.995;

/** What a volume is meant to show. */
export function characterOf({ namespace, name }: Pick<VolumeFacts, 'namespace' | 'name'>): Character {
  return characters.get(`${namespace}/${name}`) ?? 'calm';
}

/**
 * What is used of a volume that has a filesystem of its own; a pure function of the volume and of time, without jumps.
 *
 * Used is never above capacity, and the same number of bytes whatever the volume has grown to.
 */
export function usageOf(volume: VolumeFacts): FilesystemFigures {
  const character = characterOf(volume);
  const share = character === 'notGrown' ? notGrownRatio : netRatio;
  const used = usedRatio(character, volume.elapsedMs / 60_000, seedOf(volume.uid));
  const figures = filesystem(volume.capacityBytes * share, volume.firstBytes * share, used);
  return character === 'noInodes' ? { ...figures, inodes: noInodes, inodesFree: noInodes, inodesUsed: 0 } : figures;
}

/** The one filesystem that all shared volumes are folders of. */
export function sharedUsage(elapsedMs: number): FilesystemFigures {
  return filesystem(sharedBytes, sharedBytes, 0.62 + 0.02 * wave(elapsedMs / 60_000, 30));
}

/** Whether the pods of a volume can no longer write, and those that do not survive that. */
export function isFull({ capacityBytes, usedBytes }: FilesystemFigures): boolean {
  return capacityBytes > 0 && usedBytes >= Math.floor(capacityBytes * fullRatio);
}

/** By minutes: `fills` is beyond 85 % after one and beyond 97 % after two and a half, `crashes` is full after four. */
function usedRatio(character: Character, minutes: number, seed: number): number {
  switch (character) {
    case 'fills':
      return Math.min(0.99, 0.79 + 0.08 * minutes);
    case 'crashes':
      return Math.min(1, 0.9 + 0.025 * minutes);
    case 'outgrows':
      return Math.min(0.95, 0.74 + 0.05 * minutes);
    case 'shrinks':
      return 0.3 + 0.5 * Math.exp(-minutes / 10);
    case 'compacts':
      return 0.42 + 0.3 * sawTooth(minutes / 5);
    default:
      return 0.1 + 0.5 * seed + 0.01 * wave(minutes, 20 + 20 * seed);
  }
}

/** From 0 to 1 in nine tenths of a period, and back in the last. */
function sawTooth(periods: number): number {
  const phase = periods % 1;
  return phase < 0.9 ? phase / 0.9 : (1 - phase) * 10;
}

function wave(minutes: number, periodMinutes: number): number {
  return Math.sin((minutes / periodMinutes) * 2 * Math.PI);
}

function filesystem(bytes: number, firstBytes: number, ratio: number): FilesystemFigures {
  const capacityBytes = Math.floor(bytes);
  const usedBytes = Math.min(capacityBytes, Math.floor(firstBytes * ratio));
  const inodes = Math.floor(bytes / bytesPerInode);
  const inodesUsed = Math.min(inodes, Math.floor((firstBytes / bytesPerInode) * ratio * 0.3));
  const [availableBytes, inodesFree] = [capacityBytes - usedBytes, inodes - inodesUsed];
  return { capacityBytes, availableBytes, usedBytes, inodes, inodesFree, inodesUsed };
}

/** A number from 0 to below 1 that a text stands for (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
