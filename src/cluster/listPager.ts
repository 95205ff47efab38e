import { fail, type Result, succeed } from '../domain/apiError.ts';
import type { Interner } from '../wire/interner.ts';
import { collectionPath, type Identified, type Kind } from '../wire/kind.ts';
import { type Page, readPage } from '../wire/list.ts';
import type { Connection } from './connection.ts';
import type { Interaction } from './interaction.ts';

/** Small enough that one page is parsed within a few milliseconds. */
const pageSize = 500;
/** How often a list whose continue token has expired is begun again before it is asked for in one piece. */
const pagedAttempts = 3;
/** Under a selector a page may hold nothing although more follow; so many in a row are no list any more. */
const emptyPages = 20;

/** What of a kind is listed and watched. */
export interface Collection<T extends Identified> {
  readonly kind: Kind<T>;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** Query parameters that select what a collection holds. */
export function selectors(collection: Collection<Identified>): Record<string, string | undefined> {
  return { labelSelector: collection.labelSelector, fieldSelector: collection.fieldSelector };
}

/**
 * Lists a whole collection in pages, each projected to slim records before the next is asked for.
 *
 * A continue token that expires (410, the server has compacted) begins the list anew; after three times it is asked for in
 * one piece, which cannot expire. Pages that lead nowhere (a token for the second time, nothing but empty pages) are malformed.
 */
export async function listAll<T extends Identified>(
  connection: Connection,
  collection: Collection<T>,
  interner: Interner,
  options: { readonly signal: AbortSignal; readonly interaction?: Interaction },
): Promise<Result<Page<T>>> {
  for (let attempt = 1; ; attempt++) {
    const paged = attempt <= pagedAttempts;
    const list = await listOnce(connection, collection, interner, paged ? pageSize : undefined, options);
    if (list.ok || list.error.reason !== 'expired' || !paged) return list;
  }
}

async function listOnce<T extends Identified>(
  connection: Connection,
  collection: Collection<T>,
  interner: Interner,
  limit: number | undefined,
  options: { readonly signal: AbortSignal; readonly interaction?: Interaction },
): Promise<Result<Page<T>>> {
  const items: T[] = [];
  let unreadable = 0;
  let continueToken: string | undefined;
  let resourceVersion = '';
  const seen = new Set<string>();
  let empty = 0;
  do {
    const page = await listPage(connection, collection, interner, { ...options, limit, continueToken });
    if (!page.ok) return page;
    // Not spread into one call: some servers ignore the limit, and a call takes about 120,000 arguments.
    for (const item of page.value.items) items.push(item);
    unreadable += page.value.unreadable;
    // Of the last page: it names the snapshot that all pages are of.
    resourceVersion = page.value.resourceVersion;
    continueToken = page.value.continueToken;
    empty = page.value.items.length + page.value.unreadable > 0 ? 0 : empty + 1;
    if (continueToken !== undefined && (seen.has(continueToken) || empty >= emptyPages))
      return fail(
        'malformed',
        `${connection.server} sends page after page of ${collection.kind.plural} without an end.`,
      );
    if (continueToken !== undefined) seen.add(continueToken);
  } while (continueToken !== undefined);
  return succeed({ items, unreadable, resourceVersion });
}

/** One page; `limit: 1` asks whether a collection may be listed at all. */
export async function listPage<T extends Identified>(
  connection: Connection,
  collection: Collection<T>,
  interner: Interner,
  options: {
    readonly signal: AbortSignal;
    readonly interaction?: Interaction;
    readonly limit?: number | undefined;
    readonly continueToken?: string | undefined;
  },
): Promise<Result<Page<T>>> {
  const path = collectionPath(collection.kind, collection.namespace);
  const query = { ...selectors(collection), limit: options.limit?.toString(), continue: options.continueToken };
  const { signal, interaction = 'background' } = options;
  const answer = await connection.json(path, { query, signal, interaction });
  if (!answer.ok) return answer;
  const page = readPage(answer.value, collection.kind, interner);
  return page
    ? succeed(page)
    : fail(
        'malformed',
        `${connection.server} answered ${path} with something that is not a list of ${collection.kind.plural}. Check the server address in the kubeconfig.`,
      );
}
