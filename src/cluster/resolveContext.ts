import { createHash } from 'node:crypto';
import { type ApiError, fail, type Result, succeed } from '../domain/apiError.ts';
import type { ContextSummary } from '../domain/target.ts';
import { textAt } from '../wire/json.ts';
import { type Kubeconfig, materialAt } from './kubeconfig.ts';
import type { ProxySources } from './proxy.ts';
import { resolveCluster } from './resolveCluster.ts';
import type { ResolvedCluster, ResolvedTarget, ResolvedUser } from './resolvedTarget.ts';
import { resolveUser } from './resolveUser.ts';
import { shownServer } from './shownServer.ts';

/** Where a kubeconfig came from, for texts and for kubectl in a terminal. */
export interface Origin {
  /** As a person would write it: `~/.kube/config`. */
  readonly label: string;
  readonly files: readonly string[];
  readonly demo?: boolean;
}

/** All contexts, in the order of the files. */
export function contextSummaries(config: Kubeconfig): readonly ContextSummary[] {
  return [...config.contexts].map(([name, { fields }]) => ({
    name,
    cluster: textAt(fields, 'cluster') ?? '',
    namespace: textAt(fields, 'namespace') ?? 'default',
    current: name === config.currentContext,
  }));
}

/**
 * One context with its cluster and user, everything it names found and checked as far as that needs no I/O.
 *
 * `proxies` may name one. A context without a user keeps the cluster's TLS settings. Errors name the context and what is missing.
 */
export function resolveContext(
  config: Kubeconfig,
  contextName: string,
  origin: Origin,
  proxies: ProxySources,
): Result<ResolvedTarget> {
  const context = config.contexts.get(contextName);
  if (!context) return { ok: false, error: unknownContext(config, contextName, origin) };
  const clusterName = textAt(context.fields, 'cluster') ?? '';
  const clusterEntry = config.clusters.get(clusterName);
  if (!clusterEntry)
    return fail(
      'config',
      `Context ${contextName} names the cluster ${clusterName || "''"}, which is not in ${origin.label}.`,
    );
  const userName = textAt(context.fields, 'user') ?? '';
  const userEntry = config.users.get(userName);
  const hasCertificate = userEntry !== undefined && materialAt(userEntry, 'client-certificate') !== undefined;
  const cluster = resolveCluster(clusterName, clusterEntry, { label: origin.label, hasCertificate, proxies });
  if (!cluster.ok) return cluster;
  if (userName !== '' && !userEntry)
    return fail('config', `Context ${contextName} names the user ${userName}, which is not in ${origin.label}.`);
  const user = resolveUser(userName, userEntry);
  if (!user.ok) return user;
  const namespace = textAt(context.fields, 'namespace');
  return succeed(
    targetOf(contextName, cluster.value, user.value, {
      namespace: namespace ?? 'default',
      origin,
    }),
  );
}

/** Puts the parts together; also for the account of a pod, which has no kubeconfig. */
export function targetOf(
  contextName: string,
  cluster: ResolvedCluster,
  user: ResolvedUser,
  more: { readonly namespace: string; readonly origin: Origin },
): ResolvedTarget {
  const { origin, namespace } = more;
  const server = shownServer(cluster.server);
  return {
    target: {
      key: JSON.stringify([origin.demo === true, contextName, server, user.name, impersonationKey(user), namespace]),
      contextName,
      clusterName: cluster.name,
      server,
      userName: user.name,
      namespace,
      source: origin.label,
      demo: origin.demo === true,
    },
    cluster,
    user,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([cluster, user]))
      .digest('hex'),
    files: origin.files,
  };
}

/** Everything that decides what the server lets us see; '' without impersonation. */
function impersonationKey({ impersonate }: ResolvedUser): unknown {
  if (!impersonate) return '';
  const { user, uid, groups, extra } = impersonate;
  return uid === undefined && groups.length === 0 && Object.keys(extra).length === 0 ? user : impersonate;
}

function unknownContext(config: Kubeconfig, name: string, origin: Origin): ApiError {
  const names = [...config.contexts.keys()];
  const some = names.slice(0, 5).join(', ');
  const list =
    names.length === 0
      ? 'It has no contexts.'
      : `It has ${some}${names.length > 5 ? ` and ${names.length - 5} more` : ''}.`;
  return {
    reason: 'config',
    message: `There is no context ${name} in ${origin.label}. ${list} Choose one with Switch Context.`,
  };
}
