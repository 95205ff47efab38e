import type { UsageSample } from '../../src/domain/forecast.ts';

const windowMs = 6 * 3_600_000;

/**
 * `predict_linear(available[6h], …)` as Prometheus computes it (`promql/functions.go`, `linearRegression`): least squares
 * over the samples in the window, with time counted from the moment of evaluation, and the line drawn on. The answer is when
 * that line reaches 0, in ms from now: negative for a line that should have been there already, undefined for one that rises
 * or stays level, or with fewer than two samples.
 */
export function predictedFullMs(samples: readonly UsageSample[], nowMs: number): number | undefined {
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXY = 0;
  let sumXX = 0;
  for (let index = samples.length - 1; index >= 0; index--) {
    const sample = samples[index];
    if (!sample || sample.atMs <= nowMs - windowMs) break;
    const x = sample.atMs - nowMs;
    const y = sample.capacityBytes - sample.usedBytes;
    count++;
    sumX += x;
    sumY += y;
    sumXY += x * y;
    sumXX += x * x;
  }
  if (count < 2) return undefined;
  const slope = (sumXY - (sumX * sumY) / count) / (sumXX - (sumX * sumX) / count);
  const available = sumY / count - (slope * sumX) / count;
  return slope < 0 ? available / -slope : undefined;
}
