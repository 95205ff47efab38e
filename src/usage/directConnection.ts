import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Connection } from '../cluster/connection.ts';
import type { CredentialSource } from '../cluster/credential.ts';
import { targetOf } from '../cluster/resolveContext.ts';
import { succeed } from '../domain/apiError.ts';

/** A server with an address of its own. */
export interface DirectServer {
  readonly url: string;
  /** The setting that names it, for errors. */
  readonly setting: string;
  /** The bearer token now, asked at each request; never logged, never shown. */
  readonly token?: (() => Promise<string | undefined>) | undefined;
  /** A PEM file, which may be rotated; undefined: the system's authorities. */
  readonly caFile?: string | undefined;
  /** The proxy in force for this URL, with its user and password. */
  readonly proxy?: string | undefined;
}

/**
 * A connection to a server that is no Kubernetes API, with the rules of all our connections: redirects are refused, nothing
 * rejects, no process-wide dispatcher is touched. Whoever makes it disposes it.
 */
export function connectTo({ url, setting, token, caFile, proxy }: DirectServer, log: Log, clock: Clock): Connection {
  const credentials: CredentialSource = {
    canRefresh: false,
    get: async () => {
      const bearer = await token?.();
      return succeed(bearer === undefined ? {} : { token: bearer });
    },
  };
  const cluster = {
    name: url,
    server: url,
    setting,
    insecureSkipTlsVerify: false,
    ...(caFile === undefined ? {} : { ca: { file: caFile } }),
    ...(proxy === undefined ? {} : { proxy }),
  };
  const origin = { label: setting, files: [] };
  return new Connection(targetOf(url, cluster, { name: url }, { namespace: '', origin }), credentials, log, clock);
}
