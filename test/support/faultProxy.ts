import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, type Server, request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TcpRelay as Relay, type TcpRelay } from './tcpRelay.ts';

/** A request that came through. */
export interface Passed {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly atMs: number;
}

/** What is answered in the place of the API server. */
export interface Instead {
  readonly code: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A reverse proxy in front of a real API server that counts requests and may answer in its place, behind a `TcpRelay` that may
 * do harm to bytes. It has a certificate of the cluster's authority, and passes on tokens but no client certificates.
 * Bodies go through as they are, in whichever form.
 */
export class FaultProxy {
  readonly requests: Passed[] = [];
  readonly way: TcpRelay;
  /** Answers instead of the server when it gives something. */
  instead: (request: Passed) => Instead | undefined = () => undefined;
  /** Awaited before a request is passed on. */
  before: (request: Passed) => Promise<void> | void = () => {};
  #tear = false;
  /** How many answers were torn. */
  torn = 0;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #target: URL;

  private constructor(server: Server, way: TcpRelay, target: URL, ca: string) {
    this.#server = server;
    this.way = way;
    this.#target = target;
    this.#agent = new Agent({ ca, keepAlive: false });
    server.on('request', (request, response) => void this.#take(request, response));
  }

  static async start(
    target: string,
    ca: string,
    serving: { readonly cert: string; readonly key: string },
  ): Promise<FaultProxy> {
    const server = createServer(serving);
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const way = await Relay.start((server.address() as AddressInfo).port);
    return new FaultProxy(server, way, new URL(target), ca);
  }

  get url(): string {
    return `https://127.0.0.1:${this.way.port}`;
  }

  /** Cuts the next piece of a watch in half, and then the connection. */
  tearNextEvent(): void {
    this.#tear = true;
  }

  /** All as it should be again. */
  async mend(): Promise<void> {
    this.instead = () => undefined;
    this.before = () => {};
    this.#tear = false;
    await this.way.become('open');
  }

  async close(): Promise<void> {
    await this.way.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#agent.destroy();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const passed = { path: url.pathname, query: url.searchParams, atMs: performance.now() };
    this.requests.push(passed);
    response.on('error', () => {});
    const answer = this.instead(passed);
    if (answer) {
      response.writeHead(answer.code, { 'content-type': 'application/json', ...answer.headers }).end(answer.body ?? '');
      return;
    }
    await this.before(passed);
    if (!response.destroyed) this.#pass(request, response);
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const watch = /[?&]watch=(1|true)/.test(request.url ?? '');
    const { host: _, connection: __, ...headers } = request.headers;
    const call = send(new URL(request.url ?? '/', this.#target), {
      method: request.method,
      headers,
      agent: this.#agent,
    });
    response.on('close', () => call.destroy());
    call.on('error', () => response.destroy());
    call.on('response', (answer) => {
      const { connection: ___, ...own } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, own).flushHeaders();
      void this.#body(answer, response, watch);
    });
    request.pipe(call);
  }

  async #body(answer: IncomingMessage, response: ServerResponse, watch: boolean): Promise<void> {
    try {
      for await (const piece of answer as AsyncIterable<Buffer>) {
        const tear = watch && this.#tear && piece.length > 40;
        const flushed = response.write(tear ? piece.subarray(0, piece.length / 2) : piece);
        if (tear) {
          this.#tear = false;
          this.torn++;
          // What has been written has to be on its way first.
          setTimeout(() => response.socket?.destroy(), 20);
          return;
        }
        if (!flushed) await new Promise<void>((resolve) => response.once('drain', resolve).once('close', resolve));
      }
      response.end();
    } catch {
      response.destroy();
    }
  }
}
