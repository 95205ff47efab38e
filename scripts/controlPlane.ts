import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder with etcd, kube-apiserver and the others: `KUBEBUILDER_ASSETS`, or what the archive beside the checkout
 * unpacks to; undefined if there is neither.
 */
export function findControlPlane(): string | undefined {
  const named = process.env.KUBEBUILDER_ASSETS;
  if (named) return existsSync(join(named, 'kube-apiserver')) ? named : undefined;
  const archive = join(import.meta.dirname, '..', '..', 'shared', 'controlplane', 'unpack.sh');
  if (!existsSync(archive) || process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    return execFileSync(archive, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch {
    return undefined;
  }
}
