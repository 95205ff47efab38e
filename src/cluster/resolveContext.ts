import { createHash } from 'node:crypto';
import { type ApiError, fail, type Result, succeed } from '../domain/apiError.ts';
import type { ContextSummary } from '../domain/target.ts';
import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from '../wire/json.ts';
import { besideFile, type Entry, type Kubeconfig } from './kubeconfig.ts';
import type { ExecConfig, Material, ResolvedCluster, ResolvedTarget, ResolvedUser } from './resolvedTarget.ts';

/** Where a kubeconfig came from, for texts and for kubectl in a terminal. */
export interface Origin {
  /** As a person would write it: `~/.kube/config`. */
  readonly label: string;
  readonly files: readonly string[];
  readonly demo?: boolean;
}

const pluginFor: Readonly<Record<string, string>> = {
  gcp: 'gke-gcloud-auth-plugin (gcloud container clusters get-credentials writes it)',
  azure: 'kubelogin (kubelogin convert-kubeconfig writes it)',
};

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
 * A context without a user keeps the cluster's TLS settings. Errors name the context and what is missing.
 */
export function resolveContext(config: Kubeconfig, contextName: string, origin: Origin): Result<ResolvedTarget> {
  const context = config.contexts.get(contextName);
  if (!context) return { ok: false, error: unknownContext(config, contextName, origin) };
  const clusterName = textAt(context.fields, 'cluster') ?? '';
  const clusterEntry = config.clusters.get(clusterName);
  if (!clusterEntry)
    return fail(
      'config',
      `Context ${contextName} names the cluster ${clusterName || "''"}, which is not in ${origin.label}.`,
    );
  const cluster = clusterOf(clusterName, clusterEntry, origin);
  if (!cluster.ok) return cluster;
  const userName = textAt(context.fields, 'user') ?? '';
  const userEntry = config.users.get(userName);
  if (userName !== '' && !userEntry)
    return fail('config', `Context ${contextName} names the user ${userName}, which is not in ${origin.label}.`);
  const user = userOf(userName, userEntry);
  if (!user.ok) return user;
  const namespace = textAt(context.fields, 'namespace');
  return succeed(
    targetOf(contextName, cluster.value, user.value, {
      namespace: namespace ?? 'default',
      explicit: namespace !== undefined,
      origin,
    }),
  );
}

/** Puts the parts together; also for the account of a pod, which has no kubeconfig. */
export function targetOf(
  contextName: string,
  cluster: ResolvedCluster,
  user: ResolvedUser,
  more: { readonly namespace: string; readonly explicit: boolean; readonly origin: Origin },
): ResolvedTarget {
  const { origin, namespace } = more;
  return {
    target: {
      key: JSON.stringify([
        origin.demo === true,
        contextName,
        cluster.server,
        user.name,
        user.impersonate?.user ?? '',
        namespace,
      ]),
      contextName,
      clusterName: cluster.name,
      server: withoutCredentials(cluster.server),
      userName: user.name,
      namespace,
      namespaceIsExplicit: more.explicit,
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

function clusterOf(name: string, { file, fields }: Entry, origin: Origin): Result<ResolvedCluster> {
  const server = textAt(fields, 'server');
  if (server === undefined) return fail('config', `Cluster ${name} in ${origin.label} has no server.`);
  if (!/^https?:$/.test(protocolOf(server) ?? '')) {
    return fail('config', `The server of cluster ${name} in ${origin.label} is not an http or https address.`);
  }
  const tlsServerName = textAt(fields, 'tls-server-name');
  const proxyUrl = textAt(fields, 'proxy-url');
  const ca = materialOf(fields, 'certificate-authority', file);
  return succeed({
    name,
    server,
    insecureSkipTlsVerify: fields['insecure-skip-tls-verify'] === true,
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(ca === undefined ? {} : { ca }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  });
}

function userOf(name: string, entry: Entry | undefined): Result<ResolvedUser> {
  if (!entry) return succeed({ name });
  const { file, fields } = entry;
  const certificate = materialOf(fields, 'client-certificate', file);
  const key = materialOf(fields, 'client-key', file);
  if ((certificate === undefined) !== (key === undefined)) {
    const [has, lacks] = certificate ? ['client-certificate', 'client-key'] : ['client-key', 'client-certificate'];
    return fail('config', `User ${name} has a ${has} but no ${lacks}. Add it to the kubeconfig.`);
  }
  const proof = proofOf(name, file, fields);
  if (!proof.ok) return proof;
  const impersonate = impersonationOf(fields);
  return succeed({
    name,
    ...(certificate === undefined ? {} : { clientCertificate: certificate }),
    ...(key === undefined ? {} : { clientKey: key }),
    ...proof.value,
    ...(impersonate === undefined ? {} : { impersonate }),
  });
}

type Proof = Pick<ResolvedUser, 'token' | 'tokenFile' | 'basic' | 'exec' | 'idToken'>;

/** client-go's order: a token file is read before a literal token; exec and auth providers only without them. */
function proofOf(name: string, file: string, fields: JsonObject): Result<Proof> {
  const tokenFile = textAt(fields, 'tokenFile');
  if (tokenFile !== undefined) return succeed({ tokenFile: besideFile(file, tokenFile) });
  const token = textAt(fields, 'token');
  if (token !== undefined) return succeed({ token });
  const [username, password] = [textAt(fields, 'username'), textAt(fields, 'password')];
  if (username !== undefined) return succeed({ basic: { username, password: password ?? '' } });
  const exec = objectOf(fields.exec);
  if (exec) return execOf(name, file, exec);
  const provider = objectOf(fields['auth-provider']);
  if (!provider) return succeed({});
  const providerName = textAt(provider, 'name') ?? '';
  if (providerName === 'oidc') return succeed({ idToken: textAt(objectAt(provider, 'config'), 'id-token') ?? '' });
  const plugin = pluginFor[providerName];
  const instead =
    plugin === undefined ? 'Use an exec credential plugin instead.' : `Use the exec plugin ${plugin} instead.`;
  return fail(
    'config',
    `User ${name} uses the auth provider ${providerName}, which Kubernetes has removed. ${instead}`,
  );
}

function execOf(name: string, file: string, exec: JsonObject): Result<Proof> {
  const command = textAt(exec, 'command');
  const apiVersion = textAt(exec, 'apiVersion');
  if (command === undefined) return fail('config', `The credential plugin of user ${name} has no command.`);
  if (apiVersion === undefined || !/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(apiVersion)) {
    return fail(
      'config',
      `The credential plugin of user ${name} has apiVersion ${apiVersion ?? "''"}; v1 and v1beta1 of client.authentication.k8s.io are supported.`,
    );
  }
  const env = arrayAt(exec, 'env').flatMap((item) => {
    const variable = objectOf(item);
    const key = variable && textAt(variable, 'name');
    return variable && key !== undefined ? [{ name: key, value: textAt(variable, 'value') ?? '' }] : [];
  });
  const installHint = textAt(exec, 'installHint');
  const config: ExecConfig = {
    apiVersion,
    command: /[\\/]/.test(command) ? besideFile(file, command) : command,
    args: arrayAt(exec, 'args').map(String),
    env,
    provideClusterInfo: exec.provideClusterInfo === true,
    ...(installHint === undefined ? {} : { installHint }),
  };
  return succeed({ exec: config });
}

function impersonationOf(fields: JsonObject): ResolvedUser['impersonate'] {
  const user = textAt(fields, 'as');
  if (user === undefined) return undefined;
  const uid = textAt(fields, 'as-uid');
  const extra = Object.entries(objectAt(fields, 'as-user-extra')).map(
    ([key, values]) => [key, Array.isArray(values) ? values.map(String) : []] as const,
  );
  return {
    user,
    ...(uid === undefined ? {} : { uid }),
    groups: arrayAt(fields, 'as-groups').map(String),
    extra: Object.fromEntries(extra),
  };
}

/** `KEY-data` wins over `KEY`, as in client-go. */
function materialOf(fields: JsonObject, key: string, file: string): Material | undefined {
  const data = textAt(fields, `${key}-data`);
  if (data !== undefined) return { data };
  const path = textAt(fields, key);
  return path === undefined ? undefined : { file: besideFile(file, path) };
}

function protocolOf(server: string): string | undefined {
  return URL.canParse(server) ? new URL(server).protocol : undefined;
}

function withoutCredentials(server: string): string {
  const url = new URL(server);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}
