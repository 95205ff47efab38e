import { fail, type Result, succeed } from '../domain/apiError.ts';
import { BinaryList } from '../wire/binaryList.ts';
import type { Interner } from '../wire/interner.ts';
import { collectionPath, hasBinaryForm, type Identified, type Kind } from '../wire/kind.ts';
import { type Page, readPage } from '../wire/list.ts';
import { isBefore } from '../wire/resourceVersion.ts';
import type { Answer } from './answer.ts';
import { answerPauseMs, type Connection } from './connection.ts';
import type { Interaction } from './interaction.ts';

/** As JSON small enough to be parsed within a few milliseconds. */
const pageSize = 500;
/** Under a selector a page may hold nothing although more follow; so many in a row are no list any more. */
const emptyPages = 20;
/** More JSON than this in one page: the server has ignored the limit, and parsing it would be felt. */
const pageBytes = 4 * 1024 * 1024;

/** How a list is asked for that is followed by a watch. */
const cached: Way = { limit: pageSize, fromCache: true };
/** How it is asked for as it is now, in the order in which that is tried. */
const consistent: readonly Way[] = [
  { limit: pageSize, fromCache: false },
  { limit: pageSize, fromCache: false },
  { limit: undefined, fromCache: false },
];

interface Way {
  readonly limit: number | undefined;
  /** `resourceVersion=0`: what the API server has in its watch cache, in one answer whatever the limit. */
  readonly fromCache: boolean;
}

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

/** A list that is asked for: of what, from where, and for how long. */
export interface ListRequest<T extends Identified> {
  readonly connection: Connection;
  readonly collection: Collection<T>;
  readonly interner: Interner;
  readonly signal: AbortSignal;
  readonly interaction?: Interaction | undefined;
}

/**
 * Lists a whole collection to be watched from there, projected to slim records as it arrives.
 *
 * At first from the API server's watch cache, in the binary form: one answer, read object by object, the fastest way by far and the
 * easiest for the server (docs/performance.md). It may be a moment old, which a watch makes up for. What the cache cannot serve is
 * asked for as by `readAll`: where it is behind `reached`, the resourceVersion that was seen already, or where a server
 * that has no binary form sends too much at a time.
 */
export async function listAll<T extends Identified>(
  request: ListRequest<T>,
  reached: string | undefined = undefined,
): Promise<Result<Page<T>>> {
  const list = await listOnce(request, cached);
  const behind = list.ok && isBefore(list.value.resourceVersion, reached ?? '');
  if (list.ok ? !behind : list.error.reason !== 'expired') return list;
  return await readAll(request);
}

/**
 * Lists a whole collection as it is now.
 *
 * In consistent pages. A continue token that expires (410, the server has compacted) begins the list anew; after two times
 * it is asked for in one piece, which cannot expire. Pages that lead nowhere (a token for the second time, nothing but empty
 * pages) are malformed.
 */
export async function readAll<T extends Identified>(request: ListRequest<T>): Promise<Result<Page<T>>> {
  let list: Result<Page<T>> = outdated;
  for (const way of consistent) {
    list = await listOnce(request, way);
    if (list.ok || list.error.reason !== 'expired') return list;
  }
  return list;
}

/** What is not of use and has to be asked for in another way. */
const outdated = fail('expired', 'The list is out of date.');

async function listOnce<T extends Identified>(request: ListRequest<T>, way: Way): Promise<Result<Page<T>>> {
  const { connection, collection } = request;
  const pages: (readonly T[])[] = [];
  let unreadable = 0;
  let continueToken: string | undefined;
  let resourceVersion = '';
  const seen = new Set<string>();
  let empty = 0;
  do {
    const page = await listPage(request, { ...way, continueToken });
    if (!page.ok) return page;
    pages.push(page.value.items);
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
  return succeed({ items: pages.length === 1 ? (pages[0] ?? []) : pages.flat(), unreadable, resourceVersion });
}

/** One page; `limit: 1` asks whether a collection may be listed at all. */
export async function listPage<T extends Identified>(
  { connection, collection, interner, signal, interaction }: ListRequest<T>,
  page: Partial<Way> & { readonly continueToken?: string | undefined },
): Promise<Result<Page<T>>> {
  const { kind, namespace } = collection;
  const path = collectionPath(kind, namespace);
  const { limit, fromCache = false, continueToken } = page;
  const query = {
    ...selectors(collection),
    limit: limit?.toString(),
    continue: continueToken,
    // A token says itself which version it is of.
    resourceVersion: fromCache && continueToken === undefined ? '0' : undefined,
  };
  const binary = hasBinaryForm(kind);
  const answer = await connection.request(path, {
    query,
    signal,
    interaction,
    binary,
    compressed: true,
    pauseMs: answerPauseMs,
  });
  if (!answer.ok) return answer;
  const read = answer.value.binary
    ? await readBinary(answer.value, new BinaryList(kind, interner))
    : await readJson(answer.value, fromCache ? pageBytes : Number.POSITIVE_INFINITY, (value) =>
        readPage(value, kind, interner),
      );
  if (!read.ok) return read;
  return read.value
    ? succeed(read.value)
    : fail(
        'malformed',
        `${connection.server} answered ${path} with something that is not a list of ${kind.plural}. Check the server address in the kubeconfig.`,
      );
}

async function readBinary<T extends Identified>(
  answer: Answer,
  list: BinaryList<T>,
): Promise<Result<Page<T> | undefined>> {
  const read = await answer.read((piece) => list.push(piece));
  return read.ok ? succeed(list.end()) : read;
}

async function readJson<T>(answer: Answer, limit: number, toPage: (value: unknown) => T): Promise<Result<T>> {
  const pieces: Buffer[] = [];
  let size = 0;
  const read = await answer.read((piece) => {
    pieces.push(piece);
    size += piece.length;
    return size <= limit;
  });
  if (!read.ok) return read;
  if (size > limit) return outdated;
  const value = answer.parse(pieces);
  return value.ok ? succeed(toPage(value.value)) : value;
}
