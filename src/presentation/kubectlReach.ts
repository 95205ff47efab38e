import type { Target } from '../domain/target.ts';

/**
 * Whether kubectl in a terminal knows the context that is followed: it does if that is in a file (`kubeconfig`), goes without
 * one where it runs in the same pod (`inCluster`), and cannot reach the simulated cluster (`demo`).
 */
export type KubectlReach = 'kubeconfig' | 'inCluster' | 'demo';

/** `files` are the kubeconfig files that the target was read from. */
export function kubectlReach({ demo }: Pick<Target, 'demo'>, files: readonly string[]): KubectlReach {
  if (demo) return 'demo';
  return files.length > 0 ? 'kubeconfig' : 'inCluster';
}

/** Why there is nothing to sign in to with kubectl; undefined where there may be. */
export function signInRefusal(reach: KubectlReach): string | undefined {
  if (reach === 'demo') return 'The demo cluster exists only in this window and needs no sign-in.';
  if (reach === 'inCluster')
    return 'The account of the pod that PVC Watch runs in is followed. It is in no kubeconfig, so there is nothing to sign in to.';
  return undefined;
}
