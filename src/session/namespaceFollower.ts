import type { ReflectorState } from '../cluster/consumer.ts';
import { readAll } from '../cluster/listPager.ts';
import { Reflector } from '../cluster/reflector.ts';
import type { ClaimIndex } from '../domain/claimIndex.ts';
import type { NamespaceRecord } from '../domain/records.ts';
import type { Scope, Target } from '../domain/target.ts';
import { Interner } from '../wire/interner.ts';
import { namespaces, projects } from '../wire/namespaces.ts';
import type { Interaction } from './session.ts';
import type { SessionContext } from './sessionContext.ts';

/**
 * Knows which namespaces there are: watched where that is allowed, else OpenShift's list of projects, else the context's own.
 *
 * `candidates` is told the names to try where claims cannot be read cluster-wide, and whether there are no others; the
 * context's own namespace comes first. Projects are listed again whenever the watch is refused again: nobody tells of new ones.
 */
export class NamespaceFollower {
  readonly #context: SessionContext;
  readonly #target: Target;
  readonly #scope: Scope;
  readonly #index: ClaimIndex;
  readonly #candidates: (names: readonly string[], complete: boolean) => void;
  readonly #changed: () => void;
  readonly #reflector: Reflector<NamespaceRecord>;
  readonly #uids = new Map<string, string>();
  #known = false;
  #fallingBack = false;

  constructor(
    context: SessionContext,
    target: Target,
    scope: Scope,
    index: ClaimIndex,
    candidates: (names: readonly string[], complete: boolean) => void,
    changed: () => void,
  ) {
    this.#context = context;
    this.#target = target;
    this.#scope = scope;
    this.#index = index;
    this.#candidates = candidates;
    this.#changed = changed;
    const uids = this.#uids;
    this.#reflector = new Reflector({
      ...context,
      collection: { kind: namespaces },
      sink: {
        get size() {
          return uids.size;
        },
        replace: (items) => this.#replace(items),
        upsert: (item) => this.#upsert(item),
        remove: (item) => this.#remove(item.name),
      },
      onState: (state) => this.#onState(state),
    });
    void this.#reflector.run(context.signal);
  }

  /** Whether all namespaces are known by name, so that "3 of 41 readable" can be said. */
  get known(): boolean {
    return this.#known;
  }

  get state(): ReflectorState {
    return this.#reflector.state;
  }

  get reflectors(): readonly Reflector<NamespaceRecord>[] {
    return [this.#reflector];
  }

  retry(interaction: Interaction): void {
    this.#reflector.retry(interaction);
  }

  wake(): void {
    this.#reflector.wake();
  }

  #replace(items: readonly NamespaceRecord[]): number {
    this.#known = true;
    const names = new Set(items.map(({ name }) => name));
    let differences = 0;
    for (const name of [...this.#uids.keys()]) {
      if (names.has(name)) continue;
      this.#forget(name);
      differences++;
    }
    for (const item of items) {
      if (this.#uids.get(item.name) === item.uid) continue;
      this.#note(item);
      differences++;
    }
    this.#tell();
    return differences;
  }

  #upsert(item: NamespaceRecord): void {
    const isNew = this.#uids.get(item.name) !== item.uid;
    this.#note(item);
    if (isNew) this.#tell();
  }

  #remove(name: string): void {
    this.#forget(name);
    this.#tell();
  }

  #note(item: NamespaceRecord): void {
    this.#uids.set(item.name, item.uid);
    if (this.#inScope(item.name)) this.#index.setNamespace(item.name, { uid: item.uid });
  }

  #forget(name: string): void {
    this.#uids.delete(name);
    this.#index.dropNamespace(name);
  }

  #tell(): void {
    const own = this.#target.namespace;
    const names = [...this.#uids.keys()].filter((name) => this.#inScope(name));
    this.#candidates(names.includes(own) ? [own, ...names.filter((name) => name !== own)] : names, true);
  }

  #inScope(name: string): boolean {
    return this.#scope.namespaces.length === 0 || this.#scope.namespaces.includes(name);
  }

  #onState(state: ReflectorState): void {
    const refused = state.phase === 'waiting' && state.error.reason === 'forbidden';
    if (refused && !this.#reflector.listed && !this.#fallingBack) void this.#fallBack();
    this.#changed();
  }

  async #fallBack(): Promise<void> {
    const { connection, signal } = this.#context;
    this.#fallingBack = true;
    const visible = await readAll({ connection, collection: { kind: projects }, interner: new Interner(), signal });
    this.#fallingBack = false;
    if (signal.aborted || this.#reflector.listed) return;
    if (visible.ok) this.#replace(visible.value.items);
    else if (!this.#known) this.#candidates([this.#target.namespace], false);
  }
}
