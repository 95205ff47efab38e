import type { Dispatcher } from 'undici';
import sendRequest from 'undici/lib/api/api-request.js';
import type { ApiError } from '../domain/apiError.ts';
import { createAgent } from './dispatcher.ts';
import { readAuthority } from './pemFiles.ts';
import type { ResolvedCluster } from './resolvedTarget.ts';
import { isRefusedByAlert, transportError } from './transportError.ts';

/** Whether a server is there. `unknown`: it could not be asked; an error says why it is not reached. */
export type Reach = 'reachable' | 'unknown' | ApiError;

/**
 * Asks for `/readyz` on a connection of its own, which is closed afterwards, with the cluster's authority and no credentials:
 * whether the way is open must not depend on a login, nor start one.
 *
 * Any HTTP answer counts, 401 and 403 too. A server that hangs up in or after the TLS handshake, because it wants a client
 * certificate, is there too.
 */
export async function reach(cluster: ResolvedCluster, server: string, signal: AbortSignal): Promise<Reach> {
  const ca = await readAuthority(cluster);
  if (!ca.ok || signal.aborted) return 'unknown';
  const agent = createAgent({
    ca: ca.value,
    serverName: cluster.tlsServerName,
    insecure: cluster.insecureSkipTlsVerify,
    proxy: cluster.proxy,
  });
  const base = new URL(cluster.server);
  let shaken = false;
  agent.on('connect', () => {
    shaken = base.protocol === 'https:';
  });
  try {
    const path = `${base.pathname.replace(/\/+$/, '')}/readyz`;
    const { body } = await sendRequest.call(agent, { origin: base.origin, path, method: 'GET', signal });
    void drain(body);
    return 'reachable';
  } catch (error) {
    if (signal.aborted) return 'unknown';
    if (shaken || isRefusedByAlert(error)) return 'reachable';
    const failure = transportError(error, server, cluster.proxy);
    return failure.reason === 'unreachable' || failure.reason === 'tls' ? failure : 'unknown';
  } finally {
    void agent.destroy().catch(() => {});
  }
}

/** Reads what is left of an answer until the agent is destroyed. */
async function drain(body: Dispatcher.ResponseData['body']): Promise<void> {
  try {
    for await (const _ of body);
  } catch {
    // Its headers have come, which is what was asked for.
  }
}
