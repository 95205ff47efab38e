import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Connection } from '../cluster/connection.ts';
import type { CredentialSource } from '../cluster/credential.ts';
import { targetOf } from '../cluster/resolveContext.ts';
import { succeed } from '../domain/apiError.ts';

/** A server with an address of its own. */
export interface DirectServer {
  readonly url: string;
  /** Bearer token; never logged, never shown. */
  readonly token?: string | undefined;
  /** PEM; undefined: the system's authorities. */
  readonly ca?: string | undefined;
  /** The proxy in force for this URL, with its user and password. */
  readonly proxy?: string | undefined;
}

/**
 * A connection to a server that is no Kubernetes API, with the rules of all our connections: redirects are refused, nothing
 * rejects, no process-wide dispatcher is touched. Whoever makes it disposes it.
 */
export function connectTo({ url, token, ca, proxy }: DirectServer, log: Log, clock: Clock): Connection {
  const credential = token === undefined ? {} : { token };
  const credentials: CredentialSource = { canRefresh: false, get: async () => succeed(credential) };
  const cluster = {
    name: url,
    server: url,
    insecureSkipTlsVerify: false,
    ...(ca === undefined ? {} : { ca: { data: Buffer.from(ca).toString('base64') } }),
    ...(proxy === undefined ? {} : { proxy }),
  };
  const origin = { label: 'pvcwatch.usage.prometheus', files: [] };
  return new Connection(targetOf(url, cluster, { name: url }, { namespace: '', origin }), credentials, log, clock);
}
