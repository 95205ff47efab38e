import type { Result } from './apiError.ts';
import type { HistorySample } from './historySample.ts';

/** A stretch of the past, in steps. Times in ms since the epoch, both ends included. */
export interface PastWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** Somebody who knows the past, in windows that can be read one after the other. */
export interface PastReader {
  readonly windows: readonly PastWindow[];
  /** Never rejects. */
  read(window: PastWindow): Promise<Result<ClaimsPast>>;
}

/** What is known of claims in one window of the past. */
export interface ClaimsPast {
  /** In ascending order; nothing of a claim that is not known, or of which several are. */
  of(namespace: string, name: string): readonly HistorySample[];
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** So much of the past is worth having, and how finely at best: history is kept no finer than that for so long. */
const stretches = [
  { spanMs: dayMs, stepMs: 5 * minuteMs },
  { spanMs: 14 * dayMs, stepMs: 30 * minuteMs },
] as const;
/** Values of one figure in all answers for one stretch, and in one answer: more is asked for less finely, and piece by piece. */
const mostValues = 400_000;
const mostInAnswer = 50_000;
/** Prometheus refuses more steps than 11,000. */
const mostSteps = 10_000;

/**
 * What is asked of a Prometheus so that the past of so many series is known: some windows, none of which has more in it than
 * can be read without holding up others. Times are whole steps, so that the same is asked by all and can be cached.
 */
export function pastWindows(series: number, nowMs: number): readonly PastWindow[] {
  const count = Math.max(1, series);
  return stretches.flatMap(({ spanMs, stepMs }) => {
    const coarser = Math.max(1, Math.ceil(((spanMs / stepMs) * count) / mostValues));
    return pieces(nowMs - spanMs, nowMs, stepMs * coarser, count);
  });
}

function pieces(startMs: number, endMs: number, stepMs: number, series: number): readonly PastWindow[] {
  const steps = Math.max(1, Math.min(mostSteps, Math.floor(mostInAnswer / series)));
  const windows: PastWindow[] = [];
  const last = Math.floor(endMs / stepMs) * stepMs;
  for (let fromMs = Math.ceil(startMs / stepMs) * stepMs; fromMs <= last; fromMs += steps * stepMs)
    windows.push({ fromMs, toMs: Math.min(last, fromMs + (steps - 1) * stepMs), stepMs });
  return windows;
}
