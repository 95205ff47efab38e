import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What the server was asked, in order of arrival. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Number of the TCP connection it came on, counted from 1. */
  readonly connection: number;
}

export type Handler = (exchange: Exchange) => void;

/**
 * An API server on loopback that does exactly what the test says, misbehaviour included.
 *
 * Every request is recorded and then given to `handler`; one that is not answered hangs until `close`.
 */
export class FakeApiServer {
  readonly requests: SeenRequest[] = [];
  readonly exchanges: Exchange[] = [];
  handler: Handler = (exchange) => exchange.status(404, 'NotFound', 'nothing is scripted for this path');
  connections = 0;
  /** Told of every TLS connection, which may show a client certificate. */
  onSecure: (socket: TLSSocket) => void = () => {};
  readonly #server;
  readonly #sockets = new Map<Socket, number>();
  readonly #scheme: 'http' | 'https';

  private constructor(tls: ServerOptions | undefined) {
    this.#scheme = tls ? 'https' : 'http';
    const take = (request: IncomingMessage, response: ServerResponse) => this.#take(request, response);
    this.#server = tls ? createTlsServer(tls, take) : createServer(take);
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#sockets.set(socket, ++this.connections);
      if (socket instanceof TLSSocket) this.onSecure(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a free port; over TLS if given a certificate. */
  static async start(tls?: ServerOptions): Promise<FakeApiServer> {
    const server = new FakeApiServer(tls);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#scheme}://127.0.0.1:${port}`;
  }

  /** Recorded requests that list or watch. */
  get lists(): readonly SeenRequest[] {
    return this.requests.filter((request) => !isWatch(request) && isApi(request));
  }

  get watches(): readonly SeenRequest[] {
    return this.requests.filter(isWatch);
  }

  /** A few round trips on loopback: whatever was on its way has arrived after it. Only without TLS. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      await new Promise<void>((resolve, reject) => {
        get(`${this.url}${pingPath}`, (response) => response.resume().on('end', resolve)).on('error', reject);
      });
    }
  }

  /** Resets every open connection. */
  cutAll(): void {
    for (const socket of this.#sockets.keys()) socket.resetAndDestroy();
  }

  /** Refuses connections until the answer is called, which listens again on the same port. */
  async shut(): Promise<() => Promise<void>> {
    const { port } = this.#server.address() as AddressInfo;
    this.cutAll();
    await this.close();
    return async () => await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname === pingPath) {
      response.end();
      return;
    }
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      connection: this.#sockets.get(request.socket) ?? 0,
    };
    this.requests.push(seen);
    const exchange = new Exchange(seen, response);
    this.exchanges.push(exchange);
    this.handler(exchange);
  }
}

/** One request and the ways to answer it, well or badly. */
export class Exchange {
  readonly request: SeenRequest;
  readonly #response: ServerResponse;
  /** Whether the client has gone, or the answer is complete. */
  closed = false;

  constructor(request: SeenRequest, response: ServerResponse) {
    this.request = request;
    this.#response = response;
    response.on('close', () => {
      this.closed = true;
    });
  }

  json(value: unknown, code = 200, headers: Readonly<Record<string, string>> = {}): void {
    this.text(JSON.stringify(value), 'application/json', code, headers);
  }

  text(body: string | Uint8Array, type: string, code = 200, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(code, { 'content-type': type, ...headers }).end(body);
  }

  /** A body as it is, under any headers. */
  bytes(body: Uint8Array, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(200, headers).end(body);
  }

  /** A metav1.Status of a failure. */
  status(code: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}): void {
    this.json(failure(code, reason, message), code, headers);
  }

  /** A page of a LIST. */
  page(items: readonly unknown[], resourceVersion: string, continueToken = ''): void {
    this.json({ kind: 'List', metadata: { resourceVersion, continue: continueToken }, items });
  }

  /** Begins a watch, or an answer with another status; what follows goes through `event`, `bookmark` and `raw`. */
  begin(code = 200, type = 'application/json', headers: Readonly<Record<string, string>> = {}): this {
    if (!this.#response.headersSent)
      this.#response.writeHead(code, { 'content-type': type, ...headers }).flushHeaders();
    return this;
  }

  event(type: string, object: unknown): this {
    return this.raw(`${JSON.stringify({ type, object })}\n`);
  }

  bookmark(resourceVersion: string): this {
    return this.event('BOOKMARK', { kind: 'PersistentVolumeClaim', metadata: { resourceVersion } });
  }

  raw(piece: string | Uint8Array): this {
    this.#response.write(piece);
    return this;
  }

  /** Ends the answer properly. */
  end(): void {
    this.#response.end();
  }

  /** Resets the connection. */
  cut(): void {
    this.#response.socket?.resetAndDestroy();
  }
}

/** A metav1.Status of a failure, as an answer or as the object of an ERROR event. */
export function failure(code: number, reason: string, message: string): Readonly<Record<string, unknown>> {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message };
}

const pingPath = '/fake-ping';

function isWatch(request: SeenRequest): boolean {
  return request.query.get('watch') === '1';
}

function isApi(request: SeenRequest): boolean {
  return request.path.startsWith('/api');
}
