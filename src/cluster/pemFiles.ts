import { readFile } from 'node:fs/promises';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import type { Credential } from './credential.ts';
import type { Material, ResolvedCluster, ResolvedTarget } from './resolvedTarget.ts';
import type { PemTexts } from './targetConfig.ts';

/** The authority, certificate and key of a target as they are now: files may be rotated. A credential's own come first. */
export async function readPem({ cluster, user }: ResolvedTarget, credential: Credential): Promise<Result<PemTexts>> {
  const ca = await readAuthority(cluster);
  const remedy = remedyOf(cluster);
  if (!ca.ok) return ca;
  if (credential.clientCertificate !== undefined) {
    return succeed({ ca: ca.value, cert: credential.clientCertificate, key: credential.clientKey });
  }
  const cert = await read(user.clientCertificate, `client-certificate of user ${user.name}`, remedy);
  if (!cert.ok) return cert;
  const key = await read(user.clientKey, `client-key of user ${user.name}`, remedy);
  return key.ok ? succeed({ ca: ca.value, cert: cert.value, key: key.value }) : key;
}

/** The authority of a cluster as it is now; undefined for the system's. */
export function readAuthority(cluster: ResolvedCluster): Promise<Result<string | undefined>> {
  return read(cluster.ca, `certificate-authority of cluster ${cluster.name}`, remedyOf(cluster));
}

function remedyOf({ setting }: ResolvedCluster): string {
  return setting === undefined ? 'Check the kubeconfig.' : `Check the setting ${setting}.`;
}

async function read(material: Material | undefined, what: string, remedy: string): Promise<Result<string | undefined>> {
  if (material === undefined) return succeed(undefined);
  if ('data' in material) {
    const text = Buffer.from(material.data, 'base64').toString('utf8');
    return pem.test(text) ? succeed(text) : fail('config', `${what} is not PEM in base64. ${remedy}`);
  }
  try {
    const text = await readFile(material.file, 'utf8');
    // Without this check an empty authority would mean the system's authorities.
    if (pem.test(text)) return succeed(text);
    return fail('config', `The file ${material.file} (${what}) is not a PEM file. ${remedy}`);
  } catch {
    return fail('config', `The file ${material.file} (${what}) cannot be read. ${remedy}`);
  }
}

const pem = /-----BEGIN [A-Z0-9 ]+-----/;
