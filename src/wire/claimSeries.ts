import type { VolumeStats } from '../domain/reading.ts';
import type { PrometheusSample } from './prometheusAnswer.ts';

/** What is asked of a Prometheus, and which figure it is. `timestamp` says when each capacity was scraped. */
export const volumeMetrics = {
  capacityBytes: 'kubelet_volume_stats_capacity_bytes',
  availableBytes: 'kubelet_volume_stats_available_bytes',
  usedBytes: 'kubelet_volume_stats_used_bytes',
  inodes: 'kubelet_volume_stats_inodes',
  inodesUsed: 'kubelet_volume_stats_inodes_used',
} as const satisfies Record<keyof VolumeStats, string>;

export type VolumeFigure = keyof typeof volumeMetrics | 'scrapedSeconds';
export const volumeFigures: readonly VolumeFigure[] = [
  'capacityBytes',
  'scrapedSeconds',
  'availableBytes',
  'usedBytes',
  'inodes',
  'inodesUsed',
];

/** The query of a figure. `matchers` are in PromQL's own form (`readMatchers`), '' for none. */
export function volumeQuery(figure: VolumeFigure, matchers: string): string {
  const selector = (metric: string) => (matchers === '' ? metric : `${metric}{${matchers}}`);
  if (figure === 'scrapedSeconds') return `timestamp(${selector(volumeMetrics.capacityBytes)})`;
  return selector(volumeMetrics[figure]);
}

/** What a Prometheus says of one claim; `ambiguous` names the labels in which the series that match differ. */
export type ClaimSeries =
  | { readonly stats: VolumeStats; readonly atMs?: number; readonly ambiguous?: never }
  | { readonly ambiguous: readonly string[]; readonly stats?: never };

/** Where a claim is in a `ClaimSeries` map. */
export function claimKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Labels that say where a volume is mounted and who was scraped: they differ for a claim that several pods mount. */
const ofMounts: ReadonlySet<string> = new Set(['__name__', 'pod', 'node', 'instance']);

const samplesAStep = 100;

/** Figures of one series: same labels, other metric. */
interface Mount {
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: { -readonly [F in VolumeFigure]?: number };
}

/**
 * Puts the answers of a Prometheus together by claim.
 *
 * A claim that several pods mount has a series for each: the newest is taken. Series that still differ after the labels
 * `pod`, `node` and `instance` are dropped are of several clusters, or scraped twice: which is right cannot be known, so the
 * claim is ambiguous.
 */
export class ClaimSeriesReader {
  readonly #claims = new Map<string, Map<string, Map<string, Mount>>>();

  add(figure: VolumeFigure, samples: readonly PrometheusSample[]): void {
    for (const _ of this.adding(figure, samples));
  }

  /** The same in steps. */
  *adding(figure: VolumeFigure, samples: readonly PrometheusSample[]): Generator<void, void> {
    for (const [index, { labels, value }] of samples.entries()) {
      if (index % samplesAStep === 0) yield;
      const { namespace, persistentvolumeclaim: name } = labels;
      if (namespace === undefined || name === undefined) continue;
      const { series, mount } = seriesKeys(labels);
      const mounts = slot(slot(this.#claims, claimKey(namespace, name)), series);
      const known = mounts.get(mount);
      if (known) known.figures[figure] = value;
      else mounts.set(mount, { labels, figures: { [figure]: value } });
    }
  }

  /** By `claimKey`. Not all figures may be there for each. */
  result(): ReadonlyMap<string, ClaimSeries> {
    return new Map([...this.#claims].map(([claim, series]) => [claim, seriesOf([...series.values()])]));
  }
}

function seriesOf(series: readonly ReadonlyMap<string, Mount>[]): ClaimSeries {
  const [only, ...others] = series;
  const first = only?.values().next().value;
  if (!only || !first) return { stats: {} };
  if (others.length > 0) {
    const firsts = series.flatMap((mounts) => [...mounts.values()].slice(0, 1)).map(({ labels }) => labels);
    return { ambiguous: differing(firsts) };
  }
  let newest = first;
  for (const mount of only.values())
    if ((mount.figures.scrapedSeconds ?? 0) > (newest.figures.scrapedSeconds ?? 0)) newest = mount;
  const { scrapedSeconds, ...stats } = newest.figures;
  return scrapedSeconds === undefined ? { stats } : { stats, atMs: scrapedSeconds * 1000 };
}

/** Names of labels that not all have alike, those of mounts apart. */
function differing(all: readonly Readonly<Record<string, string>>[]): readonly string[] {
  const names = new Set(all.flatMap((labels) => Object.keys(labels)).filter((name) => !ofMounts.has(name)));
  return [...names].filter((name) => new Set(all.map((labels) => labels[name])).size > 1).sort();
}

/** One text for the labels of a series, and one for those of its mount. Prometheus sends labels sorted; others may not. */
export function seriesKeys(labels: Readonly<Record<string, string>>): {
  readonly series: string;
  readonly mount: string;
} {
  const names = Object.keys(labels);
  if (names.some((name, index) => name < (names[index - 1] ?? ''))) names.sort();
  let [series, mount] = ['', ''];
  for (const name of names) {
    if (name === '__name__') continue;
    const pair = `${name}\0${labels[name]}\0`;
    if (ofMounts.has(name)) mount += pair;
    else series += pair;
  }
  return { series, mount };
}

function slot<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = map.get(key);
  if (known) return known;
  const made = new Map<string, V>();
  map.set(key, made);
  return made;
}
