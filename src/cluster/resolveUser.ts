import { fail, type Result, succeed } from '../domain/apiError.ts';
import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from '../wire/json.ts';
import { isHeaderValue } from './credential.ts';
import { besideFile, type Entry, materialAt } from './kubeconfig.ts';
import type { ExecConfig, ResolvedUser } from './resolvedTarget.ts';

const pluginFor: Readonly<Record<string, string>> = {
  gcp: 'gke-gcloud-auth-plugin (gcloud container clusters get-credentials writes it)',
  azure: 'kubelogin (kubelogin convert-kubeconfig writes it)',
};

/** Whom a user of a kubeconfig acts as; without an entry, nobody in particular. */
export function resolveUser(name: string, entry: Entry | undefined): Result<ResolvedUser> {
  if (!entry) return succeed({ name });
  const { file, fields } = entry;
  const certificate = materialAt(entry, 'client-certificate');
  const key = materialAt(entry, 'client-key');
  if (certificate && !key)
    return fail('config', `User ${name} has a client-certificate but no client-key. Add it to the kubeconfig.`);
  const proof = proofOf(name, file, fields);
  if (!proof.ok) return proof;
  const impersonate = impersonationOf(fields);
  if (impersonate && impersonate.user === '') {
    return fail(
      'config',
      `User ${name} has as-uid, as-groups or as-user-extra but no 'as', which kubectl refuses. Add it to the kubeconfig.`,
    );
  }
  return succeed({
    name,
    // A key alone proves nothing, and kubectl leaves it aside.
    ...(certificate && key ? { clientCertificate: certificate, clientKey: key } : {}),
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
  if (token !== undefined) {
    if (isHeaderValue(token)) return succeed({ token });
    return fail(
      'config',
      `The token of user ${name} has characters that an HTTP header cannot have. Check the kubeconfig.`,
    );
  }
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
  const mode = modeOf(name, exec, apiVersion);
  if (!mode.ok) return mode;
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
    alwaysInteractive: mode.value === 'Always',
    ...(installHint === undefined ? {} : { installHint }),
  };
  return succeed({ exec: config });
}

/** v1 has to say whether its plugin needs a person, as kubectl demands; v1beta1 uses one if there is one. */
function modeOf(name: string, exec: JsonObject, apiVersion: string): Result<string> {
  const mode = textAt(exec, 'interactiveMode') ?? (apiVersion.endsWith('/v1') ? undefined : 'IfAvailable');
  if (mode !== undefined && ['Never', 'IfAvailable', 'Always'].includes(mode)) return succeed(mode);
  return fail(
    'config',
    mode === undefined
      ? `The credential plugin of user ${name} has no interactiveMode, which ${apiVersion} and kubectl demand. Add interactiveMode: IfAvailable (or Never, Always) to exec in the kubeconfig.`
      : `The credential plugin of user ${name} has the interactiveMode ${mode}. Never, IfAvailable and Always are accepted; check the kubeconfig.`,
  );
}

/** `user` is '' where the kubeconfig names nobody but says more. */
function impersonationOf(fields: JsonObject): ResolvedUser['impersonate'] {
  const user = textAt(fields, 'as') ?? '';
  const uid = textAt(fields, 'as-uid');
  const extra = Object.entries(objectAt(fields, 'as-user-extra')).map(
    ([key, values]) => [key, Array.isArray(values) ? values.map(String) : []] as const,
  );
  const groups = arrayAt(fields, 'as-groups').map(String);
  if (user === '' && uid === undefined && groups.length === 0 && extra.length === 0) return undefined;
  return { user, ...(uid === undefined ? {} : { uid }), groups, extra: Object.fromEntries(extra) };
}
