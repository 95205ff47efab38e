import { knownStats, type Reading, type ReadingQuality, type ReadingSource, type Readings } from './reading.ts';
import { recordOf } from './settingForms.ts';

const qualities: readonly ReadingQuality[] = [
  ...(['measured', 'sharedFilesystem', 'filesystemNotGrown', 'block', 'notMounted'] as const),
  ...(['lastSeen', 'ambiguous', 'forbidden', 'notReported'] as const),
];
const sources: readonly ReadingSource[] = ['kubelet', 'prometheus'];

/** Readings as JSON has them; those that are none are left out. Undefined for what is no set of readings at all. */
export function readingsFromJson(value: unknown): Readings | undefined {
  const entries = recordOf(value);
  if (!entries) return undefined;
  const readings = new Map<string, Reading>();
  for (const [uid, each] of Object.entries(entries)) {
    const reading = readingFrom(each);
    if (reading) readings.set(uid, reading);
  }
  return readings;
}

function readingFrom(value: unknown): Reading | undefined {
  const fields = recordOf(value) ?? {};
  const quality = qualities.find((each) => each === fields.quality);
  const source = sources.find((each) => each === fields.source);
  const { subject, reason } = fields;
  if (!quality || (subject !== 'claim' && subject !== 'filesystem') || typeof reason !== 'string') return undefined;
  const number = (name: string) => (typeof fields[name] === 'number' ? fields[name] : undefined);
  const stats = knownStats({
    capacityBytes: number('capacityBytes'),
    availableBytes: number('availableBytes'),
    usedBytes: number('usedBytes'),
    inodes: number('inodes'),
    inodesUsed: number('inodesUsed'),
  });
  const atMs = number('atMs');
  const told = source && atMs !== undefined && stats.capacityBytes !== undefined;
  return { quality, subject, reason, ...(told ? { ...stats, source, atMs } : {}) };
}
