import { createHash } from 'node:crypto';
import { type Disposable, DisposableSlot, DisposableStore, toDisposable } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { Connection } from '../cluster/connection.ts';
import type { CredentialSource } from '../cluster/credential.ts';
import { sameCredentials } from '../cluster/credentials.ts';
import { Probe } from '../cluster/probe.ts';
import type { ResolvedTarget } from '../cluster/resolvedTarget.ts';
import type { ApiError, Result } from '../domain/apiError.ts';
import { ClaimIndex } from '../domain/claimIndex.ts';
import { type Members, membersOf } from '../domain/members.ts';
import type { EventRecord, PodRecord, StorageClassRecord, VolumeRecord } from '../domain/records.ts';
import type { Connection as Contact, NamespaceClaims, StorageSnapshot } from '../domain/snapshot.ts';
import type { Target } from '../domain/target.ts';
import { storageClasses } from '../wire/storageClasses.ts';
import { volumes } from '../wire/volumes.ts';
import { ClaimFollower } from './claimFollower.ts';
import { ClusterIdentity } from './clusterIdentity.ts';
import { claimsStateOf, connectingMs, contactOf } from './contact.ts';
import { KindFollower } from './kindFollower.ts';
import { measure } from './measuring.ts';
import { NamespaceFollower } from './namespaceFollower.ts';
import { OneOffReads } from './oneOffReads.ts';
import type { SessionOptions } from './openSession.ts';
import { Publisher } from './publisher.ts';
import type { Interaction, MeasureOptions, Measuring, OptionalKind, Session, SessionDiagnostics } from './session.ts';
import type { SessionContext } from './sessionContext.ts';

/** A snapshot of a quiet cluster says at least so often that it is still heard. */
const quietPublishMs = 60_000;
/** One that tells how long a list has been arriving is followed by another so soon. */
const arrivingPublishMs = 5_000;

interface RecordOf {
  readonly storageClasses: StorageClassRecord;
  readonly volumes: VolumeRecord;
}

/** Everything alive for one target: the connection, the loops, and the snapshot they fill. */
export class StorageSession implements Session {
  readonly target: Target;
  readonly #options: SessionOptions;
  readonly #lifetime = new DisposableStore();
  readonly #abort = new AbortController();
  readonly #context: SessionContext;
  readonly #connection: Connection;
  readonly #reads: OneOffReads;
  readonly #index = new ClaimIndex();
  readonly #claims: ClaimFollower;
  readonly #namespaces: NamespaceFollower;
  readonly #optional: { readonly [kind in OptionalKind]: KindFollower<RecordOf[kind]> };
  readonly #publisher: Publisher;
  readonly #snapshot: SignalSource<StorageSnapshot>;
  readonly #startedMs: number;
  #resolved: ResolvedTarget;
  #credentials: CredentialSource;
  readonly #identity: ClusterIdentity;
  /** What is due to be published by time alone. */
  readonly #due = this.#lifetime.add(new DisposableSlot<Disposable>());
  #heardMs: number | undefined;
  #everLive = false;
  /** It has been said how the target is reached: no longer `connecting`. */
  #told = false;
  /** The contact was lost, and has not been live since. */
  #lost = false;
  /** Ten seconds have passed: what is there is shown, whatever else may come. */
  #waited = false;
  /** Every namespace has been asked for once. */
  #settled = false;
  #synced = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#resolved = options.target;
    this.target = options.target.target;
    const { clock, random, log } = options;
    this.#startedMs = clock.now();
    this.#credentials = options.credentials(options.target);
    this.#connection = new Connection(options.target, this.#credentials, log, clock);
    this.#reads = new OneOffReads(this.#connection, this.target.server, this.#abort.signal);
    this.#connection.onHeard = () => this.#heard();
    // What waits because of a certificate or a token has reason to try again.
    this.#lifetime.add(this.#connection.moved.subscribe(() => this.wake()));
    const probe = new Probe(this.#connection, clock);
    this.#context = { connection: this.#connection, probe, clock, random, log, signal: this.#abort.signal };
    const changed = () => this.#publisher.changed();
    this.#publisher = this.#lifetime.add(new Publisher(clock, () => this.#publish()));
    this.#optional = {
      storageClasses: new KindFollower(this.#context, storageClasses, changed),
      volumes: new KindFollower(this.#context, volumes, changed),
    };
    this.#snapshot = new SignalSource(this.#picture());
    const naming = () => this.#namespaces.state;
    this.#claims = this.#lifetime.add(new ClaimFollower(this.#context, options.scope, this.#index, changed, naming));
    this.#namespaces = new NamespaceFollower(
      this.#context,
      this.target,
      options.scope,
      this.#index,
      (names, complete) => this.#claims.setCandidates(names, complete),
      changed,
    );
    this.#identity = new ClusterIdentity({
      context: this.#context,
      hash: () => this.#hash(),
      changed,
      foreign: () => options.foreign?.(),
    });
    const waited = () => {
      this.#waited = true;
      changed();
    };
    this.#lifetime.add(clock.after(connectingMs, waited));
    this.#lifetime.add(toDisposable(() => this.#connection.dispose()));
    this.#lifetime.add(toDisposable(() => this.#abort.abort()));
    changed();
  }

  get snapshot(): Signal<StorageSnapshot> {
    return this.#snapshot;
  }

  demand(kind: OptionalKind): Disposable {
    return this.#lifetime.disposed ? toDisposable(() => {}) : this.#optional[kind].demand();
  }

  retry(interaction: Interaction): void {
    this.#claims.retry(interaction);
    this.#namespaces.retry(interaction);
    for (const follower of Object.values(this.#optional)) follower.retry();
  }

  wake(): void {
    this.#claims.wake();
    this.#namespaces.wake();
    for (const follower of Object.values(this.#optional)) follower.wake();
  }

  reconnect(target: ResolvedTarget): void {
    if (target.fingerprint === this.#resolved.fingerprint) {
      this.#resolved = target;
      return;
    }
    // A plugin that has given what is still good does not run again because of another proxy.
    if (!sameCredentials(target, this.#resolved)) this.#credentials = this.#options.credentials(target);
    this.#resolved = target;
    this.#connection.replace(target, this.#credentials);
    this.#identity.ask();
    this.retry('background');
  }

  readPods(namespace: string): Promise<Result<readonly PodRecord[]>> {
    return this.#reads.pods(namespace);
  }

  readEvents(namespace: string, uid: string): Promise<Result<readonly EventRecord[]>> {
    return this.#reads.events(namespace, uid);
  }

  readManifest(namespace: string, name: string): Promise<Result<string>> {
    return this.#reads.manifest(namespace, name);
  }

  measure(options: MeasureOptions): Measuring {
    return measure(this.#context, this.#snapshot, options);
  }

  diagnostics(): SessionDiagnostics {
    const followers = [this.#claims, this.#namespaces, ...Object.values(this.#optional)];
    const facts = followers.flatMap(({ reflectors }) => reflectors.map(({ diagnostics }) => diagnostics));
    return {
      serverVersion: this.#identity.serverVersion,
      ...this.#connection.counts,
      reflectors: facts,
      drift: facts.reduce((sum, { drift }) => sum + drift, 0),
    };
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #heard(): void {
    this.#heardMs = this.#options.clock.now();
  }

  /** False when that would say nothing new. */
  #publish(): boolean {
    if (this.#abort.signal.aborted) return false;
    const states = this.#claims.states;
    const someLive = states.some(({ phase }) => phase === 'live');
    if (someLive) this.#everLive = true;
    if (someLive && this.#claims.settled) this.#settled = true;
    if (this.#everLive) this.#identity.claimsWereRead();
    const { state } = this.#contact();
    if (state !== 'connecting') this.#told = true;
    // What comes back after it was lost may be another cluster.
    if (state === 'live' && this.#lost) this.#identity.ask();
    this.#lost = state !== 'live' && (this.#lost || (state !== 'connecting' && state !== 'forbidden'));
    // Sums may be shown once everything readable has been listed, or after ten seconds as what is there.
    const complete = this.#claims.settled && claimsStateOf(states) === 'live' && this.#identity.settled;
    if (complete || (someLive && this.#waited)) this.#synced = true;
    // Nothing is shown before the claims are there: the first picture of them does not wait for what was heard on the way.
    const news = state !== 'connecting' || this.#snapshot.value.connection.state !== 'connecting';
    if (news) this.#snapshot.set(this.#picture());
    if (!this.#abort.signal.aborted) this.#due.set(this.#nextPublish(state));
    return news;
  }

  #nextPublish(state: Contact['state']): Disposable | undefined {
    const { clock } = this.#options;
    const changed = () => this.#publisher.changed();
    if (state === 'live') return clock.after(quietPublishMs, changed);
    // How long a list has been arriving is part of what is said.
    const listing = !this.#claims.states.some(({ phase }) => phase === 'waiting');
    return listing && state !== 'connecting' ? clock.after(arrivingPublishMs, changed) : undefined;
  }

  #contact(): Contact {
    return contactOf({
      states: this.#claims?.states ?? [],
      everLive: this.#everLive,
      // Not by the wall clock, which may have been set back since.
      told: this.#told || this.#waited,
      startedMs: this.#startedMs,
      nowMs: this.#options.clock.now(),
      heardMs: this.#heardMs,
      server: this.target.server,
    });
  }

  #picture(): StorageSnapshot {
    const { scope, sequence } = this.#options;
    const states = this.#claims?.states ?? [];
    const { latest, ...sums } = this.#index.picture();
    const { namespaces, members } = this.#inScope(sums);
    const selectorError = selectorErrorIn(states);
    const claimsState = claimsStateOf(states);
    return {
      sequence: sequence(),
      target: this.target,
      identity: this.#identity?.value,
      scope,
      connection: this.#contact(),
      heardMs: this.#heardMs,
      synced: this.#synced,
      // Until it is known to be the same cluster, nothing may be judged by what is read.
      claimsState: claimsState === 'live' && this.#identity?.doubted ? 'loading' : claimsState,
      ...sums,
      namespaces,
      members,
      partial: this.#partial(members),
      storageClasses: this.#optional.storageClasses.slice,
      volumes: this.#optional.volumes.slice,
      ...(latest ? { latest } : {}),
      ...(selectorError ? { selectorError } : {}),
    };
  }

  /** Of the few that are configured, those that are known; else all. */
  #inScope(all: Pick<StorageSnapshot, 'namespaces' | 'members'>): Pick<StorageSnapshot, 'namespaces' | 'members'> {
    const names = this.#options.scope.namespaces;
    if (names.length === 0) return all;
    const namespaces = new Map<string, NamespaceClaims>();
    for (const name of names) {
      const namespace = all.namespaces.get(name);
      if (namespace) namespaces.set(name, namespace);
    }
    return { namespaces, members: membersOf(namespaces.values()) };
  }

  #partial({ dark }: Members): boolean {
    if (this.#synced && !this.#settled) return true;
    return dark.size > 0 || (this.#claims?.narrowed === true && !this.#namespaces.known);
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
