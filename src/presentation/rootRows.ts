import type { NamespaceClaims } from '../domain/snapshot.ts';
import { NamespaceUsage } from './namespaceUsage.ts';
import { ordered } from './order.ts';
import type { Row } from './row.ts';
import type { Sort, StorageView } from './storageView.ts';
import { namespaceRow, namespacesOf, withoutAccessRow } from './tree.ts';

/**
 * The namespaces of one tree from view to view, and what cannot be read in one folded last row. The same row object for the
 * same namespace, so that unchanged ones are not drawn again.
 *
 * The order is kept, too: to compare thousands of names takes longer than everything else that is done for an event.
 */
export class RootRows {
  readonly #made = new WeakMap<NamespaceClaims, Row>();
  readonly #usage = new NamespaceUsage();
  #sort: Sort | undefined;
  /** By name, as they stood last. */
  #places: ReadonlyMap<string, number> = new Map();

  of(view: StorageView): readonly Row[] {
    const { shown, dark } = namespacesOf(view);
    const rows = this.#inOrder(shown, view).map((namespace) => this.#rowOf(namespace));
    if (dark > 0) rows.push(withoutAccessRow(dark));
    return rows;
  }

  #rowOf(namespace: NamespaceClaims): Row {
    const made = this.#made.get(namespace);
    if (made) return made;
    const row = namespaceRow(namespace);
    this.#made.set(namespace, row);
    return row;
  }

  #inOrder(shown: readonly NamespaceClaims[], { sort, readings }: StorageView): readonly NamespaceClaims[] {
    const known: (NamespaceClaims | undefined)[] = Array.from({ length: this.#places.size });
    const come: NamespaceClaims[] = [];
    for (const namespace of shown) {
      const at = this.#places.get(namespace.name);
      if (at === undefined) come.push(namespace);
      else known[at] = namespace;
    }
    const stayed = known.filter((namespace) => namespace !== undefined);
    const same = come.length === 0 && stayed.length === known.length && sort === 'name' && this.#sort === sort;
    if (same) return stayed;
    const used = (namespace: NamespaceClaims) => this.#usage.of(namespace, readings);
    const sorted = stayed.concat(come).sort((a, b) => ordered(sort, a, b, used));
    this.#sort = sort;
    this.#places = new Map(sorted.map(({ name }, at) => [name, at]));
    return sorted;
  }
}

/** The rows of a view that nothing came before. */
export function rootRows(view: StorageView): readonly Row[] {
  return new RootRows().of(view);
}
