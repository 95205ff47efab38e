import type { HistorySample } from '../domain/historySample.ts';
import { knownStats, type VolumeStats } from '../domain/reading.ts';
import { claimKey, seriesKeys, type volumeMetrics } from './claimSeries.ts';
import { arrayAt, objectAt, objectOf, textAt } from './json.ts';
import { labelsOf } from './prometheusAnswer.ts';

export type PastFigure = keyof typeof volumeMetrics;
export const pastFigures: readonly PastFigure[] = [
  'capacityBytes',
  'availableBytes',
  'usedBytes',
  'inodes',
  'inodesUsed',
];

type Figures = { -readonly [F in PastFigure]?: number };
/** By time in seconds. */
type Mount = Map<number, Figures>;

const valuesAStep = 500;

/**
 * Puts the answers of a Prometheus to `query_range` together by claim.
 *
 * As with what it says of now: series that differ in more than where the volume is mounted are of several clusters, and of a
 * claim that has such nothing is taken. Of several mounts at one time the first that is complete counts: they are of one volume.
 */
export class ClaimRangesReader {
  readonly #claims = new Map<string, Map<string, Map<string, Mount>>>();

  /** Reads the answer to one figure, in steps. What is wrong with it is the last value; undefined for nothing. */
  *adding(figure: PastFigure, value: unknown): Generator<void, string | undefined> {
    const answer = objectOf(value);
    if (answer?.status === 'error') return (textAt(answer, 'error') ?? 'an error').slice(0, 200);
    const data = answer && objectAt(answer, 'data');
    if (answer?.status !== 'success' || data?.resultType !== 'matrix' || !Array.isArray(data.result))
      return 'an answer that is not one of a Prometheus';
    let count = 0;
    for (const element of arrayAt(data, 'result')) {
      const one = objectOf(element);
      const labels = labelsOf(one?.metric);
      const { namespace, persistentvolumeclaim: name } = labels;
      if (!one || namespace === undefined || name === undefined) continue;
      const mount = this.#mount(claimKey(namespace, name), labels);
      for (const pair of arrayAt(one, 'values')) {
        if (count++ % valuesAStep === 0) yield;
        const [seconds, text] = Array.isArray(pair) ? pair : [];
        const number = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
        if (typeof seconds !== 'number' || !Number.isFinite(seconds) || !Number.isFinite(number)) continue;
        const figures = mount.get(seconds) ?? {};
        figures[figure] = number;
        mount.set(seconds, figures);
      }
    }
    return undefined;
  }

  /** The samples of a claim (`claimKey`) in ascending order; none for one that is ambiguous or unknown. */
  of(claim: string): readonly HistorySample[] {
    const series = this.#claims.get(claim);
    const [mounts, ...others] = series?.values() ?? [];
    if (!mounts || others.length > 0) return [];
    const samples = new Map<number, HistorySample>();
    for (const mount of mounts.values())
      for (const [seconds, figures] of mount) {
        const sample = sampleOf(seconds, figures);
        if (sample && !samples.has(seconds)) samples.set(seconds, sample);
      }
    return [...samples.values()].sort((a, b) => a.atMs - b.atMs);
  }

  #mount(claim: string, labels: Readonly<Record<string, string>>): Mount {
    const keys = seriesKeys(labels);
    const series = this.#claims.get(claim) ?? new Map<string, Map<string, Mount>>();
    this.#claims.set(claim, series);
    const mounts = series.get(keys.series) ?? new Map<string, Mount>();
    series.set(keys.series, mounts);
    const mount = mounts.get(keys.mount) ?? new Map<number, Figures>();
    mounts.set(keys.mount, mount);
    return mount;
  }
}

function sampleOf(seconds: number, figures: VolumeStats): HistorySample | undefined {
  const { capacityBytes, availableBytes, ...rest } = knownStats(figures);
  if (capacityBytes === undefined || availableBytes === undefined) return undefined;
  return { atMs: Math.round(seconds * 1000), capacityBytes, availableBytes, ...rest };
}
