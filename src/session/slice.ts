import type { ReflectorState, Sink } from '../cluster/consumer.ts';
import type { Slice } from '../domain/snapshot.ts';
import type { Identified } from '../wire/kind.ts';

/** Records of one kind by name, as a sink for a reflector and as a slice for the snapshot. For kinds with few objects. */
export class SliceStore<T extends Identified> implements Sink<T> {
  readonly #changed: () => void;
  #items = new Map<string, T>();
  #slice: Slice<T> = { state: 'off', items: new Map() };

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get slice(): Slice<T> {
    return this.#slice;
  }

  get size(): number {
    return this.#items.size;
  }

  replace(items: readonly T[]): number {
    const next = new Map(items.map((item) => [item.name, item]));
    let differences = 0;
    for (const [name, item] of next) if (this.#items.get(name)?.resourceVersion !== item.resourceVersion) differences++;
    for (const name of this.#items.keys()) if (!next.has(name)) differences++;
    this.#items = next;
    this.#publish({ ...this.#slice, items: new Map(next) });
    return differences;
  }

  upsert(record: T): void {
    this.#items.set(record.name, record);
    this.#publish({ ...this.#slice, items: new Map(this.#items) });
  }

  remove(record: T): void {
    this.#items.delete(record.name);
    this.#publish({ ...this.#slice, items: new Map(this.#items) });
  }

  /** Follows the state of the reflector that fills it; `undefined` when nothing does any more. */
  setState(state: ReflectorState | undefined): void {
    const { items } = this.#slice;
    if (state === undefined) this.#publish({ state: 'off', items });
    else if (state.phase !== 'waiting') this.#publish({ state: state.phase, items });
    else
      this.#publish({ state: state.error.reason === 'forbidden' ? 'forbidden' : 'stale', items, error: state.error });
  }

  #publish(slice: Slice<T>): void {
    this.#slice = slice;
    this.#changed();
  }
}
