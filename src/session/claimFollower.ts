import { every } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { ReflectorState } from '../cluster/consumer.ts';
import { inTurns } from '../cluster/inTurns.ts';
import type { Collection } from '../cluster/listPager.ts';
import { Reflector } from '../cluster/reflector.ts';
import type { ClaimIndex } from '../domain/claimIndex.ts';
import type { ClaimRecord } from '../domain/records.ts';
import type { Scope } from '../domain/target.ts';
import { claims } from '../wire/claims.ts';
import { AccessProbing } from './accessProbing.ts';
import type { Interaction } from './session.ts';
import type { SessionContext } from './sessionContext.ts';

/** At most so many namespaces are followed one by one; the others are of unknown access. */
const maxFollowed = 100;
/** Rights change: what was refused is asked again this often. */
const recheckMs = 300_000;

/**
 * Follows the claims of a scope with as few watches as rights allow.
 *
 * One watch over the whole cluster where that is permitted and nothing narrower is configured; otherwise one per namespace:
 * the configured ones, or those of `candidates` that turn out to be readable by a LIST of one claim (an access review's "no"
 * is only advisory). Access is looked at again on a slow timer, and the cluster-wide right too.
 */
export class ClaimFollower implements Disposable {
  readonly #context: SessionContext;
  readonly #scope: Scope;
  readonly #index: ClaimIndex;
  readonly #changed: () => void;
  readonly #naming: () => ReflectorState;
  readonly #loops = new Map<string, { readonly reflector: Reflector<ClaimRecord>; readonly stop: AbortController }>();
  readonly #wide: { readonly reflector: Reflector<ClaimRecord>; readonly stop: AbortController } | undefined;
  readonly #probing: AccessProbing;
  readonly #recheck: Disposable;
  #candidates: ReadonlySet<string> = new Set();
  #candidatesKnown = false;
  /** Whether there are no namespaces but the candidates. */
  #exhaustive = false;
  /** The cluster-wide watch was refused, and has not been live since: what else befalls it says nothing about rights. */
  #wideRefused = false;

  /** `naming`: the state of the loop that tells the candidates. */
  constructor(
    context: SessionContext,
    scope: Scope,
    index: ClaimIndex,
    changed: () => void,
    naming: () => ReflectorState,
  ) {
    this.#context = context;
    this.#scope = scope;
    this.#index = index;
    this.#changed = changed;
    this.#naming = naming;
    this.#probing = new AccessProbing({
      context,
      list: (namespace) => this.#collection(namespace),
      host: {
        wanted: () => this.narrowed,
        open: () => [...this.#candidates].filter((name) => !this.#loops.has(name)),
        exists: (name) => this.#candidates.has(name),
        full: () => this.#loops.size >= maxFollowed,
        follow: (name) => this.#follow(name),
        lose: (name, access) => this.#lose(name, access),
        changed,
      },
    });
    this.#recheck = every(context.clock, recheckMs, () => this.#probe(true));
    if (scope.namespaces.length === 0) this.#wide = this.#start(undefined);
    else {
      for (const namespace of scope.namespaces.slice(0, maxFollowed)) this.#follow(namespace);
      for (const namespace of scope.namespaces.slice(maxFollowed)) index.setNamespace(namespace, { access: 'unknown' });
    }
  }

  /**
   * State of every loop that counts: the cluster-wide one unless namespaces stand in for it. Until it is known which do, the
   * asking is a loop too: where nothing is followed yet, or the sums hold what the cluster-wide watch read at last.
   */
  get states(): readonly ReflectorState[] {
    const states = this.#counted.map(({ state }) => state);
    if (!this.narrowed || (this.#candidatesKnown && this.#probing.finished)) return states;
    if (this.#loops.size > 0) return this.#holdsUnfollowed ? [...states, { phase: 'loading' }] : states;
    return [this.#probing.failure ?? this.#unnamed ?? { phase: 'loading' }];
  }

  /** Whether the cluster-wide watch was refused at last, so that single namespaces are followed instead. */
  get narrowed(): boolean {
    return this.#scope.namespaces.length === 0 && this.#wideRefused;
  }

  /** Whether it is known which namespaces may be read: the first round of asking is over. */
  get settled(): boolean {
    return !this.narrowed || (this.#candidatesKnown && !this.#probing.asking);
  }

  get reflectors(): readonly Reflector<ClaimRecord>[] {
    return [
      ...(this.#wide ? [this.#wide.reflector] : []),
      ...[...this.#loops.values()].map(({ reflector }) => reflector),
    ];
  }

  /**
   * The namespaces that may be in scope, the likeliest first; asked one by one while the cluster-wide watch is refused.
   * `complete`: there are no others.
   */
  setCandidates(names: readonly string[], complete: boolean): void {
    const before = this.#candidates;
    this.#candidates = new Set(names);
    this.#candidatesKnown = true;
    this.#exhaustive = complete;
    for (const name of before) if (!this.#candidates.has(name)) this.#leave(name);
    this.#probe(false);
  }

  retry(interaction: Interaction): void {
    for (const reflector of this.reflectors) reflector.retry(interaction);
    this.#probe(true);
    this.#probing.wake();
  }

  /** Tries at once what waits. Refusals keep their own pace unless nothing else waits. */
  wake(): void {
    const counted = this.#counted;
    const failed = counted.filter(({ state }) => state.phase === 'waiting' && state.error.reason !== 'forbidden');
    this.#probing.wake();
    for (const reflector of failed.length > 0 || this.#probing.failure ? failed : counted) reflector.wake();
  }

  dispose(): void {
    this.#recheck.dispose();
    this.#wide?.stop.abort();
    for (const { stop } of this.#loops.values()) stop.abort();
    this.#loops.clear();
  }

  get #counted(): readonly Reflector<ClaimRecord>[] {
    const loops = [...this.#loops.values()].map(({ reflector }) => reflector);
    return this.#wide && !(this.#wideRefused && loops.length > 0) ? [this.#wide.reflector] : loops;
  }

  /** Why it is not known for which namespaces to ask, where that has failed. */
  get #unnamed(): ReflectorState | undefined {
    const state = this.#candidatesKnown ? undefined : this.#naming();
    if (state?.phase !== 'waiting') return undefined;
    // A refusal is followed by another way to the names; and what is wrong with the question is no selector's fault.
    return ['forbidden', 'invalid'].includes(state.error.reason) ? undefined : state;
  }

  get #holdsUnfollowed(): boolean {
    for (const name of this.#candidates) if (!this.#loops.has(name) && this.#index.accessOf(name) === 'ok') return true;
    return false;
  }

  #follow(namespace: string): void {
    if (this.#loops.has(namespace)) return;
    // Until it has been listed, its claims are missing from the sums unless the cluster-wide watch has read them.
    if (this.#index.accessOf(namespace) !== 'ok') this.#index.setNamespace(namespace, { access: 'unknown' });
    this.#loops.set(namespace, this.#start(namespace));
  }

  /** A namespace is gone, or not to be tried any more. A cluster-wide watch says itself what becomes of its claims. */
  #leave(namespace: string): void {
    this.#probing.forget(namespace);
    this.#index.dropNamespace(namespace);
    if (!this.narrowed) return;
    this.#loops.get(namespace)?.stop.abort();
    this.#loops.delete(namespace);
    this.#index.replace([], namespace);
  }

  /** Claims that nobody follows may be gone: a sum with them in it would be no lower bound. */
  #lose(namespace: string, access: 'forbidden' | 'unknown'): void {
    this.#index.replace([], namespace);
    this.#index.setNamespace(namespace, { access });
  }

  #start(namespace: string | undefined): {
    readonly reflector: Reflector<ClaimRecord>;
    readonly stop: AbortController;
  } {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#context.signal, stop.signal]);
    const index = this.#index;
    const sink = {
      get size() {
        return index.size(namespace);
      },
      replace: async (items: readonly ClaimRecord[]) => {
        const differences = await inTurns(index.replacing(items, namespace), this.#context.clock, signal);
        this.#changed();
        return differences ?? 0;
      },
      upsert: (claim: ClaimRecord) => this.#then(() => index.upsert(claim)),
      remove: (claim: ClaimRecord) => this.#then(() => index.remove(claim.uid)),
    };
    const onState = (state: ReflectorState) => this.#onState(namespace, state);
    const reflector = new Reflector({ ...this.#context, collection: this.#collection(namespace), sink, onState });
    void reflector.run(signal);
    return { reflector, stop };
  }

  #onState(namespace: string | undefined, state: ReflectorState): void {
    const forbidden = state.phase === 'waiting' && state.error.reason === 'forbidden';
    if (namespace === undefined) this.#onWideState(forbidden, state.phase === 'live');
    else if (forbidden) this.#lose(namespace, 'forbidden');
    else if (state.phase === 'live') this.#index.setNamespace(namespace, { access: 'ok' });
    this.#changed();
  }

  #onWideState(forbidden: boolean, live: boolean): void {
    if (forbidden) {
      this.#wideRefused = true;
      this.#probe(false);
    }
    if (!live) return;
    this.#wideRefused = false;
    for (const { stop } of this.#loops.values()) stop.abort();
    this.#loops.clear();
    this.#probing.forgetAll();
    this.#vouch();
  }

  /** What is live reads its namespaces, those too that have been named or have come back since; the cluster-wide watch reads all. */
  #vouch(): void {
    for (const [name, { reflector }] of this.#loops)
      if (reflector.state.phase === 'live') this.#index.setNamespace(name, { access: 'ok' });
    if (this.#wide?.reflector.state.phase !== 'live') return;
    for (const name of this.#candidates) this.#index.setNamespace(name, { access: 'ok' });
    for (const name of this.#index.names) {
      if (this.#candidates.has(name) || this.#index.accessOf(name) === 'ok') continue;
      this.#index.setNamespace(name, { access: 'ok' });
      // Nobody names it: it is there as long as it has claims.
      this.#index.dropNamespace(name);
    }
  }

  #then<R>(change: () => R): R {
    const result = change();
    this.#changed();
    return result;
  }

  #collection(namespace: string | undefined): Collection<ClaimRecord> {
    const { labelSelector, fieldSelector } = this.#scope;
    return { kind: claims, namespace, labelSelector, fieldSelector };
  }

  /** Asks for namespaces where the cluster-wide watch is refused. `again`: also for those that were refused before. */
  #probe(again: boolean): void {
    if (!this.narrowed || this.#context.signal.aborted) {
      this.#vouch();
      return;
    }
    if (!this.#candidatesKnown) return;
    this.#disownOthers();
    this.#probing.ask(again);
  }

  /** What the cluster-wide watch has read of namespaces that nobody names is neither kept nor vouched for. */
  #disownOthers(): void {
    for (const name of this.#index.names) {
      if (this.#candidates.has(name)) continue;
      if (this.#exhaustive) this.#leave(name);
      else if (this.#index.accessOf(name) === 'ok') this.#lose(name, 'unknown');
    }
  }
}
