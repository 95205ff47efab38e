import { type Forecast, forecastOf, type UsageSample } from '../../src/domain/forecast.ts';
import { predictedFullMs } from './predictLinear.ts';
import { type Trace, traceMinutes } from './traces.ts';

/** What one way of forecasting did on traces of one kind. Counts are hourly looks. */
export interface Score {
  /** How far off the time to full was, each as a part of the longer of given and true time; 1 where none was given. */
  readonly errors: number[];
  /** It said "full within four days", and it was not. */
  falseWarnings: number;
  /** It was full soon, and there was no warning. */
  missedWarnings: number;
}

export interface Scores {
  readonly ours: Score;
  readonly peer: Score;
  /** How often a range was given while the true time was known, and how often that lay in it. */
  ranges: number;
  hits: number;
  looks: number;
  warnableLooks: number;
}

const minuteMs = 60_000;
const day = 24 * 60;
const horizon = 4 * day;
const gibibyte = 2 ** 30;
const beganMs = Date.UTC(2026, 0, 5);

export function emptyScores(): Scores {
  const empty = () => ({ errors: [], falseWarnings: 0, missedWarnings: 0 });
  return { ours: empty(), peer: empty(), ranges: 0, hits: 0, looks: 0, warnableLooks: 0 };
}

/**
 * Looks at a trace every hour from its third on, until it is full or fewer than four days of it are left.
 *
 * True is when it would be full with the capacity it has at that look. A warning is due a day before it is full, or when a
 * third is left of the time since what fills it could be seen, whichever is later, and at each look from then on.
 */
export function scoreTrace(trace: Trace, scores: Scores): void {
  for (let now = 2 * 60; now < traceMinutes; now += 60) {
    const full = fullMinute(trace, now);
    if (full === now) break;
    if (full === undefined && now >= traceMinutes - horizon) break;
    const left = full === undefined ? Number.POSITIVE_INFINITY : full - now;
    const foreseeable = full !== undefined && now >= trace.onsetMinute;
    const due = foreseeable && left <= Math.min(day, (full - trace.onsetMinute) / 3);
    const nowMs = beganMs + now * minuteMs;
    const forecast = forecastOf(history(trace, now), nowMs);
    const ours = forecast.kind === 'full' ? forecast.likelyMs / minuteMs : undefined;
    const predicted = predictedFullMs(samplesOf(trace, Math.max(0, now - 6 * 60), now + 1, 1), nowMs);
    const peer = predicted === undefined ? undefined : Math.max(0, predicted) / minuteMs;
    scores.looks++;
    if (due) scores.warnableLooks++;
    judge(scores.ours, saysSoon(forecast), left, due);
    judge(scores.peer, peer !== undefined && peer < horizon, left, due);
    if (!foreseeable || now < trace.onsetMinute + 120) continue;
    scores.ours.errors.push(errorOf(ours, left));
    scores.peer.errors.push(errorOf(peer, left));
    if (forecast.kind !== 'full') continue;
    scores.ranges++;
    const leftMs = left * minuteMs;
    if (forecast.fromMs <= leftMs && leftMs <= (forecast.toMs ?? leftMs)) scores.hits++;
  }
}

function errorOf(given: number | undefined, left: number): number {
  return given === undefined ? 1 : Math.abs(given - left) / Math.max(given, left);
}

/** Ours warns when even the late end of the range is within four days. */
function saysSoon(forecast: Forecast): boolean {
  return forecast.kind === 'full' && forecast.toMs !== undefined && forecast.toMs <= horizon * minuteMs;
}

function judge(score: Score, warned: boolean, left: number, due: boolean): void {
  if (warned && left > horizon) score.falseWarnings++;
  if (!warned && due) score.missedWarnings++;
}

function fullMinute({ used, capacity }: Trace, now: number): number | undefined {
  const limit = capacity[now] ?? 0;
  for (let minute = now; minute < traceMinutes; minute++) if ((used[minute] ?? 0) >= limit) return minute;
  return undefined;
}

/** As the history keeps them: every ten minutes, and in the last day every minute. */
function history(trace: Trace, now: number): UsageSample[] {
  const fine = Math.max(0, Math.ceil((now - day) / 10) * 10);
  return [...samplesOf(trace, 0, fine, 10), ...samplesOf(trace, fine, now + 1, 1)];
}

function samplesOf(trace: Trace, from: number, end: number, step: number): UsageSample[] {
  const samples: UsageSample[] = [];
  for (let minute = from; minute < end; minute += step) {
    if (trace.unread(minute)) continue;
    samples.push({
      atMs: beganMs + minute * minuteMs,
      usedBytes: (trace.used[minute] ?? 0) * gibibyte,
      capacityBytes: (trace.capacity[minute] ?? 0) * gibibyte,
    });
  }
  return samples;
}
