import { fail, type Result, succeed } from '../domain/apiError.ts';
import { textAt } from '../wire/json.ts';
import { type Entry, materialAt } from './kubeconfig.ts';
import type { ResolvedCluster } from './resolvedTarget.ts';

/** How a cluster of a kubeconfig is reached; errors name it and the kubeconfig (`label`). */
export function resolveCluster(name: string, entry: Entry, label: string): Result<ResolvedCluster> {
  const { fields } = entry;
  const server = textAt(fields, 'server');
  if (server === undefined) return fail('config', `Cluster ${name} in ${label} has no server.`);
  if (!/^https?:$/.test(protocolOf(server) ?? '')) {
    return fail('config', `The server of cluster ${name} in ${label} is not an http or https address.`);
  }
  const tlsServerName = textAt(fields, 'tls-server-name');
  const proxyUrl = textAt(fields, 'proxy-url');
  const ca = materialAt(entry, 'certificate-authority');
  return succeed({
    name,
    server,
    insecureSkipTlsVerify: fields['insecure-skip-tls-verify'] === true,
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(ca === undefined ? {} : { ca }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  });
}

function protocolOf(server: string): string | undefined {
  return URL.canParse(server) ? new URL(server).protocol : undefined;
}
