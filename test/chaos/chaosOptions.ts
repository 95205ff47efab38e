import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** How long the chaos lasts and what it is made from. */
export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
}

/** Reads `--minutes N --seed S`; two minutes and a random seed without a word. Throws an Error that says what is wrong. */
export function chaosOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--minutes takes a number above 0, at most a day.');
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error('--seed takes a whole number.');
  return { minutes, seed };
}
