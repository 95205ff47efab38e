/**
 * What is followed: one context of one kubeconfig snapshot, as far as anyone but the connection needs to know it.
 *
 * `key` is equal for two targets exactly when they need the same session: same server, user, namespace and context.
 */
export interface Target {
  readonly key: string;
  readonly contextName: string;
  readonly clusterName: string;
  /** The server's URL without credentials in it. */
  readonly server: string;
  readonly userName: string;
  /** The context's own namespace, `default` where it names none. */
  readonly namespace: string;
  /** Where this was read, as a person would write it: `~/.kube/config`, `KUBECONFIG`, `in-cluster account`, `demo`. */
  readonly source: string;
  /** The simulated cluster of this extension. */
  readonly demo: boolean;
}

/** One line of the context quick pick. */
export interface ContextSummary {
  readonly name: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly current: boolean;
}

/** Why there is nothing to follow. */
export type NoTargetReason = 'noKubeconfig' | 'noContext' | 'invalid';

/** Which part of a cluster is counted. Selectors are kubectl's; '' selects everything. */
export interface Scope {
  /** Empty means all that can be read. */
  readonly namespaces: readonly string[];
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** Equal for equal scopes; part of an episode's key. */
export function scopeKey(scope: Scope): string {
  return JSON.stringify([[...scope.namespaces].sort(), scope.labelSelector, scope.fieldSelector]);
}
