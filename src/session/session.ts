import type { Disposable } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { Interaction } from '../cluster/interaction.ts';
import type { ProxySources } from '../cluster/proxy.ts';
import type { ResolvedTarget } from '../cluster/resolvedTarget.ts';
import type { Result } from '../domain/apiError.ts';
import type { PastReader } from '../domain/pastWindows.ts';
import type { PrometheusAccess, PrometheusChoice } from '../domain/prometheusPlace.ts';
import type { Readings } from '../domain/reading.ts';
import type { EventRecord, PodRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import type { Target } from '../domain/target.ts';
import type { UsageSource } from '../usage/usageEngine.ts';

export type { Interaction };

/** Kinds that are followed only while something needs them. Claims and namespaces always are. */
export type OptionalKind = 'storageClasses' | 'volumes';

/** Everything alive for one target. Replaced whole on a switch; ends with `dispose`, after which `snapshot` stays still. */
export interface Session extends Disposable {
  readonly target: Target;
  readonly snapshot: Signal<StorageSnapshot>;
  /** Follows a kind until disposed; several demands share one watch. */
  demand(kind: OptionalKind): Disposable;
  /** Tries again at once whatever is waiting (backoff, forbidden, sign-in after a click); a live session is probed and relisted. */
  retry(interaction: Interaction): void;
  /** Tries again at once what is waiting after a failure; what is live is left alone. */
  wake(): void;
  /** New credentials or certificates for the same target: the connection is made anew, what is known stays. */
  reconnect(target: ResolvedTarget): void;
  /** Pods of a namespace that name one of its claims. */
  readPods(namespace: string): Promise<Result<readonly PodRecord[]>>;
  /** Events about the object with this UID, newest first. */
  readEvents(namespace: string, uid: string): Promise<Result<readonly EventRecord[]>>;
  /** The claim as the server has it now, as YAML without managedFields; fields newer than this product are kept. */
  readManifest(namespace: string, name: string): Promise<Result<string>>;
  /** Looks every one to two minutes at what is used of the claims, until disposed or the session ends. */
  measure(options: MeasureOptions): Measuring;
  diagnostics(): SessionDiagnostics;
}

/** From where used bytes are read. */
export interface MeasureOptions {
  readonly source: UsageSource;
  readonly prometheus?: PrometheusChoice | undefined;
  /** What a Prometheus with this URL wants to know who asks. */
  readonly access: (url: string) => Promise<PrometheusAccess>;
  /** How a Prometheus with a URL is reached. */
  readonly proxies: ProxySources;
  /** Whether kubelets may be read; asked each time when they would be. */
  readonly consent: (signal: AbortSignal) => Promise<boolean>;
  /** What was read of the same cluster before, so that figures of what is not reported any more are kept. */
  readonly known?: Readings;
}

/** Used bytes being read. */
export interface Measuring extends Disposable {
  readonly readings: Signal<Readings>;
  /** What the Prometheus that is asked knows of the past; undefined while there is none that knows any claim. */
  past(nowMs: number): PastReader | undefined;
}

/** Facts for the diagnostics report, free of secrets. */
export interface SessionDiagnostics {
  readonly serverVersion: string | undefined;
  readonly connections: number;
  /** Open at present. */
  readonly sockets: number;
  readonly requests: number;
  readonly reflectors: readonly ReflectorDiagnostics[];
  /** Objects found different by a safety relist. */
  readonly drift: number;
}

export interface ReflectorDiagnostics {
  readonly path: string;
  readonly state: string;
  readonly items: number;
  /** Objects of the last list that could not be read. */
  readonly unreadable: number;
  readonly resourceVersion: string | undefined;
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  readonly failures: number;
  readonly lastError?: string;
}
