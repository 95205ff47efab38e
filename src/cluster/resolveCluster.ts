import { fail, type Result, succeed } from '../domain/apiError.ts';
import { arrayAt, type JsonObject, objectOf, textAt } from '../wire/json.ts';
import { type Entry, materialAt } from './kubeconfig.ts';
import { type ProxySources, proxyFor } from './proxy.ts';
import type { ResolvedCluster } from './resolvedTarget.ts';

/**
 * How a cluster of a kubeconfig is reached; errors name it and the kubeconfig (`label`).
 *
 * An address without a scheme is https where TLS is spoken of (an authority, a client certificate, insecure), else http
 * (client-go `rest.DefaultServerUrlFor`).
 */
export function resolveCluster(
  name: string,
  entry: Entry,
  {
    label,
    hasCertificate,
    proxies,
  }: {
    readonly label: string;
    readonly hasCertificate: boolean;
    readonly proxies: ProxySources;
  },
): Result<ResolvedCluster> {
  const { fields } = entry;
  const ca = materialAt(entry, 'certificate-authority');
  const insecure = fields['insecure-skip-tls-verify'] === true;
  if (ca && insecure) {
    return fail(
      'config',
      `Cluster ${name} in ${label} has both a certificate-authority and insecure-skip-tls-verify, which kubectl refuses. Remove one of them.`,
    );
  }
  const address = textAt(fields, 'server');
  if (address === undefined) return fail('config', `Cluster ${name} in ${label} has no server.`);
  const server = withScheme(address, ca !== undefined || insecure || hasCertificate);
  if (server === undefined)
    return fail('config', `The server of cluster ${name} in ${label} is not an http or https address.`);
  const tlsServerName = textAt(fields, 'tls-server-name');
  const proxyUrl = textAt(fields, 'proxy-url');
  const proxy = proxyFor(server, proxyUrl, proxies, name);
  if (!proxy.ok) return proxy;
  const pluginConfig = pluginConfigOf(fields);
  return succeed({
    name,
    server,
    insecureSkipTlsVerify: insecure,
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(ca === undefined ? {} : { ca }),
    ...(pluginConfig === undefined ? {} : { pluginConfig }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(proxy.value === undefined ? {} : { proxy: proxy.value }),
  });
}

function pluginConfigOf(fields: JsonObject): unknown {
  for (const item of arrayAt(fields, 'extensions')) {
    const extension = objectOf(item);
    if (extension?.name === 'client.authentication.k8s.io/exec') return extension.extension ?? undefined;
  }
  return undefined;
}

function withScheme(address: string, secure: boolean): string | undefined {
  if (/^https?:\/\//i.test(address)) return URL.canParse(address) ? address : undefined;
  if (!hostAlone.test(address)) return undefined;
  const server = `${secure ? 'https' : 'http'}://${address}`;
  return URL.canParse(server) ? server : undefined;
}

/** A host, a port perhaps, a path perhaps. */
const hostAlone = /^(\[[\da-f:.]+\]|[^/:@\s]+)(:\d+)?(\/.*)?$/i;
