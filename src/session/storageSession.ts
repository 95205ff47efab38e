import { createHash } from 'node:crypto';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { Connection } from '../cluster/connection.ts';
import { type Collection, listAll } from '../cluster/listPager.ts';
import { Probe } from '../cluster/probe.ts';
import { Reflector } from '../cluster/reflector.ts';
import type { ResolvedTarget } from '../cluster/resolvedTarget.ts';
import type { ApiError, Result } from '../domain/apiError.ts';
import { succeed } from '../domain/apiError.ts';
import { ClaimIndex } from '../domain/claimIndex.ts';
import type { PodRecord, StorageClassRecord } from '../domain/records.ts';
import type { NamespaceClaims, StorageSnapshot } from '../domain/snapshot.ts';
import type { Target } from '../domain/target.ts';
import { claims } from '../wire/claims.ts';
import { Interner } from '../wire/interner.ts';
import { objectAt, objectOf, textAt } from '../wire/json.ts';
import { objectPath } from '../wire/kind.ts';
import { namespaces } from '../wire/namespaces.ts';
import { pods } from '../wire/pods.ts';
import { storageClasses } from '../wire/storageClasses.ts';
import { ClaimFollower, type SessionContext } from './claimFollower.ts';
import { claimsStateOf, connectingMs, contactOf } from './contact.ts';
import { toManifest } from './manifest.ts';
import { NamespaceFollower } from './namespaceFollower.ts';
import type { SessionOptions } from './openSession.ts';
import { Publisher } from './publisher.ts';
import type { Interaction, OptionalKind, Session, SessionDiagnostics } from './session.ts';
import { SliceStore } from './slice.ts';

/** Everything alive for one target: the connection, the loops, and the snapshot they fill. */
export class StorageSession implements Session {
  readonly target: Target;
  readonly #options: SessionOptions;
  readonly #lifetime = new DisposableStore();
  readonly #abort = new AbortController();
  readonly #context: SessionContext;
  readonly #connection: Connection;
  readonly #index = new ClaimIndex();
  readonly #claims: ClaimFollower;
  readonly #namespaces: NamespaceFollower;
  readonly #storageClasses: SliceStore<StorageClassRecord>;
  readonly #publisher: Publisher;
  readonly #snapshot: SignalSource<StorageSnapshot>;
  readonly #startedMs: number;
  #classDemands = 0;
  #classLoop: { readonly reflector: Reflector<StorageClassRecord>; readonly stop: AbortController } | undefined;
  #resolved: ResolvedTarget;
  #identity: string | undefined;
  #identifying = false;
  #serverVersion: string | undefined;
  #heardMs: number | undefined;
  #everLive = false;
  #synced = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#resolved = options.target;
    this.target = options.target.target;
    const { clock, random, log } = options;
    this.#startedMs = clock.now();
    this.#connection = new Connection(options.target, options.credentials(options.target), log);
    this.#connection.onHeard = () => {
      this.#heardMs = clock.now();
    };
    const probe = new Probe(this.#connection, clock);
    this.#context = { connection: this.#connection, probe, clock, random, log, signal: this.#abort.signal };
    const changed = () => this.#publisher.changed();
    this.#publisher = this.#lifetime.add(new Publisher(clock, () => this.#publish()));
    this.#storageClasses = new SliceStore(changed);
    this.#snapshot = new SignalSource(this.#picture());
    this.#claims = this.#lifetime.add(new ClaimFollower(this.#context, options.scope, this.#index, changed));
    this.#namespaces = new NamespaceFollower(this.#context, this.target, options.scope, this.#index, (names) =>
      this.#claims.setCandidates(names),
    );
    this.#lifetime.add(clock.after(connectingMs, changed));
    this.#lifetime.add(toDisposable(() => this.#connection.dispose()));
    this.#lifetime.add(toDisposable(() => this.#abort.abort()));
    changed();
  }

  get snapshot(): Signal<StorageSnapshot> {
    return this.#snapshot;
  }

  demand(kind: OptionalKind): Disposable {
    if (kind !== 'storageClasses' || this.#lifetime.disposed) return toDisposable(() => {});
    this.#classDemands++;
    this.#classLoop ??= this.#followClasses();
    return toDisposable(() => {
      if (--this.#classDemands > 0) return;
      this.#classLoop?.stop.abort();
      this.#classLoop = undefined;
      this.#storageClasses.setState(undefined);
    });
  }

  retry(interaction: Interaction): void {
    this.#claims.retry(interaction);
    this.#namespaces.retry(interaction);
    this.#classLoop?.reflector.retry('background');
  }

  reconnect(target: ResolvedTarget): void {
    if (target.fingerprint === this.#resolved.fingerprint) {
      this.#resolved = target;
      return;
    }
    this.#resolved = target;
    this.#connection.replace(target, this.#options.credentials(target));
    this.retry('background');
  }

  async readPods(namespace: string): Promise<Result<readonly PodRecord[]>> {
    const collection: Collection<PodRecord> = { kind: pods, namespace };
    const list = await listAll(this.#connection, collection, new Interner(), { signal: this.#abort.signal });
    return list.ok ? succeed(list.value.items.filter((pod) => pod.claimNames.length > 0)) : list;
  }

  async readManifest(namespace: string, name: string): Promise<Result<string>> {
    const answer = await this.#connection.json(objectPath(claims, name, namespace), { signal: this.#abort.signal });
    return answer.ok ? succeed(toManifest(answer.value)) : answer;
  }

  diagnostics(): SessionDiagnostics {
    const reflectors = [
      ...this.#claims.reflectors,
      ...this.#namespaces.reflectors,
      ...(this.#classLoop ? [this.#classLoop.reflector] : []),
    ];
    const facts = reflectors.map((reflector) => reflector.diagnostics);
    return {
      serverVersion: this.#serverVersion,
      ...this.#connection.counts,
      reflectors: facts,
      drift: facts.reduce((sum, { drift }) => sum + drift, 0),
    };
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #followClasses(): { readonly reflector: Reflector<StorageClassRecord>; readonly stop: AbortController } {
    const stop = new AbortController();
    const store = this.#storageClasses;
    const reflector = new Reflector({
      ...this.#context,
      collection: { kind: storageClasses },
      sink: store,
      onState: (state) => store.setState(state),
    });
    store.setState({ phase: 'loading' });
    void reflector.run(AbortSignal.any([this.#abort.signal, stop.signal]));
    return { reflector, stop };
  }

  #publish(): void {
    if (this.#abort.signal.aborted) return;
    const states = this.#claims.states;
    if (states.some(({ phase }) => phase === 'live')) this.#everLive = true;
    if (this.#everLive && this.#identity === undefined) void this.#identify();
    // Sums may be judged once everything readable has been listed and the episodes have a cluster to belong to.
    if (!this.#synced && this.#identity !== undefined && this.#claims.settled)
      this.#synced = claimsStateOf(states) === 'live';
    this.#snapshot.set(this.#picture());
  }

  #picture(): StorageSnapshot {
    const { clock, scope, sequence } = this.#options;
    const states = this.#claims?.states ?? [];
    const { namespaces: all, latest, ...sums } = this.#index.picture();
    const selectorError = selectorErrorIn(states);
    const nowMs = clock.now();
    const contact = {
      states,
      everLive: this.#everLive,
      startedMs: this.#startedMs,
      nowMs,
      heardMs: this.#heardMs,
      server: this.target.server,
    };
    const inScope = this.#inScope(all);
    return {
      sequence: sequence(),
      target: this.target,
      identity: this.#identity,
      scope,
      connection: contactOf(contact),
      heardMs: this.#heardMs,
      synced: this.#synced,
      claimsState: claimsStateOf(states),
      namespaces: inScope,
      ...sums,
      partial: this.#partial(inScope),
      storageClasses: this.#storageClasses.slice,
      ...(latest ? { latest } : {}),
      ...(selectorError ? { selectorError } : {}),
    };
  }

  #inScope(all: ReadonlyMap<string, NamespaceClaims>): ReadonlyMap<string, NamespaceClaims> {
    const names = new Set(this.#options.scope.namespaces);
    return names.size === 0 ? all : new Map([...all].filter(([name]) => names.has(name)));
  }

  #partial(inScope: ReadonlyMap<string, NamespaceClaims>): boolean {
    if (this.#claims?.narrowed && !this.#namespaces.known) return true;
    for (const namespace of inScope.values()) if (namespace.access !== 'ok') return true;
    return false;
  }

  async #identify(): Promise<void> {
    if (this.#identifying) return;
    this.#identifying = true;
    const { signal } = this.#abort;
    const answer = await this.#connection.json(objectPath(namespaces, 'kube-system'), { signal });
    const version = await this.#connection.json('/version', { signal });
    if (signal.aborted) return;
    this.#identifying = false;
    if (version.ok) this.#serverVersion = textAt(objectOf(version.value) ?? {}, 'gitVersion');
    const uid = answer.ok ? textAt(objectAt(objectOf(answer.value) ?? {}, 'metadata'), 'uid') : undefined;
    const decided = answer.ok || answer.error.reason === 'forbidden' || answer.error.reason === 'notFound';
    if (decided) this.#identity = uid ?? this.#hash();
    this.#publisher.changed();
  }

  /** Stands in for the UID of kube-system where that may not be read. */
  #hash(): string {
    const { server, ca } = this.#resolved.cluster;
    return createHash('sha256')
      .update(JSON.stringify([server, ca]))
      .digest('hex');
  }
}

function selectorErrorIn(states: ClaimFollower['states']): ApiError | undefined {
  for (const state of states) if (state.phase === 'waiting' && state.error.reason === 'invalid') return state.error;
  return undefined;
}
