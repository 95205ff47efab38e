import type { Interner } from './interner.ts';
import { type JsonObject, objectAt, objectOf, textAt } from './json.ts';
import type { Identified, Kind } from './kind.ts';

/** One page of a LIST. */
export interface Page<T> {
  readonly items: readonly T[];
  /** How many items could not be read and were left out. */
  readonly unreadable: number;
  /** '' where the server names none, as for OpenShift's projects: nothing to watch from. */
  readonly resourceVersion: string;
  /** Token of the next page; undefined on the last. */
  readonly continueToken?: string;
}

/**
 * Reads a LIST answer; undefined when the object is not a list of this kind (a generic `List` passes too). Items that cannot
 * be read are left out and counted.
 */
export function readPage<T extends Identified>(
  object: unknown,
  kind: Kind<T>,
  interner: Interner,
): Page<T> | undefined {
  const list = objectOf(object);
  const all = list && itemsOf(list, kind);
  if (!all) return undefined;
  const metadata = objectAt(list, 'metadata');
  const continueToken = textAt(metadata, 'continue');
  const items: T[] = [];
  for (const item of all) {
    const itemObject = objectOf(item);
    const record = itemObject && kind.read(itemObject, interner);
    if (record) items.push(record);
  }
  return {
    items,
    unreadable: all.length - items.length,
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    ...(continueToken === undefined ? {} : { continueToken }),
  };
}

/** Go writes an empty list as null or not at all; of a generic list that may as well be something else. */
function itemsOf(list: JsonObject, { listKind }: Kind<Identified>): readonly unknown[] | undefined {
  const { kind, items } = list;
  if (kind !== listKind && kind !== 'List') return undefined;
  if (Array.isArray(items)) return items;
  return kind === listKind && (items === undefined || items === null) ? [] : undefined;
}
