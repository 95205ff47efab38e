import { shareOf } from './sizes.ts';

/** Swings between 86.5 % and 108.5 %, which leaves room for single large steps on both sides. */
const wave = { middle: 0.975, amplitude: 0.11, periodMs: 6 * 60_000 };
/** On the rising side, so that the budget is crossed within the first minute. */
const firstPhase = -0.4;

/** What the cluster begins with, in relation to the budget. */
export const initialFillRatio = 0.93;

/** What is to be claimed in all, so long after the beginning. */
export function wantedBytes(budgetBytes: bigint, elapsedMs: number): bigint {
  const { middle, amplitude, periodMs } = wave;
  return shareOf(budgetBytes, middle + amplitude * Math.sin((elapsedMs / periodMs) * 2 * Math.PI + firstPhase));
}
