import type { HistorySample } from '../domain/historySample.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** One resolution: for `keepMs` one sample in each `stepMs`, kept in blocks of `blockMs`, which end where those of the next do. */
export interface Tier {
  readonly keepMs: number;
  readonly stepMs: number;
  readonly blockMs: number;
}

/** From fine to coarse: a minute for a day, ten for two weeks, two hours for a year. Each length divides the next. */
export const tiers: readonly Tier[] = [
  { keepMs: dayMs, stepMs: minuteMs, blockMs: 2 * hourMs },
  { keepMs: 14 * dayMs, stepMs: 10 * minuteMs, blockMs: dayMs },
  { keepMs: 365 * dayMs, stepMs: 2 * hourMs, blockMs: 30 * dayMs },
];

/** A stretch of one claim's past in one resolution. */
export interface Block {
  /** Which of `tiers`. */
  readonly tier: number;
  readonly fromMs: number;
}

/** Samples from here on are kept as they came: two to four hours. */
export function recentFromMs(nowMs: number): number {
  return startOf(nowMs - 2 * hourMs, 2 * hourMs);
}

/** The block of a sample that is not recent any more; undefined for what is too old to be kept. */
export function blockOf(atMs: number, nowMs: number): Block | undefined {
  const tier = tiers.findIndex(({ blockMs, keepMs }) => startOf(atMs, blockMs) > nowMs - keepMs - blockMs);
  const blockMs = tiers[tier]?.blockMs;
  return blockMs === undefined ? undefined : { tier, fromMs: startOf(atMs, blockMs) };
}

/** Blocks of a tier that start here or before are too old for it. */
export function tooOldMs({ keepMs, blockMs }: Tier, nowMs: number): number {
  return nowMs - keepMs - blockMs;
}

/**
 * The last of each step, in ascending order of time; of two of the same time the later one in the list.
 *
 * The last and not a mean: it was so at that time, also if capacity changed, and thinning in stages is the same as at once.
 */
export function thinned(samples: readonly HistorySample[], stepMs: number): HistorySample[] {
  const kept: HistorySample[] = [];
  for (const sample of samples.toSorted((a, b) => a.atMs - b.atMs)) {
    const before = kept.at(-1);
    if (before && startOf(before.atMs, stepMs) === startOf(sample.atMs, stepMs)) kept.pop();
    kept.push(sample);
  }
  return kept;
}

/** What is to be kept of one claim's samples at such a time: the contract of every store once it has tidied up. */
export function downsampled(samples: readonly HistorySample[], nowMs: number): HistorySample[] {
  const recent = recentFromMs(nowMs);
  const stretches = Map.groupBy(samples, ({ atMs }) => (atMs >= recent ? 'recent' : blockOf(atMs, nowMs)?.tier));
  return [...stretches]
    .flatMap(([stretch, some]) => {
      if (stretch === undefined) return [];
      return thinned(some, stretch === 'recent' ? 1 : (tiers[stretch]?.stepMs ?? 1));
    })
    .sort((a, b) => a.atMs - b.atMs);
}

function startOf(atMs: number, lengthMs: number): number {
  return Math.floor(atMs / lengthMs) * lengthMs;
}
