import type { Interner } from './interner.ts';
import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from './json.ts';
import type { Identified, Kind } from './kind.ts';

/** One page of a LIST. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Token of the next page; undefined on the last. */
  readonly continueToken?: string;
}

/** Reads a LIST answer; undefined when the object is not a list. Items that cannot be read are left out. */
export function readPage<T extends Identified>(
  object: unknown,
  kind: Kind<T>,
  interner: Interner,
): Page<T> | undefined {
  const list = objectOf(object);
  if (!list || !isList(list)) return undefined;
  const metadata = objectAt(list, 'metadata');
  const continueToken = textAt(metadata, 'continue');
  const items: T[] = [];
  for (const item of arrayAt(list, 'items')) {
    const itemObject = objectOf(item);
    const record = itemObject && kind.read(itemObject, interner);
    if (record) items.push(record);
  }
  return {
    items,
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    ...(continueToken === undefined ? {} : { continueToken }),
  };
}

function isList(list: JsonObject): boolean {
  const kind = textAt(list, 'kind');
  return kind === undefined ? Array.isArray(list.items) : kind.endsWith('List');
}
