import { medianOf, type Point, quantileOf } from './robustSlope.ts';
import { blocksOf } from './usageBlocks.ts';

/** What a day does every day, beside its growth. */
export interface DailySeason {
  /** How far from the day's line such a moment is. */
  readonly at: (atMs: number) => number;
  readonly highest: number;
  /** How far days differ from one another. */
  readonly spread: number;
}

const hourMs = 3_600_000;
const hours = 24;
const dayMs = hours * hourMs;
/** More days make the season no clearer, and forget nothing. */
const mostDays = 7;
/** Of the hours of a day so many have to be known in both of two days. */
const fewestHours = 16;
const likenessRatio = 0.7;
/** A season that moves less than this part of the capacity is none. */
const leastRatio = 0.004;

/**
 * The daily pattern of the days that end at the latest point, undefined with fewer than two of them or if two days in turn are
 * not alike: the correlation of their hours, each day's growth taken off, is below 0.7. Days of plain noise come there
 * once in many thousands; days that bend (growth that sets in, or gathers pace) are mirror images and correlate negatively.
 */
export function dailySeasonOf(points: readonly Point[]): DailySeason | undefined {
  const latest = points.at(-1);
  const first = points[0];
  if (!latest || !first) return undefined;
  const count = Math.min(mostDays, Math.floor((latest.atMs - first.atMs) / dayMs + 0.01));
  if (count < 2) return undefined;
  const startMs = latest.atMs - count * dayMs;
  const days = Array.from({ length: count }, () => new Map<number, number>());
  for (const block of blocksOf(points, startMs, latest.atMs, hourMs)) {
    const hour = Math.min(count * hours - 1, Math.max(0, Math.floor((block.atMs - startMs) / hourMs)));
    days[Math.floor(hour / hours)]?.set(hour % hours, block.value);
  }
  const level = withoutGrowth(days);
  const [last, before] = [level.at(-1), level.at(-2)];
  if (!last || !before || likeness(last, before) < likenessRatio) return undefined;
  const profile = Array.from({ length: hours }, (_, hour) => medianOf(level.flatMap((day) => day.get(hour) ?? [])));
  const highest = Math.max(...profile);
  if (highest - Math.min(...profile) < leastRatio) return undefined;
  const off = level.flatMap((day) => [...day].map(([hour, value]) => Math.abs(value - (profile[hour] ?? 0))));
  return {
    at: (atMs) => between(profile, (atMs - startMs) / hourMs - 0.5),
    highest,
    spread: 2 * quantileOf(off, 0.95),
  };
}

/** Days around the line that goes from one day's mean to the next, and on at both ends. */
function withoutGrowth(days: readonly ReadonlyMap<number, number>[]): Map<number, number>[] {
  const means = days.map((day) => [...day.values()].reduce((sum, value) => sum + value, 0) / Math.max(1, day.size));
  return days.map((day, index) => {
    const mean = means[index] ?? 0;
    const lineAt = (hour: number) => {
      const part = (hour + 0.5) / hours - 0.5;
      const near = means[part < 0 ? index - 1 : index + 1];
      const opposite = means[part < 0 ? index + 1 : index - 1] ?? mean;
      const step = near === undefined ? mean - opposite : near - mean;
      return mean + Math.abs(part) * step;
    };
    return new Map([...day].map(([hour, value]) => [hour, value - lineAt(hour)]));
  });
}

/** The correlation of two days over the hours that both know; 0 if those are too few, or nothing varies. */
function likeness(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  let count = 0;
  let [product, squareA, squareB] = [0, 0, 0];
  for (const [hour, value] of a) {
    const other = b.get(hour);
    if (other === undefined) continue;
    count++;
    product += value * other;
    squareA += value * value;
    squareB += other * other;
  }
  return count < fewestHours || squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}

/** The profile at a broken hour, on the line between its neighbours, round the clock. */
function between(profile: readonly number[], hour: number): number {
  const whole = Math.floor(hour);
  const at = (index: number) => profile[((index % hours) + hours) % hours] ?? 0;
  return at(whole) + (hour - whole) * (at(whole + 1) - at(whole));
}
