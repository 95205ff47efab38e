import { sleep } from '../base/clock.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { inTurns } from '../cluster/inTurns.ts';
import { fail } from '../domain/apiError.ts';
import type { ClaimRecord, VolumeRecord } from '../domain/records.ts';
import { claimKey } from '../wire/claimSeries.ts';
import type { NodeAnswers, PrometheusAnswer } from './findings.ts';
import { Kubelets, type UsageContext } from './kubelets.ts';
import { type KnownPods, Mounts } from './mounts.ts';
import type { Prometheus } from './prometheus.ts';
import { nothingKnown, type Usage, usageSteps } from './usage.ts';

/** `pvcwatch.usage.source`, `off` apart: then there is no engine. */
export type UsageSource = 'auto' | 'prometheus' | 'kubelet';

/** What is known of a cluster by other ways. */
export interface UsagePorts {
  claims(): Iterable<ClaimRecord>;
  /** The pods that use claims, read now. Never rejects. */
  pods(signal: AbortSignal): Promise<KnownPods>;
  /** The volumes that can be read, by name. Never rejects. */
  volumes(signal: AbortSignal): Promise<ReadonlyMap<string, VolumeRecord>>;
  /** Whether the user lets kubelets be read, asked only if the API server does; remembered by whoever asks. */
  consent(signal: AbortSignal): Promise<boolean>;
}

export interface UsageEngineOptions {
  readonly context: UsageContext;
  readonly source: UsageSource;
  readonly prometheus: Prometheus;
  readonly ports: UsagePorts;
  /** Every one to two minutes without a word. */
  readonly pace?: Pace | undefined;
  /** What another engine knew of the same cluster: its figures are kept like this one's own. */
  readonly known?: Usage;
}

/** How long it is from one look to the next. */
export interface Pace {
  readonly shortestMs: number;
  readonly longestMs: number;
}

/** Kubelets look at volumes each minute: asking more often is waste. */
const usualPace: Pace = { shortestMs: 60_000, longestMs: 120_000 };
/** Where nobody knows anything, looks come ever later, until they take so many times as long: each lists all pods. */
const mostPatient = 8;

/**
 * What is used of every claim, read every one to two minutes for as long as `signal` lets it; less often where nobody tells.
 *
 * A Prometheus comes first: some queries instead of one for each node. Kubelets are asked by `kubelet`, and by `auto` while no
 * Prometheus knows any claim here (a central one may know those of other clusters); only with the right to `nodes/proxy` and the user's consent.
 */
export class UsageEngine {
  readonly #options: UsageEngineOptions;
  readonly #kubelets: Kubelets;
  readonly #usage: SignalSource<Usage>;

  constructor(options: UsageEngineOptions) {
    this.#options = options;
    this.#usage = new SignalSource(options.known ?? nothingKnown);
    this.#kubelets = new Kubelets(options.context);
  }

  get usage(): Signal<Usage> {
    return this.#usage;
  }

  /** Polls until it is stopped. The jitter keeps windows and clusters apart. */
  async run(signal: AbortSignal): Promise<void> {
    const { context, pace = usualPace } = this.#options;
    const { clock, random } = context;
    const { shortestMs, longestMs } = pace;
    let patience = 0.5;
    while (!signal.aborted) {
      await this.poll(signal);
      patience = this.#knowsAny() ? 0.5 : Math.min(patience * 2, mostPatient);
      const waitMs = shortestMs + random() * (longestMs - shortestMs);
      await sleep(clock, waitMs * Math.max(1, patience), signal);
    }
  }

  #knowsAny(): boolean {
    for (const { source } of this.#usage.value.readings.values()) if (source !== undefined) return true;
    return false;
  }

  /** One look at the cluster. Nothing of it is shown if it was stopped. */
  async poll(signal: AbortSignal): Promise<void> {
    const { context, source, prometheus, ports } = this.#options;
    const [pods, volumes, heard] = await Promise.all([
      ports.pods(signal),
      ports.volumes(signal),
      source === 'kubelet' ? undefined : prometheus.ask(signal),
    ]);
    if (signal.aborted) return;
    const kubelets = this.#wantsKubelets(heard) ? await this.#ask(pods, signal) : undefined;
    if (signal.aborted) return;
    const claims = ports.claims();
    const nowMs = context.clock.now();
    const observation = { nowMs, claims, pods, volumes, kubelets, prometheus: heard };
    const usage = await inTurns(usageSteps(this.#usage.value, observation), context.clock, signal);
    if (usage) this.#usage.set(usage);
  }

  #wantsKubelets(heard: PrometheusAnswer | undefined): boolean {
    const { source } = this.#options;
    return source === 'kubelet' || (source === 'auto' && !this.#isKnownTo(heard));
  }

  #isKnownTo(heard: PrometheusAnswer | undefined): boolean {
    if (!heard?.ok || heard.value.size === 0) return false;
    for (const { namespace, name } of this.#options.ports.claims())
      if (heard.value.get(claimKey(namespace, name))?.stats) return true;
    return false;
  }

  /** Undefined: it was stopped. */
  async #ask(pods: KnownPods, signal: AbortSignal): Promise<NodeAnswers | undefined> {
    const { nodes } = new Mounts(pods);
    if (nodes.size === 0) return new Map();
    const permitted = await this.#kubelets.permitted(signal);
    if (signal.aborted) return undefined;
    if (!permitted.ok) return answerOf(nodes, permitted);
    if (!permitted.value) return answerOf(nodes, noRight);
    const consent = await this.#options.ports.consent(signal);
    if (signal.aborted) return undefined;
    if (!consent) return answerOf(nodes, noConsent);
    return await this.#kubelets.ask(nodes, signal);
  }
}

function answerOf(nodes: Iterable<string>, answer: NoAnswer): NodeAnswers {
  return new Map([...nodes].map((node) => [node, answer]));
}

type NoAnswer = ReturnType<typeof fail>;

const noRight = fail('forbidden', 'Kubelets may not be read with the present rights.');
const noConsent = fail(
  'unwanted',
  'Kubelets are not read, as nobody has said yes to that; choose kubelet in pvcwatch.usage.source to be asked again.',
);
