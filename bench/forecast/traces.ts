import { Random } from './random.ts';

/** One volume's life, a value a minute, in percent of the capacity it began with. */
export interface Trace {
  readonly kind: string;
  /** What is used; it goes on above the capacity, so that it is known when a volume would have been full. */
  readonly used: Float64Array;
  readonly capacity: Float64Array;
  /** Nobody could read it in these minutes. */
  readonly unread: (minute: number) => boolean;
  /** From this minute on what fills it could be seen. */
  readonly onsetMinute: number;
}

export const traceMinutes = 14 * 24 * 60;
const hour = 60;
const day = 24 * hour;

type Life = Partial<Omit<Trace, 'kind' | 'used'>> & { readonly usedAt: (minute: number) => number };

/** How each kind of volume lives. Whatever is drawn is drawn before the first minute, but for noise. */
const lives: Readonly<Record<string, (random: Random) => Life>> = {
  'linear, slow': (random) => {
    const line = growing(random, 5, 13);
    const noise = random.between(0.02, 0.2);
    return { usedAt: (minute) => line(minute) + random.normal(noise) };
  },
  'linear, fast': (random) => {
    const line = growing(random, 0.4, 3);
    const noise = random.between(0.02, 0.2);
    return { usedAt: (minute) => line(minute) + random.normal(noise) };
  },
  'calm, then fast': (random) => {
    const start = random.between(20, 70);
    const onsetMinute = Math.round(random.between(6, 72) * hour);
    const rate = (100 - start) / (random.between(5, 30) * hour);
    const noise = random.between(0.02, 0.2);
    return {
      onsetMinute,
      usedAt: (minute) => start + rate * Math.max(0, minute - onsetMinute) + random.normal(noise),
    };
  },
  'flat, noisy': (random) => {
    const level = random.between(50, 90);
    const noise = random.between(0.1, 0.8);
    const wander = random.between(0, 0.08);
    let drift = 0;
    return {
      usedAt: () => {
        drift = drift * 0.995 + random.normal(wander);
        return level + drift + random.normal(noise);
      },
    };
  },
  'compaction, level': (random) => teeth(random, 0),
  'compaction, growing': (random) => teeth(random, random.between(2.5, 6) / day),
  'log rotation': (random) => {
    const low = random.between(40, 70);
    const height = random.between(8, 24);
    const turn = Math.round(random.between(0, day));
    const busy = random.between(0, 0.9);
    const noise = random.between(0.02, 0.1);
    return {
      usedAt: (minute) => {
        const part = ((minute + turn) % day) / day;
        return low + height * (part - (busy * Math.sin(2 * Math.PI * part)) / (2 * Math.PI)) + random.normal(noise);
      },
    };
  },
  'bulk loads': (random) => {
    const loads = Array.from({ length: 4 }, () => ({
      start: random.between(3 * hour, 10 * day),
      minutes: random.between(0.3, 5) * hour,
      height: random.between(3, 14),
    }));
    const level = random.between(25, 40);
    const noise = random.between(0.02, 0.2);
    return {
      usedAt: (minute) =>
        loads.reduce(
          (sum, { start, minutes, height }) => sum + height * Math.min(1, Math.max(0, (minute - start) / minutes)),
          level + random.normal(noise),
        ),
    };
  },
  'restarts with gaps': (random) => {
    const line = random.between(0, 1) < 0.5 ? growing(random, 6, 12) : () => 75;
    const noise = random.between(0.02, 0.2);
    const gaps = Array.from({ length: 4 }, () => {
      const start = random.between(3 * hour, 10 * day);
      return { start, end: start + random.between(0.5, 10) * hour, lost: random.between(0, 6) };
    });
    return {
      unread: (minute) => gaps.some(({ start, end }) => minute >= start && minute < end),
      usedAt: (minute) =>
        gaps.reduce(
          (sum, { end, lost }) => sum - (minute < end ? 0 : lost * Math.max(0, 1 - (minute - end) / (3 * hour))),
          line(minute) + random.normal(noise),
        ),
    };
  },
  'daily cycle, level': (random) => {
    const cycle = daily(random, random.between(2, 9));
    const level = random.between(55, 82);
    return { usedAt: (minute) => level + cycle(minute) };
  },
  'daily cycle, growing': (random) => {
    const cycle = daily(random, random.between(1.5, 5));
    const line = growing(random, 6, 12);
    return { usedAt: (minute) => line(minute) + cycle(minute) };
  },
  resized: (random) => {
    const start = random.between(40, 60);
    const rate = random.between(6, 10) / day;
    const noise = random.between(0.02, 0.2);
    const resizeMinute = Math.round((random.between(78, 93) - start) / rate);
    const grown = random.between(115, 140);
    return {
      capacity: Float64Array.from({ length: traceMinutes }, (_, minute) => (minute < resizeMinute ? 100 : grown)),
      usedAt: (minute) => start + rate * minute + random.normal(noise),
    };
  },
  accelerating: (random) => {
    const start = random.between(20, 50);
    const end = random.between(5, 12) * day;
    const power = random.between(1.6, 3);
    const noise = random.between(0.02, 0.2);
    return { usedAt: (minute) => start + (100 - start) * (minute / end) ** power + random.normal(noise) };
  },
  falling: (random) => {
    const start = random.between(80, 96);
    const rate = random.between(0.5, 4) / day;
    const noise = random.between(0.1, 0.6);
    return { usedAt: (minute) => start - rate * minute + random.normal(noise) };
  },
  'in steps': (random) => {
    const quantum = random.between(0.5, 3);
    const grows = random.between(0, 1) < 0.5;
    const line = grows ? growing(random, 6, 13) : () => 80 + quantum / 2;
    const noise = grows ? random.between(0, 0.05) : random.between(0.05, 0.2);
    return { usedAt: (minute) => quantum * Math.floor((line(minute) + random.normal(noise)) / quantum) };
  },
};

export const kinds: readonly string[] = Object.keys(lives);

/** The same kind and seed give the same trace. */
export function traceOf(kind: string, seed: number): Trace {
  const random = new Random(seed * 7919 + kinds.indexOf(kind) * 104_729);
  const { usedAt, capacity, unread, onsetMinute } = lifeOf(kind, random);
  return {
    kind,
    used: Float64Array.from({ length: traceMinutes }, (_, minute) => Math.max(0, usedAt(minute))),
    capacity: capacity ?? new Float64Array(traceMinutes).fill(100),
    unread: unread ?? (() => false),
    onsetMinute: onsetMinute ?? 0,
  };
}

function lifeOf(kind: string, random: Random): Life {
  const life = lives[kind];
  if (!life) throw new Error(`No such kind of trace: ${kind}.`);
  return life(random);
}

/** A line from somewhere below the half to full, in so many days. */
function growing(random: Random, fromDays: number, toDays: number): (minute: number) => number {
  const start = random.between(20, 55);
  const rate = (100 - start) / (random.between(fromDays, toDays) * day);
  return (minute) => start + rate * minute;
}

/** Rises evenly and is compacted at once, every few hours, never after quite the same time. */
function teeth(random: Random, rate: number): Life {
  const low = rate > 0 ? random.between(35, 50) : random.between(55, 80);
  const height = random.between(4, 12);
  const period = random.between(3, 14) * hour;
  const noise = random.between(0.02, 0.1);
  let start = -random.between(0, period);
  let length = period;
  return {
    usedAt: (minute) => {
      if (minute >= start + length) {
        start = minute;
        length = period * random.between(0.8, 1.2);
      }
      return low + rate * minute + (height * (minute - start)) / period + random.normal(noise);
    },
  };
}

/** So much above and below, once a day, with days that differ. */
function daily(random: Random, height: number): (minute: number) => number {
  const phase = random.between(0, 2 * Math.PI);
  const noise = random.between(0.02, 0.15);
  const heights = Array.from({ length: 15 }, () => height * random.between(0.85, 1.15));
  return (minute) =>
    (heights[Math.floor(minute / day)] ?? height) * Math.sin((2 * Math.PI * minute) / day + phase) +
    random.normal(noise);
}
