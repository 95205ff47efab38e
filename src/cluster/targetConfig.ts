import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import type { Dispatcher } from 'undici';
import type { Credential } from './credential.ts';
import type { TlsMaterial } from './dispatcher.ts';
import type { DispatcherCache } from './dispatcherCache.ts';
import type { ResolvedTarget } from './resolvedTarget.ts';

/** What a request needs besides its path. */
export interface Prepared {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsMaterial;
  readonly dispatcher: Dispatcher;
}

/** PEM texts read from the kubeconfig or the files it names. */
export interface PemTexts {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * client-node's KubeConfig for exactly one context, with the faults that matter here taken out.
 *
 * It is filled from our own kubectl-grade merge; credentials come from `credential`, never from client-node's plugins;
 * its typed clients (`makeApiClient`) use the cached dispatcher instead of a new one per request.
 */
export class TargetConfig extends KubeConfig {
  readonly #resolved: ResolvedTarget;
  readonly #dispatchers: DispatcherCache;

  constructor(resolved: ResolvedTarget, credential: Credential, pem: PemTexts, dispatchers: DispatcherCache) {
    super();
    this.#resolved = resolved;
    this.#dispatchers = dispatchers;
    const { cluster, user } = resolved;
    this.loadFromOptions({
      currentContext: 'target',
      contexts: [{ name: 'target', cluster: 'target', user: 'target' }],
      clusters: [
        {
          name: 'target',
          server: cluster.server,
          // client-node refuses http:// servers without it; there is no TLS to verify then.
          skipTLSVerify: cluster.insecureSkipTlsVerify || cluster.server.startsWith('http:'),
          ...(cluster.tlsServerName === undefined ? {} : { tlsServerName: cluster.tlsServerName }),
          ...encoded('caData', pem.ca),
        },
      ],
      users: [
        {
          name: 'target',
          ...encoded('certData', pem.cert),
          ...encoded('keyData', pem.key),
          ...(credential.token === undefined ? {} : { token: credential.token }),
          ...(credential.basic ?? {}),
          ...(user.impersonate === undefined ? {} : { impersonateUser: user.impersonate.user }),
        },
      ],
    });
  }

  /** Headers and dispatcher as client-node sets them up. */
  async prepare(): Promise<Prepared> {
    const options: RequestOptions = {};
    await this.applyToHTTPSOptions(options);
    const headers: Record<string, string | string[]> = { ...impersonation(this.#resolved) };
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value);
    if (options.auth) headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    const tls: TlsMaterial = {
      ca: options.ca?.toString(),
      cert: options.cert?.toString(),
      key: options.key?.toString(),
      serverName: options.servername,
      insecure: options.rejectUnauthorized === false,
      proxy: this.#resolved.cluster.proxy,
    };
    return { headers, tls, dispatcher: this.#dispatchers.get(tls) };
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const { headers, dispatcher } = await this.prepare();
    const repeated: Record<string, string[]> = {};
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value === 'string') context.setHeaderParam(name, value);
      else repeated[name] = value;
    }
    context.setDispatcher(Object.keys(repeated).length === 0 ? dispatcher : withHeaders(dispatcher, repeated));
  }
}

/** client-node would join values with commas, and two groups would be one with a comma in its name. */
function withHeaders(dispatcher: Dispatcher, more: Readonly<Record<string, string[]>>): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const { headers } = options;
    // fetch gives them by name; in another form they are not understood, and nothing is sent as somebody else.
    if (!headers || Symbol.iterator in headers) throw new TypeError('Headers cannot be repeated in this form.');
    return dispatch({ ...options, headers: { ...headers, ...more } }, handler);
  });
}

function encoded<K extends string>(key: K, pem: string | undefined): { readonly [P in K]?: string } {
  return pem === undefined ? {} : ({ [key]: Buffer.from(pem).toString('base64') } as { [P in K]: string });
}

/** Impersonation beyond the user name, which is all client-node sends. */
function impersonation({ user: { impersonate } }: ResolvedTarget): Record<string, string | string[]> {
  if (!impersonate) return {};
  const headers: Record<string, string | string[]> = {};
  if (impersonate.uid !== undefined) headers['Impersonate-Uid'] = impersonate.uid;
  if (impersonate.groups.length > 0) headers['Impersonate-Group'] = [...impersonate.groups];
  for (const [key, values] of Object.entries(impersonate.extra)) {
    const name = `Impersonate-Extra-${escapedKey(key.toLowerCase())}`;
    headers[name] = [...(headers[name] ?? []), ...values];
  }
  return headers;
}

/** client-go's `headerKeyEscape`: bytes that no header's name may have, and the percent sign, as %XX. */
function escapedKey(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const legal = /[a-z\d!#$&'*+.^_`|~-]/i.test(character);
      return legal ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
