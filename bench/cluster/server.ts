// A cluster that answers as fast as it can, in a process of its own: node bench/cluster/server.ts CLAIMS EVENTS
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { claimJson, namespaceJson, namespaceNames } from './claims.ts';

/** What the parent is told once all answers are ready. */
export interface ServerReady {
  readonly port: number;
}

const [claimCount = 0, eventCount = 0] = process.argv.slice(2).map(Number);
const listVersion = 1_000_000;
/** An event stream is written in pieces of so many events: the server must not be what is measured. */
const eventsPerPiece = 50;

const items = Array.from({ length: claimCount }, (_, index) => claimJson(index, listVersion - claimCount + index));
const events = Array.from({ length: Math.ceil(eventCount / eventsPerPiece) }, (_, piece) =>
  Buffer.from(
    Array.from({ length: Math.min(eventsPerPiece, eventCount - piece * eventsPerPiece) }, (_, position) =>
      modified(piece * eventsPerPiece + position),
    ).join(''),
  ),
);
const pages = new Map<string, Buffer>();
/** Watches of claims that wait for `/bench/stream`. */
const watches = new Set<ServerResponse>();

/** The objects change in turn, and grow by 1 MiB each time round. */
function modified(number: number): string {
  const round = 1 + Math.floor(number / claimCount);
  return `{"type":"MODIFIED","object":${claimJson(number % claimCount, listVersion + 1 + number, round)}}\n`;
}

/** One page of the list, made at the first request and kept. */
function page(limit: number, from: number): Buffer {
  const key = `${limit} ${from}`;
  const made =
    pages.get(key) ?? Buffer.from(list('PersistentVolumeClaimList', items.slice(from, from + limit), from + limit));
  pages.set(key, made);
  return made;
}

function list(kind: string, part: readonly string[], next: number): string {
  const more = next < claimCount ? { continue: String(next), remainingItemCount: claimCount - next } : {};
  const metadata = JSON.stringify({ resourceVersion: String(listVersion), ...more });
  return `{"kind":"${kind}","apiVersion":"v1","metadata":${metadata},"items":[${part.join()}]}`;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  response.setHeader('content-type', 'application/json');
  if (query.has('watch')) {
    response.writeHead(200).flushHeaders();
    if (pathname.endsWith('/persistentvolumeclaims')) watches.add(response.on('close', () => watches.delete(response)));
  } else if (pathname === '/api/v1/persistentvolumeclaims') {
    response.end(page(Number(query.get('limit') ?? claimCount), Number(query.get('continue') ?? 0)));
  } else if (pathname === '/api/v1/namespaces') {
    const namespaces = namespaceNames.map((name) => namespaceJson(name, listVersion));
    response.end(list('NamespaceList', namespaces, claimCount));
  } else if (pathname.startsWith('/api/v1/namespaces/')) {
    response.end(namespaceJson(pathname.split('/').at(-1) ?? '', listVersion));
  } else if (pathname === '/version') {
    response.end(JSON.stringify({ major: '1', minor: '37', gitVersion: 'v1.37.0' }));
  } else if (pathname === '/bench/stream') {
    for (const watch of watches) void stream(watch);
    response.end(JSON.stringify({ watches: watches.size }));
  } else {
    response.writeHead(404).end(JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }));
  }
}

/** As fast as the client takes them. */
async function stream(watch: ServerResponse): Promise<void> {
  // A client that has been ended closes the stream in the middle.
  await pipeline(Readable.from(events), watch, { end: false }).catch(() => {});
}

process.once('disconnect', () => process.exit());
const server = createServer(answer).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port } satisfies ServerReady);
});
