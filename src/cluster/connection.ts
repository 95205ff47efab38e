import type { Dispatcher } from 'undici';
import sendRequest from 'undici/lib/api/api-request.js';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import { protobufType } from '../wire/envelope.ts';
import { Answer, contentTypeOf, unreadableCoding } from './answer.ts';
import type { Credential, CredentialSource } from './credential.ts';
import type { Interaction } from './interaction.ts';
import { type Reach, reach } from './reach.ts';
import { refusalOf } from './refusal.ts';
import type { ResolvedTarget } from './resolvedTarget.ts';
import { Sockets } from './sockets.ts';
import type { Prepared, TargetConfig } from './targetConfig.ts';
import { transportError } from './transportError.ts';
import { Way } from './way.ts';

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Further headers, for a server that wants other ones than the Kubernetes API does. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The API server passes it on to somebody else, a kubelet for example, of whom a 401 may come: no reason to renew the
   * credential, which may take a plugin to run.
   */
  readonly passedOn?: boolean;
  /** The binary form is asked for, with JSON as what is accepted instead. */
  readonly binary?: boolean;
  readonly signal: AbortSignal;
  readonly interaction?: Interaction | undefined;
  /** The answer may be compressed; not for a watch, whose events would wait in the compressor. */
  readonly compressed?: boolean;
  /** How long the answer may pause before it counts as broken. None by default: a quiet watch is healthy. */
  readonly pauseMs?: number;
}

/** A whole answer that stops halfway would otherwise be waited for for ever. */
export const answerPauseMs = 30_000;

/**
 * The way to one API server: credentials, TLS and connections of one target.
 *
 * Every failure is an `ApiError` with a sentence that names the server; nothing rejects. A 401 refreshes the credential
 * once; a GET that was lost with a connection that had been kept alive is sent again once. Redirects are refused, so that no
 * credential reaches another origin. TLS and headers are set up by client-node's
 * KubeConfig; requests are sent by undici's bare `request` on a cached dispatcher.
 */
export class Connection {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #sockets = new Sockets();
  readonly #moved = new SignalSource(0);
  #way: Way;
  #requests = 0;
  #onHeard: () => void = () => {};

  constructor(resolved: ResolvedTarget, credentials: CredentialSource, log: Log, clock: Clock = systemClock) {
    this.#log = log;
    this.#clock = clock;
    this.#way = this.#wayOf(resolved, credentials);
  }

  get server(): string {
    return this.#way.resolved.target.server;
  }

  /** Requests sent, and dispatchers made, since the beginning; sockets that are open now. */
  get counts(): { readonly requests: number; readonly connections: number; readonly sockets: number } {
    return { requests: this.#requests, connections: this.#sockets.dispatchers, sockets: this.#sockets.open };
  }

  /** Changes when requests go another way from now on (rotated certificates or tokens, another target): a watch has to follow. */
  get moved(): Signal<number> {
    return this.#moved;
  }

  /** Told at every answer and every piece of a body, those to probes apart: what is followed is being heard. */
  set onHeard(listener: () => void) {
    this.#onHeard = listener;
  }

  /** Goes on with other credentials or TLS material for the same target. The same credentials may go on. */
  replace(resolved: ResolvedTarget, credentials: CredentialSource): void {
    this.#way.retire();
    if (credentials !== this.#way.credentials) this.#way.credentials.dispose?.();
    this.#way = this.#wayOf(resolved, credentials);
    this.#moved.set(this.#moved.value + 1);
  }

  async request(path: string, options: RequestOptions): Promise<Result<Answer>> {
    const way = this.#way;
    const first = await this.#requestOn(way, path, options);
    // How a way fails that has been left meanwhile says nothing.
    if (first.ok || way === this.#way || options.signal.aborted || !isGet(options)) return first;
    return await this.#requestOn(this.#way, path, options);
  }

  /** A request whose whole answer is wanted. */
  async json(path: string, options: RequestOptions): Promise<Result<unknown>> {
    const answer = await this.request(path, { pauseMs: answerPauseMs, compressed: true, ...options });
    return answer.ok ? await answer.value.json() : answer;
  }

  /** Whether the server is there, without credentials and on a connection of its own: nothing heard of what is followed. */
  async reach(signal: AbortSignal): Promise<Reach> {
    this.#requests++;
    return await reach(this.#way.resolved.cluster, this.server, signal);
  }

  dispose(): void {
    this.#way.dispose();
    this.#way.credentials.dispose?.();
    this.#sockets.dispose();
  }

  /**
   * client-node's configuration of this target as it is now, for typed clients. A click may start a credential plugin.
   */
  async config(interaction: Interaction, signal: AbortSignal): Promise<Result<TargetConfig>> {
    const way = this.#way;
    const credential = await way.credentials.get('connect', interaction, signal);
    if (signal.aborted) return aborted;
    return credential.ok ? await way.configure(credential.value, signal) : credential;
  }

  #wayOf(resolved: ResolvedTarget, credentials: CredentialSource): Way {
    const onMoved = () => this.#moved.set(this.#moved.value + 1);
    return new Way({ resolved, credentials, sockets: this.#sockets, clock: this.#clock, onMoved });
  }

  async #requestOn(way: Way, path: string, options: RequestOptions): Promise<Result<Answer>> {
    const { credentials } = way;
    const interaction = options.interaction ?? 'background';
    const credential = await credentials.get('connect', interaction, options.signal);
    if (!credential.ok) return options.signal.aborted ? aborted : credential;
    const first = await this.#attempt(way, path, options, credential.value);
    if (first.ok || first.error.reason !== 'unauthorized' || !credentials.canRefresh || options.passedOn) return first;
    const renewed = await credentials.get('refresh401', interaction, options.signal, credential.value);
    if (options.signal.aborted) return aborted;
    if (!renewed.ok) return renewed;
    return renewed.value === credential.value ? first : await this.#attempt(way, path, options, renewed.value);
  }

  async #attempt(
    way: Way,
    path: string,
    options: RequestOptions,
    credential: Credential,
    again = isGet(options),
  ): Promise<Result<Answer>> {
    const config = await way.configure(credential, options.signal);
    if (!config.ok) return config;
    const prepared = await config.value.prepare();
    if (options.signal.aborted) return aborted;
    let response: Dispatcher.ResponseData;
    try {
      response = await this.#send(way.resolved, prepared, path, options);
    } catch (error) {
      if (options.signal.aborted) return aborted;
      if (again && way.dispatchers.mends(error, prepared.dispatcher))
        return await this.#attempt(way, path, options, credential, false);
      return { ok: false, error: transportError(error, this.server, way.resolved.cluster.proxy) };
    }
    return await this.#read(response, way.resolved, path, options);
  }

  #send(
    { cluster }: ResolvedTarget,
    { dispatcher, headers }: Prepared,
    path: string,
    options: RequestOptions,
  ): Promise<Dispatcher.ResponseData> {
    this.#requests++;
    const base = new URL(cluster.server);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options.query ?? {}))
      if (value !== undefined && value !== '') query.set(name, value);
    const search = query.size > 0 ? `?${query}` : '';
    return sendRequest.call(dispatcher, {
      origin: base.origin,
      path: `${base.pathname.replace(/\/+$/, '')}${path}${search}`,
      method: options.method ?? 'GET',
      headers: {
        accept: options.binary ? `${protobufType},application/json` : 'application/json',
        // Without a word any coding would be allowed (RFC 9110, 12.5.3).
        'accept-encoding': options.compressed ? 'gzip' : 'identity',
        ...headers,
        ...options.headers,
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal,
      bodyTimeout: options.pauseMs ?? 0,
    });
  }

  async #read(
    response: Dispatcher.ResponseData,
    { user }: ResolvedTarget,
    path: string,
    options: RequestOptions,
  ): Promise<Result<Answer>> {
    this.#onHeard();
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 300 && !/html|xml/.test(contentTypeOf(response))) {
      const coding = unreadableCoding(response);
      if (coding === undefined) return succeed(this.#answer(response, options.signal));
      response.body.on('error', () => {}).destroy();
      return fail(
        'malformed',
        `${this.server} answered in the coding ${coding}, which was not asked for. Does a proxy compress?`,
      );
    }
    const error = await refusalOf(response, this.server, user.name, this.#clock);
    this.#log.debug(`${path}: ${response.statusCode} ${error.reason}`);
    return { ok: false, error };
  }

  #answer(response: Dispatcher.ResponseData, signal: AbortSignal): Answer {
    const { server } = this;
    const failure = (error: unknown) => transportError(error, server);
    return new Answer({ response, server, signal, clock: this.#clock, heard: this.#onHeard, failure });
  }
}

function isGet({ method = 'GET' }: RequestOptions): boolean {
  return method === 'GET';
}

const aborted = fail('aborted', 'Stopped.');
