import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
// By deep path: undici's main entry would set the process-wide dispatcher that other extensions' fetch goes through.
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import { socksConnector } from './socksConnector.ts';

/** What decides how a server is connected to. PEM texts; `ca` undefined: the system's authorities. */
export interface TlsMaterial {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
  readonly insecure: boolean;
  /** The proxy to go through, with user and password; undefined for none. */
  readonly proxy?: string | undefined;
}

/** Time limit for a connection to come about, TLS included. */
const connectTimeoutMs = 10_000;
/** Time limit for the answer's headers; bodies have none, because a quiet watch is healthy. */
const headersTimeoutMs = 30_000;
/** TCP keep-alive: without it a NAT forgets an idle watch. */
const keepAliveProbeMs = 20_000;

/**
 * The connections of one server and one set of TLS material, made once and kept: a new agent per request would be a new
 * TLS handshake per request (measured: 7 to 12 times slower on loopback).
 *
 * HTTP/1.1 on purpose: over HTTP/2 one dead socket stalls every watch, and undici's PING never ends a dead session.
 */
export class DispatcherCache {
  #current: { readonly key: string; readonly agent: Dispatcher } | undefined;
  #disposed = false;
  #made = 0;

  /** How many dispatchers were made since the beginning. */
  get made(): number {
    return this.#made;
  }

  /** The dispatcher for this material; one for other material replaces it, and the old one ends when its last answer has. */
  get(material: TlsMaterial): Dispatcher {
    const key = createHash('sha256').update(JSON.stringify(material)).digest('hex');
    if (this.#current?.key === key && !this.#disposed) return this.#current.agent;
    const previous = this.#current?.agent;
    const agent = createAgent(material);
    this.#made++;
    this.#current = { key, agent };
    void previous?.close().catch(() => {});
    return agent;
  }

  /** Breaks everything that is open. */
  dispose(): void {
    this.#disposed = true;
    const agent = this.#current?.agent;
    this.#current = undefined;
    void agent?.destroy().catch(() => {});
  }
}

/** A dispatcher outside the cache, for a probe that must not share a connection. The caller destroys it. */
export function createAgent(material: TlsMaterial): Dispatcher {
  const tcp = { timeout: connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: keepAliveProbeMs };
  const trust = {
    rejectUnauthorized: !material.insecure,
    ...(material.ca === undefined ? {} : { ca: material.ca }),
  };
  const tls = {
    ...tcp,
    ...trust,
    ...(material.cert === undefined ? {} : { cert: material.cert }),
    ...(material.key === undefined ? {} : { key: material.key }),
    ...(material.serverName === undefined ? {} : { servername: material.serverName }),
  };
  const options = {
    allowH2: false,
    bodyTimeout: 0,
    headersTimeout: headersTimeoutMs,
    keepAliveTimeout: 60_000,
    connections: 128,
  };
  if (material.proxy === undefined) return new Agent({ ...options, connect: tls });
  const proxy = new URL(material.proxy);
  if (proxy.protocol.startsWith('socks')) {
    const connectors = { tcp: buildConnector(tcp), tls: buildConnector({ ...tls, allowH2: false }) };
    return new Agent({ ...options, connect: socksConnector(proxy, { ...connectors, limitMs: connectTimeoutMs }) });
  }
  // Go trusts a proxy's certificate by the same authority as the server's.
  return new ProxyAgent({ ...options, uri: material.proxy, requestTls: tls, proxyTls: { ...tcp, ...trust } });
}
