import type { FreeSpace } from '../domain/freeLevel.ts';
import type { Reading } from '../domain/reading.ts';
import { cutPercent, exactBytes, humanBytes } from './bytes.ts';
import { markdown, percentOf } from './text.ts';

/** As they stand in a sentence. */
export const sourceNames = { kubelet: 'the kubelet', prometheus: 'Prometheus' } as const;

/**
 * How full a claim is, in a few words: `71% used`; `filesystem 71% used` (shared with others); `71% of 20Gi used` (its
 * filesystem has not grown to the claim); `last seen 71% used` and `71% used when last mounted` (figures of earlier).
 * Undefined without figures.
 *
 * There is no age in it: it stands in rows that are drawn again only when what they say has changed. The tooltip has the time.
 */
export function usageText(reading: Reading | undefined): string | undefined {
  const percent = reading && percentUsed(reading);
  if (reading === undefined || percent === undefined) return undefined;
  const notGrown = reading.quality === 'filesystemNotGrown' && reading.capacityBytes !== undefined;
  const used = notGrown ? `${percent}% of ${humanBytes(whole(reading.capacityBytes))} used` : `${percent}% used`;
  const subject = reading.subject === 'filesystem' ? 'filesystem ' : '';
  if (reading.quality === 'lastSeen') return `${subject}last seen ${used}`;
  return `${subject}${used}${reading.quality === 'notMounted' ? ' when last mounted' : ''}`;
}

/** (capacity - available) / capacity in percent, cut and never rounded up; undefined without figures. */
export function percentUsed({ capacityBytes, availableBytes }: Reading): string | undefined {
  if (capacityBytes === undefined || availableBytes === undefined || !(capacityBytes > 0)) return undefined;
  return cutPercent(BigInt(Math.trunc(capacityBytes - availableBytes)), BigInt(Math.ceil(capacityBytes)), 0);
}

/** Why a claim is marked as filling up, as a sentence; undefined where it is not. */
export function fillingUpText({ level, of, belowRatio }: FreeSpace, reading: Reading | undefined): string | undefined {
  if (level === 'normal' || !reading || belowRatio === undefined) return undefined;
  const subject = reading.subject === 'filesystem' ? `the ${of} of its filesystem` : `its ${of}`;
  return `Filling up: less than ${percentOf(belowRatio)} of ${subject} ${reading.quality === 'lastSeen' ? 'were free when last seen' : 'are free'}`;
}

/** What a tooltip tells of the use of a claim, in Markdown; nothing where nobody has looked. */
export function usageFacts(reading: Reading | undefined): readonly string[] {
  if (!reading) return [];
  const facts: string[] = [];
  const { capacityBytes, availableBytes, usedBytes, inodes, inodesUsed, source, atMs } = reading;
  const percent = percentUsed(reading);
  if (capacityBytes !== undefined && availableBytes !== undefined && percent !== undefined) {
    const used = usedBytes === undefined ? 'unknown' : size(usedBytes);
    facts.push(`- used: ${used}`, `- filesystem: ${percent}% of ${size(capacityBytes)}, ${size(availableBytes)} free`);
    facts.push(`- inodes: ${inodesText(inodes, inodesUsed)}`);
  }
  if (source !== undefined && atMs !== undefined) facts.push(`- read: ${timeText(atMs)} from ${sourceNames[source]}`);
  const parts = facts.length === 0 ? [] : [facts.join('\n')];
  const reason = markdown(reading.reason);
  if (reason !== '') parts.push(percent === undefined ? `Used: unknown. ${reason}` : reason);
  if (percent !== undefined)
    parts.push("Percent is (capacity - available) / capacity, as Kubernetes' own dashboards count it.");
  return parts;
}

function inodesText(inodes: number | undefined, inodesUsed: number | undefined): string {
  if (inodes === undefined || inodesUsed === undefined) return 'no bound';
  return `${inodesUsed.toLocaleString('en-US')} of ${inodes.toLocaleString('en-US')} used`;
}

function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function size(bytes: number): string {
  return markdown(exactBytes(whole(bytes)));
}

function whole(bytes: number): bigint {
  return BigInt(Math.trunc(bytes));
}
