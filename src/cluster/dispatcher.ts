import type { Dispatcher, Pool as PoolType } from 'undici';
// By deep path: undici's main entry would set the process-wide dispatcher that other extensions' fetch goes through.
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import { Sockets } from './sockets.ts';
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
/** Every watch has one for itself: a hundred namespaces leave some for lists, and nothing waits for a watch to end. */
const connectionLimit = 128;

/**
 * The connections to one server with one set of TLS material; whoever makes it closes or destroys it.
 *
 * HTTP/1.1 on purpose: over HTTP/2 one dead socket stalls every watch, and undici's PING never ends a dead session.
 */
export function createAgent(material: TlsMaterial, sockets: Sockets = new Sockets()): Dispatcher {
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
    connections: connectionLimit,
  };
  const direct = buildConnector({ ...tls, allowH2: false });
  if (material.proxy === undefined) return new Agent({ ...options, connect: sockets.counted(direct) });
  const proxy = new URL(material.proxy);
  if (proxy.protocol.startsWith('socks')) {
    const connect = socksConnector(proxy, { tcp: buildConnector(tcp), tls: direct, limitMs: connectTimeoutMs });
    return new Agent({ ...options, connect: sockets.counted(connect) });
  }
  return new ProxyAgent({
    ...options,
    uri: material.proxy,
    requestTls: tls,
    // Go trusts a proxy's certificate by the same authority as the server's.
    proxyTls: { ...tcp, ...trust },
    // For a plain http server undici would leave these limits out.
    factory: (origin, more) => {
      const { connect, ...rest } = more as PoolType.Options;
      const counted = typeof connect === 'function' ? { connect: sockets.counted(connect) } : {};
      return new Pool(origin, { ...options, ...rest, ...counted });
    },
  });
}
