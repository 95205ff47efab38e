import { request } from 'node:https';

/** An answer of the API server, parsed where it is JSON. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A bare HTTPS client for tests: what it does must not depend on the code under test. */
export class AdminClient {
  readonly #server: string;
  readonly #ca: string;
  readonly #token: string;

  constructor(server: string, ca: string, token: string) {
    this.#server = server;
    this.#ca = ca;
    this.#token = token;
  }

  async send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<AdminAnswer> {
    return await new Promise((resolve, reject) => {
      const call = request(
        `${this.#server}${path}`,
        {
          method,
          ca: this.#ca,
          agent: false,
          headers: {
            authorization: `Bearer ${this.#token}`,
            ...(body === undefined ? {} : { 'content-type': contentType }),
          },
        },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece: Buffer) => pieces.push(piece));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: parse(Buffer.concat(pieces).toString('utf8')) }),
          );
        },
      );
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** As `send`, but anything else than 2xx (or 409 with `existing`) fails. */
  async must(
    method: string,
    path: string,
    body?: unknown,
    options: { readonly contentType?: string; readonly existing?: boolean } = {},
  ): Promise<Record<string, unknown>> {
    const answer = await this.send(method, path, body, options.contentType);
    const fine = (answer.status >= 200 && answer.status < 300) || (options.existing && answer.status === 409);
    if (!fine) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}
