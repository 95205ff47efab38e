import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import type { ApiError } from '../domain/apiError.ts';
import type { Connection, StorageSnapshot } from '../domain/snapshot.ts';
import { type ContextSummary, type Scope, scopeKey, type Target } from '../domain/target.ts';
import { emptySnapshot } from './emptySnapshot.ts';
import type { TargetChoice } from './follow.ts';
import { SelectorMemory, type SelectorRefusal } from './selectorMemory.ts';
import type { Interaction, Session } from './session.ts';

/** When the product may connect by itself: at once, when the claims view is first seen, or on a click only. */
export type ConnectMode = 'auto' | 'onView' | 'manual';

/** How a context is to be followed. Equal values mean that nothing has to change. */
export interface FollowPlan {
  readonly scope: Scope;
  readonly connect: ConnectMode;
}

type ResolvedTarget = Extract<TargetChoice, { readonly kind: 'target' }>['target'];

/** What this file needs of the outside; the composition root provides it. */
export interface CurrentStoragePorts {
  /** Which context is followed; undefined until the first reading of the kubeconfig. */
  readonly choice: Signal<TargetChoice | undefined>;
  /** The settings in force for a target. */
  readonly planFor: (target: Target) => FollowPlan;
  /** Told when `planFor` may answer differently. */
  readonly plansChanged: Signal<unknown>;
  /** Whether the claims view has been seen in this window. */
  readonly viewSeen: Signal<boolean>;
  /**
   * Loads the client stack (a bundle of its own) and opens a session. Rejects with a message fit to be shown.
   * `foreign` is to be told when another cluster answers in the place of the one the session was opened for.
   */
  readonly open: (
    target: ResolvedTarget,
    scope: Scope,
    sequence: () => number,
    foreign: () => void,
  ) => Promise<Session>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looking away and back again and again wakes no more often than this. */
const wakeMs = 5_000;

/**
 * The one session of a window: opened for the target that is followed, replaced whole when target or scope change.
 *
 * `snapshot` never shows anything of an old target under a new one: it is set to an empty picture of the new target
 * before the new session exists, and an old session is disposed before that.
 */
export class CurrentStorage implements Disposable {
  readonly #ports: CurrentStoragePorts;
  readonly #lifetime = new DisposableStore();
  readonly #slot = new DisposableSlot<DisposableStore>();
  readonly #snapshot: SignalSource<StorageSnapshot>;
  readonly #session = new SignalSource<Session | undefined>(undefined);
  readonly #wakeLater = new DisposableSlot<Disposable>();
  #wokenMs = Number.NEGATIVE_INFINITY;
  #sequence = 0;
  /** What the slot is for: target key and scope; undefined while nothing is open. */
  #openFor: string | undefined;
  /** The opening that counts: one that was superseded is not the same, even if it is for the same target. */
  #opening: object | undefined;
  #opened: ResolvedTarget | undefined;
  /** Targets the user has asked to connect to although the plan would wait. */
  readonly #clicked = new Set<string>();
  readonly #selectors = new SelectorMemory();
  /** Why the open session has other selectors than the plan. */
  #refusal: SelectorRefusal | undefined;

  constructor(ports: CurrentStoragePorts) {
    this.#ports = ports;
    this.#snapshot = new SignalSource(this.#picture(undefined, emptyScope, { state: 'idle' }));
    const update = () => this.#update();
    for (const signal of [ports.choice, ports.plansChanged, ports.viewSeen])
      this.#lifetime.add(signal.subscribe(update));
    this.#lifetime.add(this.#slot);
    this.#lifetime.add(this.#wakeLater);
    this.#update();
  }

  get snapshot(): Signal<StorageSnapshot> {
    return this.#snapshot;
  }

  /** The open session, for one-off reads and demands; undefined while there is none. */
  get session(): Signal<Session | undefined> {
    return this.#session;
  }

  get contexts(): readonly ContextSummary[] {
    return this.#ports.choice.value?.contexts ?? [];
  }

  /** Connects although the plan waits for the user, or lets the open session try again at once. */
  retry(interaction: Interaction): void {
    const choice = this.#ports.choice.value;
    if (choice?.kind === 'target' && interaction === 'click') this.#clicked.add(choice.target.target.key);
    const session = this.#session.value;
    if (session) session.retry(interaction);
    else {
      this.#openFor = undefined;
      this.#update();
    }
  }

  /**
   * Somebody looks again, or trusts the workspace: what is not connected is tried at once, what is live is left alone.
   * At most once per five seconds; the last call is not lost.
   */
  wake(): void {
    const { clock } = this.#ports;
    const { state } = this.#snapshot.value.connection;
    const session = this.#session.value;
    if (!session || state === 'live' || state === 'connecting') return;
    const waitMs = this.#wokenMs + wakeMs - clock.monotonicMs();
    this.#wakeLater.set(waitMs > 0 ? clock.after(waitMs, () => this.wake()) : undefined);
    if (waitMs > 0) return;
    this.#wokenMs = clock.monotonicMs();
    session.wake();
  }

  dispose(): void {
    this.#openFor = undefined;
    this.#opening = undefined;
    this.#lifetime.dispose();
  }

  #update(): void {
    const choice = this.#ports.choice.value;
    if (this.#lifetime.disposed || choice === undefined) return;
    if (choice.kind === 'none') {
      this.#refusal = undefined;
      this.#close();
      this.#snapshot.set(
        this.#picture(undefined, emptyScope, { state: 'none', reason: choice.reason, message: choice.message }),
      );
      return;
    }
    const { target } = choice.target;
    const plan = this.#ports.planFor(target);
    const { scope, refusal } = this.#selectors.inForce(target.key, plan.scope);
    const key = JSON.stringify([target.key, scopeKey(scope)]);
    const news = this.#refusal !== refusal;
    this.#refusal = refusal;
    if (this.#openFor === key) {
      const shown = this.#session.value?.snapshot.value;
      if (news && shown) this.#show({ ...shown, sequence: ++this.#sequence });
      if (this.#opened !== choice.target) this.#session.value?.reconnect(choice.target);
      this.#opened = choice.target;
      return;
    }
    this.#close();
    if (!this.#mayConnect(target, plan.connect)) {
      this.#snapshot.set(this.#picture(target, scope, { state: 'idle' }));
      return;
    }
    this.#openFor = key;
    this.#opened = choice.target;
    void this.#open(choice.target, scope);
  }

  #mayConnect(target: Target, connect: ConnectMode): boolean {
    if (connect === 'auto' || target.demo || this.#clicked.has(target.key)) return true;
    return connect === 'onView' && this.#ports.viewSeen.value;
  }

  async #open(resolved: ResolvedTarget, scope: Scope): Promise<void> {
    const { target } = resolved;
    this.#show(this.#picture(target, scope, { state: 'connecting', sinceMs: this.#ports.clock.now() }));
    const opening = {};
    this.#opening = opening;
    let session: Session;
    try {
      const sequence = () => ++this.#sequence;
      session = await this.#ports.open(resolved, scope, sequence, () => this.#reopen(opening));
    } catch (error) {
      if (this.#opening !== opening) return;
      this.#ports.log.error(`Cannot open a session for context ${target.contextName}: ${messageOf(error)}`);
      this.#snapshot.set(this.#picture(target, scope, { state: 'failing', error: asApiError(error) }));
      return;
    }
    if (this.#opening !== opening) {
      session.dispose();
      return;
    }
    // Credentials may have been replaced while the session was being opened.
    if (this.#opened && this.#opened !== resolved) session.reconnect(this.#opened);
    const lifetime = new DisposableStore();
    lifetime.add(session);
    lifetime.add(session.snapshot.subscribe((snapshot) => this.#take(snapshot)));
    this.#slot.set(lifetime);
    this.#session.set(session);
    this.#take(session.snapshot.value);
  }

  /** Selectors that the server refuses never come into force: the last good ones are opened in their place. */
  #take(snapshot: StorageSnapshot): void {
    if (snapshot.target && this.#selectors.refuses(snapshot.target.key, snapshot)) this.#update();
    else this.#show(snapshot);
  }

  #show(snapshot: StorageSnapshot): void {
    this.#snapshot.set(this.#refusal ? { ...snapshot, ...this.#refusal } : snapshot);
  }

  /** The cluster was recreated behind the same server: nothing of the old one may be seen or judged with the new one. */
  #reopen(opening: object): void {
    const [resolved, key] = [this.#opened, this.#openFor];
    if (this.#opening !== opening || !resolved || key === undefined) return;
    const { scope } = this.#snapshot.value;
    this.#ports.log.info(`Another cluster answers for context ${resolved.target.contextName}: it is followed anew.`);
    this.#close();
    this.#openFor = key;
    this.#opened = resolved;
    void this.#open(resolved, scope);
  }

  #close(): void {
    this.#openFor = undefined;
    this.#opening = undefined;
    this.#opened = undefined;
    this.#session.set(undefined);
    this.#slot.set(undefined);
  }

  #picture(target: Target | undefined, scope: Scope, connection: Connection): StorageSnapshot {
    return emptySnapshot(++this.#sequence, target, scope, connection);
  }
}

const emptyScope: Scope = { namespaces: [], labelSelector: '', fieldSelector: '' };

function asApiError(error: unknown): ApiError {
  return { reason: 'config', message: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
