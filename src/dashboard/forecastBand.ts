import type { PanelChart } from '../presentation/protocol.ts';

export interface Corner {
  readonly atMs: number;
  readonly bytes: number;
}

/** Where the chart ends: at the latest time to full, but never more future than half of the picture. */
export function futureEndMs({ timesMs, fullMs }: PanelChart): number {
  const [first = 0, last = 0] = [timesMs[0], timesMs.at(-1)];
  const [from, to] = fullMs;
  if (from === undefined) return last;
  const longest = Math.max(last - first, 60_000);
  const wanted = to === undefined ? Math.max(from - last, 0) * 2 : to - last;
  return last + Math.min(longest, Math.max(wanted, longest / 10));
}

/**
 * The area between the steepest and the slowest way from the last sample to the capacity. With an open end it goes on, level,
 * to the end of the chart. Empty without a forecast.
 */
export function forecastBand(chart: PanelChart): readonly Corner[] {
  const { timesMs, usedBytes, capacityBytes, fullMs } = chart;
  const [atMs, used, full] = [timesMs.at(-1), usedBytes.at(-1), capacityBytes.at(-1)];
  const [from, to] = fullMs;
  if (atMs === undefined || used === undefined || full === undefined || from === undefined) return [];
  const start = { atMs, bytes: used };
  const earliest = { atMs: Math.max(atMs, from), bytes: full };
  if (to !== undefined) return [start, earliest, { atMs: Math.max(atMs, to), bytes: full }];
  const endMs = Math.max(futureEndMs(chart), earliest.atMs);
  return [start, earliest, { atMs: endMs, bytes: full }, { atMs: endMs, bytes: used }];
}
