import { extension } from 'vscode-kubernetes-tools-api';
import type { Disposable } from '../base/disposable.ts';

/** A kubeconfig of the Kubernetes extension: a file of this machine, or one inside WSL that cannot be read from here. */
export type KubeconfigPath =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'wsl'; readonly path: string };

/**
 * Asks the Kubernetes extension which kubeconfig it uses, and tells every change. Rejects when it does not say.
 *
 * The entry of a bundle loaded on demand: importing the API package activates that extension.
 */
export async function followKubernetesExtension(changed: (path: KubeconfigPath) => void): Promise<Disposable> {
  const configuration = await extension.configuration.v1_1;
  if (!configuration.available) throw new Error(`its configuration API is not available (${configuration.reason})`);
  const { api } = configuration;
  const tell = () => {
    const path = api.getKubeconfigPath();
    changed(path.pathType === 'host' ? { kind: 'file', path: path.hostPath } : { kind: 'wsl', path: path.wslPath });
  };
  const subscription = api.onDidChangeKubeconfigPath(tell);
  tell();
  return subscription;
}
