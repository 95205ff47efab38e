import { readFile } from 'node:fs/promises';
import type { Dispatcher } from 'undici';
import sendRequest from 'undici/lib/api/api-request.js';
import type { Log } from '../base/log.ts';
import { type ApiError, fail, type Result, succeed } from '../domain/apiError.ts';
import { objectOf } from '../wire/json.ts';
import { readStatus, reasonOf } from '../wire/status.ts';
import type { Credential, CredentialNeed, CredentialSource } from './credential.ts';
import { createAgent, DispatcherCache } from './dispatcher.ts';
import type { Interaction } from './interaction.ts';
import type { Material, ResolvedTarget } from './resolvedTarget.ts';
import { type PemTexts, type Prepared, TargetConfig } from './targetConfig.ts';
import { transportError } from './transportError.ts';

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  readonly interaction?: Interaction;
  /** A connection of its own, closed afterwards: for a probe that has to prove the way is open. */
  readonly fresh?: boolean;
}

/** An answer with status 2xx whose body has not been read yet. */
export interface Answer {
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads the rest as JSON. */
  json(): Promise<Result<unknown>>;
}

/** How much of an error answer is read: a Status is short, a captive portal's page is not. */
const errorBodyLimit = 64 * 1024;

/**
 * The way to one API server: credentials, TLS and connections of one target.
 *
 * Every failure is an `ApiError` with a sentence that names the server; nothing rejects. A 401 refreshes the credential
 * once. Redirects are refused, so that no credential reaches another origin. TLS and headers are set up by client-node's
 * KubeConfig; requests are sent by undici's bare `request` on a cached dispatcher.
 */
export class Connection {
  readonly #log: Log;
  readonly #dispatchers = new DispatcherCache();
  #resolved: ResolvedTarget;
  #credentials: CredentialSource;
  #requests = 0;
  #onHeard: () => void = () => {};

  constructor(resolved: ResolvedTarget, credentials: CredentialSource, log: Log) {
    this.#resolved = resolved;
    this.#credentials = credentials;
    this.#log = log;
  }

  get server(): string {
    return this.#resolved.target.server;
  }

  /** Requests sent, and dispatchers made, since the beginning. */
  get counts(): { readonly requests: number; readonly connections: number } {
    return { requests: this.#requests, connections: this.#dispatchers.made };
  }

  /** Told at every answer and every piece of a body: the server is there. */
  set onHeard(listener: () => void) {
    this.#onHeard = listener;
  }

  /** Goes on with other credentials or TLS material for the same target. */
  replace(resolved: ResolvedTarget, credentials: CredentialSource): void {
    this.#resolved = resolved;
    this.#credentials = credentials;
  }

  async request(path: string, options: RequestOptions): Promise<Result<Answer>> {
    const first = await this.#attempt(path, options, 'connect');
    if (first.ok || first.error.reason !== 'unauthorized' || !this.#credentials.canRefresh) return first;
    return await this.#attempt(path, options, 'refresh401');
  }

  /** A request whose whole answer is wanted. */
  async json(path: string, options: RequestOptions): Promise<Result<unknown>> {
    const answer = await this.request(path, options);
    return answer.ok ? await answer.value.json() : answer;
  }

  dispose(): void {
    this.#dispatchers.dispose();
  }

  /**
   * client-node's configuration of this target as it is now, for typed clients. A click may start a credential plugin.
   */
  async config(interaction: Interaction, signal: AbortSignal): Promise<Result<TargetConfig>> {
    return await this.#configure('connect', interaction, signal);
  }

  async #attempt(path: string, options: RequestOptions, need: CredentialNeed): Promise<Result<Answer>> {
    const config = await this.#configure(need, options.interaction ?? 'background', options.signal);
    if (!config.ok) return config;
    const prepared = await config.value.prepare();
    if (options.signal.aborted) return aborted;
    if (!options.fresh) return await this.#send(prepared, path, options);
    const own = createAgent(prepared.tls);
    try {
      const answer = await this.#send({ ...prepared, dispatcher: own }, path, options);
      return answer.ok ? succeed(await drained(answer.value)) : answer;
    } finally {
      void own.destroy().catch(() => {});
    }
  }

  async #configure(need: CredentialNeed, interaction: Interaction, signal: AbortSignal): Promise<Result<TargetConfig>> {
    const resolved = this.#resolved;
    const credential = await this.#credentials.get(need, interaction, signal);
    if (signal.aborted) return aborted;
    if (!credential.ok) return credential;
    const pem = await this.#pem(credential.value);
    if (signal.aborted) return aborted;
    return pem.ok ? succeed(new TargetConfig(resolved, credential.value, pem.value, this.#dispatchers)) : pem;
  }

  async #send({ dispatcher, headers }: Prepared, path: string, options: RequestOptions): Promise<Result<Answer>> {
    this.#requests++;
    const base = new URL(this.#resolved.cluster.server);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options.query ?? {}))
      if (value !== undefined && value !== '') query.set(name, value);
    const search = query.size > 0 ? `?${query}` : '';
    let response: Dispatcher.ResponseData;
    try {
      response = await sendRequest.call(dispatcher, {
        origin: base.origin,
        path: `${base.pathname.replace(/\/+$/, '')}${path}${search}`,
        method: options.method ?? 'GET',
        headers: {
          accept: 'application/json',
          ...headers,
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: options.body === undefined ? null : JSON.stringify(options.body),
        signal: options.signal,
      });
    } catch (error) {
      return options.signal.aborted ? aborted : { ok: false, error: transportError(error, this.server) };
    }
    this.#onHeard();
    const type = String(response.headers['content-type'] ?? '');
    if (response.statusCode >= 200 && response.statusCode < 300 && !/html|xml/i.test(type)) {
      return succeed(this.#answer(response, options.signal));
    }
    return { ok: false, error: await this.#refusal(response, type, path) };
  }

  #answer(response: Dispatcher.ResponseData, signal: AbortSignal): Answer {
    const heard = this.#onHeard;
    const body = (async function* () {
      for await (const piece of response.body as AsyncIterable<Uint8Array>) {
        heard();
        yield piece;
      }
    })();
    return {
      body,
      json: async () => {
        const pieces: Uint8Array[] = [];
        try {
          for await (const piece of body) pieces.push(piece);
        } catch (error) {
          return signal.aborted ? aborted : { ok: false, error: transportError(error, this.server) };
        }
        try {
          return succeed(JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown);
        } catch {
          return fail(
            'malformed',
            `${this.server} answered with something that is not JSON. Check the server address in the kubeconfig.`,
          );
        }
      },
    };
  }

  async #refusal(response: Dispatcher.ResponseData, type: string, path: string): Promise<ApiError> {
    const { statusCode } = response;
    const text = await beginningOf(response.body);
    const retryAfterMs = retryAfter(response.headers['retry-after']);
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    if (statusCode >= 300 && statusCode < 400) {
      return {
        reason: 'malformed',
        status: statusCode,
        message: `${this.server} redirects elsewhere, which is refused. Check the server address in the kubeconfig.`,
      };
    }
    const status = statusIn(text);
    if (!status) {
      const what = /html/i.test(type) ? 'a web page' : `HTTP ${statusCode} without a Kubernetes Status`;
      const reason =
        statusCode === 401 || statusCode === 403 || statusCode === 429 || statusCode >= 500
          ? reasonOf(statusCode)
          : 'malformed';
      return {
        reason,
        status: statusCode,
        message: `${this.server} answered with ${what}. Is it a Kubernetes API server? Check the server address in the kubeconfig.`,
        ...wait,
      };
    }
    this.#log.debug(`${path}: ${statusCode} ${status.reason}`);
    const reason = statusCode === 503 && retryAfterMs !== undefined ? 'throttled' : reasonOf(statusCode);
    const message =
      statusCode === 401
        ? `${this.server} does not accept the credentials of user ${this.#resolved.user.name}.`
        : status.message || `HTTP ${statusCode}`;
    return {
      reason,
      status: statusCode,
      message,
      ...(status.retryAfterMs === undefined ? {} : { retryAfterMs: status.retryAfterMs }),
      ...wait,
    };
  }

  async #pem(credential: Credential): Promise<Result<PemTexts>> {
    const { cluster, user } = this.#resolved;
    const ca = await read(cluster.ca, `certificate-authority of cluster ${cluster.name}`);
    if (!ca.ok) return ca;
    if (credential.clientCertificate !== undefined) {
      return succeed({ ca: ca.value, cert: credential.clientCertificate, key: credential.clientKey });
    }
    const cert = await read(user.clientCertificate, `client-certificate of user ${user.name}`);
    if (!cert.ok) return cert;
    const key = await read(user.clientKey, `client-key of user ${user.name}`);
    return key.ok ? succeed({ ca: ca.value, cert: cert.value, key: key.value }) : key;
  }
}

const aborted = fail('aborted', 'Stopped.');

async function read(material: Material | undefined, what: string): Promise<Result<string | undefined>> {
  if (material === undefined) return succeed(undefined);
  if ('data' in material) return succeed(Buffer.from(material.data, 'base64').toString('utf8'));
  try {
    return succeed(await readFile(material.file, 'utf8'));
  } catch {
    return fail('config', `The file ${material.file} (${what}) cannot be read. Check the kubeconfig.`);
  }
}

/** Reads the answer to a probe to its end, so that its connection can be closed. */
async function drained(answer: Answer): Promise<Answer> {
  try {
    for await (const _ of answer.body);
  } catch {
    // Its headers have come, which is what a probe asks for.
  }
  return answer;
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of body) {
      pieces.push(piece);
      size += piece.length;
      if (size > errorBodyLimit) break;
    }
  } catch {
    // A broken error answer is still an error answer.
  }
  return Buffer.concat(pieces).toString('utf8');
}

function statusIn(text: string): ReturnType<typeof readStatus> {
  try {
    const object = objectOf(JSON.parse(text));
    return object && readStatus(object);
  } catch {
    return undefined;
  }
}

/** Retry-After in seconds or as a date, bounded to an hour. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : undefined;
}
