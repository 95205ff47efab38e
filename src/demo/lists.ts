import { type JsonObject, objectOf } from '../wire/json.ts';
import type { ObjectStore, StoredObject } from './objectStore.ts';
import { numberIn, type Selection } from './selection.ts';
import { badRequest, expired, tooLargeResourceVersion } from './status.ts';

const tooOldToken =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
  'continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing ' +
  'with the provided token results in an inconsistent list - objects that were created, modified, or deleted between ' +
  'the time the first chunk was returned and now may show up in the list.';

/** Where a paged list goes on: `rv` is the snapshot all its pages are of, -1 for "as it is by now". */
interface Continuation {
  readonly rv: number;
  readonly start: string;
}

/**
 * Answers a LIST: all of a collection or a page of it, consistent over its pages by resourceVersion.
 *
 * A continue token whose snapshot has been compacted gets 410 with another token that goes on inconsistently, as
 * kube-apiserver does.
 */
export function listOf(store: ObjectStore, selection: Selection, query: URLSearchParams): JsonObject {
  const limit = numberIn(query, 'limit') ?? 0;
  const resourceVersion = resourceVersionIn(store, query);
  const token = query.get('continue') ?? '';
  if (token === '') {
    const at = query.get('resourceVersionMatch') === 'Exact' ? resourceVersion : undefined;
    return page(store, selection, { rv: at ?? store.resourceVersion, start: '' }, limit);
  }
  if ((query.get('resourceVersion') ?? '') !== '') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const { rv, start } = continuationIn(token);
  return page(store, selection, { rv: rv < 0 ? store.resourceVersion : rv, start }, limit);
}

function page(store: ObjectStore, selection: Selection, { rv, start }: Continuation, limit: number): JsonObject {
  const { resource, namespace } = selection;
  const all = store.listAt(resource, rv, namespace);
  if (!all) {
    if (start === '') throw expired('The resourceVersion for the provided list is too old.');
    throw expired(tooOldToken, { continue: tokenOf({ rv: -1, start }) });
  }
  const items: StoredObject[] = [];
  let at = firstFrom(all, start);
  // What comes behind the page is not looked at: it would be most of a large collection, at every page.
  for (; at < all.length && (limit <= 0 || items.length < limit); at++) {
    const object = all[at];
    if (object && selection.selects(object)) items.push(object);
  }
  const last = items.at(-1);
  const more = last !== undefined && (selection.everything ? at < all.length : all.slice(at).some(selection.selects));
  return {
    kind: `${resource.kind}List`,
    apiVersion: resource.apiVersion,
    metadata: {
      resourceVersion: String(rv),
      ...(more ? { continue: tokenOf({ rv, start: `${keyOf(last)}\0` }) } : {}),
      // Under a selector the real server does not know either.
      ...(more && selection.everything ? { remainingItemCount: all.length - at } : {}),
    },
    items,
  };
}

/** A resourceVersion of a LIST; 0 and none mean any. */
function resourceVersionIn(store: ObjectStore, query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    const why = `strconv.ParseUint: parsing "${text}": invalid syntax`;
    throw badRequest(`invalid resource version: resourceVersion: Invalid value: "${text}": ${why}`);
  }
  const asked = Number(text);
  if (asked > store.resourceVersion) throw tooLargeResourceVersion(asked, store.resourceVersion);
  return asked;
}

/** Position of the first object whose key is not below `start`. */
function firstFrom(ordered: readonly StoredObject[], start: string): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const object = ordered[middle];
    if (object && keyOf(object) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tokenOf({ rv, start }: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })).toString('base64url');
}

function continuationIn(token: string): Continuation {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw badRequest(
      'invalid continue token: continue key is not valid: invalid character looking for beginning of value',
    );
  }
  const { rv, start } = objectOf(value) ?? {};
  if (typeof rv !== 'number' || typeof start !== 'string') {
    throw badRequest('invalid continue token: continue key is not valid: incorrect encoded start resourceVersion');
  }
  return { rv, start };
}

function keyOf({ metadata }: StoredObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
