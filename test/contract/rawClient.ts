import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export type Json = { readonly [key: string]: unknown };

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body where it is a JSON object, else empty. */
  readonly body: Json;
}

export interface RawOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly token?: string;
}

export interface WatchedEvent {
  readonly type: string;
  readonly object: Json;
}

/** A watch under way: `events` grows until `ended` resolves. */
export interface RawWatch {
  readonly events: readonly WatchedEvent[];
  readonly ended: Promise<void>;
  close(): void;
}

/** Plain HTTP requests to an API server; nothing of the code under test takes part. */
export class RawClient {
  readonly #server: string;
  readonly #ca: string | undefined;
  readonly #token: string;

  constructor({ server, ca, token }: { readonly server: string; readonly ca?: string; readonly token: string }) {
    this.#server = server;
    this.#ca = ca;
    this.#token = token;
  }

  async send(method: string, path: string, options: RawOptions = {}): Promise<RawAnswer> {
    const text = options.body === undefined ? undefined : JSON.stringify(options.body);
    const answer = await this.#begin(method, path, options, text);
    const pieces: Buffer[] = [];
    for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const body = bytes.toString('utf8');
    const contentType = answer.headers['content-type'] ?? '';
    return { status: answer.statusCode ?? 0, contentType, bytes, text: body, body: parsed(body) };
  }

  async get(path: string): Promise<RawAnswer> {
    return await this.send('GET', path);
  }

  /** A request that has to succeed; answers the body. */
  async must(method: string, path: string, options: RawOptions = {}): Promise<Json> {
    const answer = await this.send(method, path, options);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  }

  /** The first bytes of a watch, until there are so many. */
  async watchBytes(path: string, accept: string, count: number): Promise<Buffer> {
    const answer = await this.#begin('GET', path, { accept }, undefined);
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of answer as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length >= count) break;
    }
    answer.destroy();
    return Buffer.concat(pieces);
  }

  async watch(path: string): Promise<RawWatch> {
    const answer = await this.#begin('GET', path, {}, undefined);
    const events: WatchedEvent[] = [];
    return { events, ended: collect(answer, events), close: () => answer.destroy() };
  }

  #begin(method: string, path: string, options: RawOptions, text: string | undefined): Promise<IncomingMessage> {
    const { contentType = 'application/json', token = this.#token } = options;
    const headers = {
      authorization: `Bearer ${token}`,
      'user-agent': 'contract/1',
      accept: options.accept ?? 'application/json',
      ...(text === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const url = `${this.#server}${path}`;
      const call: ClientRequest = url.startsWith('https:')
        ? httpsRequest(url, { method, headers, agent: false, ca: this.#ca }, resolve)
        : httpRequest(url, { method, headers, agent: false }, resolve);
      call.on('error', reject);
      call.end(text);
    });
  }
}

async function collect(answer: IncomingMessage, events: WatchedEvent[]): Promise<void> {
  let rest = '';
  answer.setEncoding('utf8');
  try {
    for await (const piece of answer as AsyncIterable<string>) {
      const lines = `${rest}${piece}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(JSON.parse(line) as WatchedEvent);
    }
  } catch {
    // Closed by us, or the server has gone: what has come stays.
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
