import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore, toDisposable } from '../base/disposable.ts';
import type { LeaseSource } from '../base/lease.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import type { EditorProxy } from '../cluster/proxy.ts';
import type { PastReader } from '../domain/pastWindows.ts';
import type { PrometheusAccess, PrometheusChoice } from '../domain/prometheusPlace.ts';
import type { Readings } from '../domain/reading.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { scopeKey, type Target } from '../domain/target.ts';
import type { UsageChoice } from '../domain/usageSettings.ts';
import type { Measuring, Session } from './session.ts';

/** Readings, and when they were written. */
export interface WrittenUsage {
  readonly readings: Readings;
  readonly atMs: number;
}

/** Readings that the windows of one user share. Never rejects. */
export interface SharedUsage {
  /** What was written last; undefined if there is nothing, or nothing that is recent. */
  read(key: string): Promise<WrittenUsage | undefined>;
  write(key: string, readings: Readings): Promise<void>;
}

/** Whether kubelets may be read, by cluster identity. */
export interface UsageConsent {
  readonly answers: Signal<ReadonlyMap<string, boolean>>;
  /** Asks the user if that may be done now, and waits for no answer. */
  ask(identity: string, contextName: string): void;
  /** Lets a no be followed by another question. */
  reconsider(identity: string): void;
}

/** What a Prometheus with a URL wants to know who asks. */
export interface AccessSource {
  of(url: string): Promise<PrometheusAccess>;
  /** Told when `of` may answer differently. */
  readonly changes: Signal<unknown>;
}

/** How used bytes are read of one context. */
export interface UsagePlan {
  readonly source: UsageChoice;
  readonly prometheus: PrometheusChoice | undefined;
  /** VS Code's own proxy, for a Prometheus with a URL. */
  readonly editorProxy: EditorProxy;
}

export interface CurrentUsagePorts {
  readonly session: Signal<Session | undefined>;
  /** Of the session that is current. */
  readonly snapshot: Signal<StorageSnapshot>;
  readonly planFor: (target: Target) => UsagePlan;
  /** Told when `planFor` may answer differently. */
  readonly plansChanged: Signal<unknown>;
  readonly leases: LeaseSource;
  readonly shared: SharedUsage;
  readonly consent: UsageConsent;
  readonly access: AccessSource;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

/** So often a window that does not measure looks at what the other has written. */
const lookMs = 5_000;
/** A window that takes over does not look sooner after the last look than that: the lease follows whoever is in front. */
const restMs = 60_000;

const none: Readings = new Map();

/** One target as it is measured: everything that has to be the same for readings to be anybody else's too. */
interface Subject {
  /** The same in all windows, and written to disk: it says nothing of proxies, whose addresses may hold a password. */
  readonly key: string;
  /** How this window gets there. */
  readonly way: string;
  readonly session: Session;
  readonly identity: string;
  readonly plan: UsagePlan;
}

/**
 * What is used of the claims that are shown. Of the windows on one target the one that holds the lease measures, while it is
 * live; the others show what that one wrote. Nothing of one target is shown under another; the demo's is never written.
 */
export class CurrentUsage implements Disposable {
  readonly #ports: CurrentUsagePorts;
  readonly #lifetime = new DisposableStore();
  /** For one subject: its lease, and looking at what others write. */
  readonly #share = new DisposableSlot<DisposableStore>();
  readonly #measuring = new DisposableSlot<DisposableStore>();
  readonly #readings = new SignalSource<Readings>(none);
  #subject: Subject | undefined;
  #choice: { readonly target: string; readonly source: UsageChoice } | undefined;
  #mine: Signal<boolean> | undefined;
  /** Begins to measure when the last look is long enough ago. */
  readonly #rest = new DisposableSlot<Disposable>();
  /** Of what measures now. */
  #past: Measuring['past'] | undefined;
  #looked = false;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(ports: CurrentUsagePorts) {
    this.#ports = ports;
    const update = () => this.#update();
    for (const signal of [ports.session, ports.snapshot, ports.plansChanged])
      this.#lifetime.add(signal.subscribe(update));
    this.#lifetime.add(ports.consent.answers.subscribe(() => this.#answered()));
    this.#lifetime.add(ports.access.changes.subscribe(() => this.#again()));
    this.#lifetime.add(this.#share);
    this.#lifetime.add(this.#measuring);
    this.#lifetime.add(this.#rest);
    update();
  }

  /** By the UID of the claim. */
  get readings(): Signal<Readings> {
    return this.#readings;
  }

  /** Of the windows on this target this is the one that measures. */
  get measures(): boolean {
    return this.#measuring.current !== undefined;
  }

  /** What a Prometheus knows of the past of the claims that this window measures; undefined where none is asked. */
  past(nowMs: number): PastReader | undefined {
    return this.#past?.(nowMs);
  }

  dispose(): void {
    this.#subject = undefined;
    this.#lifetime.dispose();
  }

  #update(): void {
    if (this.#lifetime.disposed) return;
    const subject = this.#wanted();
    if (!isSame(subject, this.#subject)) this.#begin(subject);
    this.#decide();
  }

  #wanted(): Subject | undefined {
    const { session, snapshot, planFor } = this.#ports;
    const current = session.value;
    const { target, identity, scope } = snapshot.value;
    if (!current || current.target.key !== target?.key || identity === undefined) return undefined;
    const plan = planFor(target);
    this.#heed({ target: target.key, identity, source: plan.source });
    if (plan.source === 'off') return undefined;
    const { editorProxy, ...shared } = plan;
    const key = JSON.stringify([identity, target.key, scopeKey(scope), shared]);
    return { key, way: JSON.stringify(editorProxy), session: current, identity, plan };
  }

  /** Who chooses kubelets while this goes on wants them, whatever was answered once. */
  #heed(choice: { readonly target: string; readonly identity: string; readonly source: UsageChoice }): void {
    const before = this.#choice;
    this.#choice = choice;
    const isNew = before?.target === choice.target && before.source !== choice.source;
    if (isNew && choice.source === 'kubelet') this.#ports.consent.reconsider(choice.identity);
  }

  #begin(subject: Subject | undefined): void {
    const { leases } = this.#ports;
    this.#subject = subject;
    this.#measuring.set(undefined);
    this.#share.set(undefined);
    this.#mine = undefined;
    this.#readings.set(none);
    this.#readMs = Number.NEGATIVE_INFINITY;
    this.#looked = subject?.session.target.demo === true;
    if (!subject || this.#looked) return;
    const lifetime = new DisposableStore();
    const lease = lifetime.add(leases.take(`usage ${subject.key}`));
    lifetime.add(lease.held.subscribe(() => this.#decide()));
    lifetime.add(this.#looking(subject));
    this.#mine = lease.held;
    this.#share.set(lifetime);
  }

  /** Measures, or not any more. */
  #decide(): void {
    const subject = this.#subject;
    const live = this.#ports.snapshot.value.connection.state === 'live';
    const mine = subject?.session.target.demo === true || this.#mine?.value === true;
    this.#rest.set(undefined);
    if (!subject || !live || !mine) this.#measuring.set(undefined);
    else if (this.#looked && !this.#measuring.current) {
      const { clock } = this.#ports;
      const sinceMs = clock.now() - this.#readMs;
      if (sinceMs >= 0 && sinceMs < restMs) this.#rest.set(clock.after(restMs - sinceMs, () => this.#decide()));
      else this.#measure(subject);
    }
  }

  #measure({ key, session, identity, plan: { source, prometheus, editorProxy } }: Subject): void {
    if (source === 'off') return;
    const { shared, consent, access, env, clock } = this.#ports;
    const { demo, contextName } = session.target;
    const lifetime = new DisposableStore();
    this.#measuring.set(lifetime);
    lifetime.add(
      toDisposable(() => {
        this.#past = undefined;
      }),
    );
    const mayAsk = async () => {
      if (demo) return true;
      const answer = consent.answers.value.get(identity);
      if (answer === undefined) consent.ask(identity, contextName);
      return answer === true;
    };
    const measuring = lifetime.add(
      session.measure({
        source,
        prometheus,
        access: (url) => access.of(url),
        proxies: { env, editor: editorProxy },
        consent: mayAsk,
        known: this.#readings.value,
      }),
    );
    this.#past = (nowMs) => measuring.past(nowMs);
    lifetime.add(
      measuring.readings.subscribe((readings) => {
        this.#readings.set(readings);
        this.#readMs = clock.now();
        if (!demo) void shared.write(key, readings);
      }),
    );
  }

  /** A yes is followed at once, not at the next look. */
  #answered(): void {
    const subject = this.#subject;
    if (subject && this.#ports.consent.answers.value.get(subject.identity) === true) this.#again();
  }

  /** Looks at once, whatever was heard last. */
  #again(): void {
    this.#measuring.set(undefined);
    this.#readMs = Number.NEGATIVE_INFINITY;
    this.#decide();
  }

  /** Shows what another window has written, as long as this one does not measure by itself. */
  #looking(subject: Subject): Disposable {
    const { clock, shared } = this.#ports;
    const next = new DisposableSlot<Disposable>();
    const look = async () => {
      const measuring = this.#measuring.current;
      const written = measuring ? undefined : await shared.read(subject.key);
      if (this.#subject !== subject) return;
      if (written && !this.#measuring.current) {
        this.#readings.set(written.readings);
        this.#readMs = Math.max(this.#readMs, written.atMs);
      }
      if (!this.#looked) {
        this.#looked = true;
        this.#decide();
      }
      next.set(clock.after(lookMs, () => void look()));
    };
    void look();
    return next;
  }
}

function isSame(one: Subject | undefined, other: Subject | undefined): boolean {
  return one?.key === other?.key && one?.way === other?.way && one?.session === other?.session;
}
