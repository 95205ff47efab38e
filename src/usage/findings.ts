import type { Result } from '../domain/apiError.ts';
import { hasFigures, knownStats, type ReadingSource, type VolumeStats } from '../domain/reading.ts';
import type { ClaimRecord } from '../domain/records.ts';
import { type ClaimSeries, claimKey } from '../wire/claimSeries.ts';
import type { NodeSummary } from '../wire/kubeletSummary.ts';
import type { Mounts } from './mounts.ts';

/** Figures that mean something, and when they were taken. */
export interface Figures {
  readonly stats: VolumeStats;
  readonly source: ReadingSource;
  readonly atMs: number;
}

/** What the sources say of one claim, best first. `unsupported`: it is reported, without a figure. */
export type Finding =
  | { readonly kind: 'figures'; readonly figures: Figures }
  | { readonly kind: 'ambiguous'; readonly labels: readonly string[] }
  | { readonly kind: 'unsupported' };

/** What was heard from each kubelet that was asked, or why nothing was. */
export type NodeAnswers = ReadonlyMap<string, Result<NodeSummary>>;
/** What a Prometheus says, by `claimKey`, or why it says nothing. */
export type PrometheusAnswer = Result<ReadonlyMap<string, ClaimSeries>>;

export interface Sources {
  /** Undefined: not asked. */
  readonly kubelets?: NodeAnswers | undefined;
  /** Undefined: not asked. */
  readonly prometheus?: PrometheusAnswer | undefined;
}

/**
 * A kubelet looks at a volume every minute, with jitter every two, and tells what it saw until it looks again
 * (`volume_stat_calculator.go`). For so long after a claim was made, a scrape may be of its predecessor of the same name.
 */
export const cacheMs = 120_000;

/**
 * Joins what the sources say with claims.
 *
 * Kubelets: pod UID, then the pod's volume, then the claim; several pods that mount one claim give one finding, the newest.
 * A Prometheus knows no UIDs, so what it scraped before the present claim can have been mounted is not of it.
 */
export class Findings {
  readonly #kubelets = new Map<string, Finding>();
  readonly #prometheus: ReadonlyMap<string, ClaimSeries>;
  readonly #nowMs: number;

  constructor({ kubelets, prometheus }: Sources, mounts: Mounts, nowMs: number) {
    this.#nowMs = nowMs;
    this.#prometheus = prometheus?.ok ? prometheus.value : new Map();
    for (const answer of kubelets?.values() ?? []) if (answer.ok) this.#take(answer.value, mounts);
  }

  /** Undefined where nothing is reported. Figures before anything else, and the newest of them. */
  of(claim: ClaimRecord): Finding | undefined {
    const key = claimKey(claim.namespace, claim.name);
    const kubelet = this.#kubelets.get(key);
    const prometheus = this.#ofSeries(this.#prometheus.get(key), claim);
    return [kubelet, prometheus].filter((each) => each !== undefined).reduce<Finding | undefined>(better, undefined);
  }

  #take({ pods }: NodeSummary, mounts: Mounts): void {
    for (const pod of pods) {
      for (const volume of pod.volumes) {
        const key = mounts.claimOf(pod.uid, volume.name);
        if (key === undefined) continue;
        const finding = this.#finding(volume.stats, 'kubelet', volume.atMs);
        this.#kubelets.set(key, better(this.#kubelets.get(key), finding));
      }
    }
  }

  #ofSeries(series: ClaimSeries | undefined, { createdMs }: ClaimRecord): Finding | undefined {
    if (!series) return undefined;
    if (series.ambiguous) return { kind: 'ambiguous', labels: series.ambiguous };
    if (series.atMs === undefined || series.atMs < (createdMs ?? 0) + cacheMs) return undefined;
    return this.#finding(series.stats, 'prometheus', series.atMs);
  }

  /** A clock that is ahead of ours makes nothing newer than now. */
  #finding(sent: VolumeStats, source: ReadingSource, atMs = this.#nowMs): Finding {
    const stats = knownStats(sent);
    if (!hasFigures(stats)) return { kind: 'unsupported' };
    return { kind: 'figures', figures: { stats, source, atMs: Math.min(atMs, this.#nowMs) } };
  }
}

const rank = { figures: 2, ambiguous: 1, unsupported: 0 } as const;

function better(a: Finding | undefined, b: Finding): Finding {
  if (!a) return b;
  if (a.kind === 'figures' && b.kind === 'figures') return b.figures.atMs > a.figures.atMs ? b : a;
  return rank[b.kind] > rank[a.kind] ? b : a;
}
