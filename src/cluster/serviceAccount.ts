import { readFile } from 'node:fs/promises';
import { type ProxySources, proxyFor } from './proxy.ts';
import { targetOf } from './resolveContext.ts';
import type { ResolvedTarget } from './resolvedTarget.ts';

const podFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The account of the pod this runs in, or undefined outside of a pod. The token file is re-read as it rotates. */
export async function serviceAccountTarget(
  proxies: ProxySources,
  folder = podFolder,
): Promise<ResolvedTarget | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = proxies.env;
  if (!host || !port) return undefined;
  try {
    await readFile(`${folder}/token`);
  } catch {
    return undefined;
  }
  const namespace = await readFile(`${folder}/namespace`, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const proxy = proxyFor(server, undefined, proxies, 'in-cluster');
  return targetOf(
    'in-cluster',
    {
      name: 'in-cluster',
      server,
      insecureSkipTlsVerify: false,
      ca: { file: `${folder}/ca.crt` },
      ...(proxy.ok && proxy.value !== undefined ? { proxy: proxy.value } : {}),
    },
    { name: 'service account', tokenFile: `${folder}/token` },
    {
      namespace: namespace || 'default',
      origin: { label: 'in-cluster account', files: [] },
    },
  );
}
