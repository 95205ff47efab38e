import type { ReflectorState, Sink } from '../cluster/consumer.ts';
import type { Slice } from '../domain/snapshot.ts';
import type { Identified } from '../wire/kind.ts';

/** Records of one kind by name, as a sink for a reflector and as a slice for the snapshot. */
export class SliceStore<T extends Identified> implements Sink<T> {
  readonly #changed: () => void;
  #items = new Map<string, T>();
  #slice: Slice<T> = { state: 'off', items: new Map() };
  /** The slice does not have all of `#items` yet. */
  #isBehind = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Another one after every change: made when it is asked for, as changes come in great numbers. */
  get slice(): Slice<T> {
    if (this.#isBehind) this.#slice = { ...this.#slice, items: new Map(this.#items) };
    this.#isBehind = false;
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
    this.#itemsChanged();
    return differences;
  }

  upsert(record: T): void {
    this.#items.set(record.name, record);
    this.#itemsChanged();
  }

  remove(record: T): void {
    this.#items.delete(record.name);
    this.#itemsChanged();
  }

  /** Follows the state of the reflector that fills it; `undefined` when nothing does any more. */
  setState(state: ReflectorState | undefined): void {
    const { items } = this.slice;
    if (state === undefined) this.#slice = { state: 'off', items };
    else if (state.phase !== 'waiting') this.#slice = { state: state.phase, items };
    else this.#slice = { state: state.error.reason === 'forbidden' ? 'forbidden' : 'stale', items, error: state.error };
    this.#changed();
  }

  #itemsChanged(): void {
    this.#isBehind = true;
    this.#changed();
  }
}
