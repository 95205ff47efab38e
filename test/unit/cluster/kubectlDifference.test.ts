import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { mergeKubeconfigs } from '../../../src/cluster/kubeconfig.ts';
import { resolveContext } from '../../../src/cluster/resolveContext.ts';
import type { Material } from '../../../src/cluster/resolvedTarget.ts';
import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from '../../../src/wire/json.ts';
import { noProxies } from '../../support/noProxies.ts';

/** The parts of one kubeconfig, as YAML in flow style. */
interface Parts {
  readonly cluster?: string;
  readonly user?: string;
  readonly context?: string;
  readonly head?: string;
  readonly tail?: string;
}

const exec = 'command: ./bin/p, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never';

/** What both are given: one file each, or several in the order of KUBECONFIG. */
const cases: Readonly<Record<string, Parts | readonly string[]>> = {
  'a token': {},
  'a namespace': { context: ', namespace: shop' },
  'numbers for text': { user: '{token: 42}' },
  'a hexadecimal token': { user: '{token: 0x10}' },
  'a token that is a fraction': { user: '{token: 1.50}' },
  'a token that is true': { user: '{token: true}' },
  'a token that is y': { user: '{token: y}' },
  'a token that is a time': { user: '{token: 1:30}' },
  'a token that is a date': { user: '{token: 2024-01-01}' },
  'a token that is null': { user: '{token: ~}' },
  'a token that is tagged': { user: '{token: !!str 42}' },
  'a token that is binary': { user: '{token: !!binary QUJD}' },
  'binary that is none': { user: '{token: !!binary "not base64!"}' },
  'binary where base64 belongs': { cluster: '{server: "https://a", certificate-authority-data: !!binary UVVJRA==}' },
  'a tag that nobody knows': { user: '{token: !mine abc}' },
  'an octal number': { user: '{token: 0o17}' },
  'a namespace of digits': { context: ', namespace: 007' },
  'a yes': { cluster: '{server: "https://a", insecure-skip-tls-verify: yes}' },
  'a quoted true': { cluster: '{server: "https://a", insecure-skip-tls-verify: "true"}' },
  'an anchor': { head: 'x: &c {server: "https://anchor"}\n', cluster: '*c' },
  'a merge key': {
    head: 'x: &c {server: "https://merged", tls-server-name: t}\n',
    cluster: '{<<: *c, tls-server-name: own}',
  },
  'a name that stands twice': { tail: '- {name: u, user: {token: other}}\n' },
  'a key that stands twice': { tail: 'current-context: c\n' },
  'another kind': { head: 'kind: Pod\n' },
  'another version': { head: 'apiVersion: v2\n' },
  'kind and version': { head: 'kind: Config\napiVersion: v1\n' },
  'fields in another case': { cluster: '{Server: "https://b", server: "https://a"}' },
  'a second document': { tail: '---\nfoo: 1\n' },
  'unknown fields': { user: '{token: x, foo: 7}', tail: 'bar: {}\n' },
  'a list where a user belongs': { user: '[a]' },
  'base64 that is none': { user: '{client-certificate-data: "%%"}' },
  'certificates beside the file': { cluster: '{server: "https://a", certificate-authority: pki/ca.crt}' },
  'certificates in the file': {
    cluster: '{server: "https://a", certificate-authority-data: QQ==, tls-server-name: t}',
  },
  'a client certificate': { user: '{client-certificate: c.crt, client-key: ../c.key}' },
  'client data': { user: '{client-certificate-data: QQ==, client-key-data: Qg==}' },
  'a token file': { user: '{tokenFile: t/token}' },
  'basic auth': { user: '{username: n, password: p}' },
  'a plugin': { user: `{exec: {${exec}, args: [a, b], env: [{name: A, value: b}]}}` },
  'a plugin with a number for an argument': { user: `{exec: {${exec}, args: [1]}}` },
  impersonation: { user: '{token: x, as: jane, as-uid: "7", as-groups: [a, b], as-user-extra: {k: [v]}}' },
  'a proxy': { cluster: '{server: "https://a", proxy-url: "socks5://me:pw@p:1080"}' },
  'a context that is not there': { head: 'current-context: gone\n' },
  'tabs for spaces': { tail: '\t- a\n' },
  'one of several files': [
    'two/ca.crt: authority',
    'three/c: certificate',
    'three/k: key',
    'one/config: {current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}]}',
    'gone: -',
    'empty: ""',
    'two/config: {current-context: d, contexts: [{name: c, context: {cluster: other}}], clusters: [{name: k, cluster: {server: "https://two", certificate-authority: ca.crt}}]}',
    'three/config: {clusters: [{name: k, cluster: {server: "https://three"}}], users: [{name: u, user: {client-certificate: c, client-key: k}}]}',
  ],
};

const found = spawnSync('kubectl', ['version', '--client']).status === 0;

describe('kubeconfig: as kubectl reads it', function () {
  this.timeout(60_000);
  if (!found) {
    it('(not compared: there is no kubectl on the PATH)');
    return;
  }
  let folder = '';
  const theirs = new Map<string, Promise<Picture | undefined>>();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-kubectl-'));
    for (const [index, name] of Object.keys(cases).entries()) theirs.set(name, kubectlSays(filesOf(name, index)));
  });
  after(() => rmSync(folder, { recursive: true }));

  function filesOf(name: string, index: number): readonly string[] {
    const parts = cases[name] ?? {};
    const own = join(folder, String(index));
    mkdirSync(own);
    if (!isList(parts)) {
      writeFileSync(join(own, 'config'), textOf(parts));
      return [join(own, 'config')];
    }
    for (const part of parts) {
      const [file = '', text = ''] = part.split(/: (.*)/s);
      mkdirSync(dirname(join(own, file)), { recursive: true });
      if (text !== '-') writeFileSync(join(own, file), text.replace(/^""$/, ''));
    }
    return listed(parts, own);
  }

  for (const [index, name] of Object.keys(cases).entries()) {
    it(name, async () => {
      const parts = cases[name] ?? {};
      const own = join(folder, String(index));
      const files = isList(parts) ? listed(parts, own) : [join(own, 'config')];
      assert.deepEqual(ourPicture(files), await theirs.get(name));
    });
  }

  it('is a comparison of what kubectl reads, and not only of refusals', async () => {
    const read = (await Promise.all(theirs.values())).filter((picture) => picture !== undefined);
    assert.ok(read.length > theirs.size / 3, `${read.length} of ${theirs.size}`);
  });
});

/** Server, TLS material, user and namespace; undefined where the kubeconfig is refused. */
type Picture = JsonObject;

function kubectlSays(files: readonly string[]): Promise<Picture | undefined> {
  const { KUBECONFIG: _, ...env } = process.env;
  const cwd = dirname(files[0] ?? '');
  return new Promise((give) => {
    // Of several files, paths are shown relative to each: only the contents tell which was meant.
    const flat = files.length > 1 ? ['--flatten'] : [];
    const args = ['config', 'view', '--merge', '--raw', '--minify', ...flat, '-o', 'json'];
    execFile('kubectl', args, { cwd, env: { ...env, KUBECONFIG: files.join(':') } }, (error, output) =>
      give(error ? undefined : theirPicture(objectOf(JSON.parse(output)) ?? {}, cwd)),
    );
  });
}

function theirPicture(view: JsonObject, cwd: string): Picture {
  const first = (list: string, field: string) => objectAt(objectOf(arrayAt(view, list)[0]) ?? {}, field);
  const [cluster, user, context] = [first('clusters', 'cluster'), first('users', 'user'), first('contexts', 'context')];
  const file = (fields: JsonObject, key: string) => {
    const path = textAt(fields, key);
    return path === undefined ? undefined : resolve(cwd, path);
  };
  const material = (fields: JsonObject, key: string) => {
    const data = textAt(fields, `${key}-data`);
    const path = file(fields, key);
    return data === undefined ? (path === undefined ? undefined : { file: path }) : { data };
  };
  const plugin = objectOf(user.exec);
  return {
    server: cluster.server,
    insecure: cluster['insecure-skip-tls-verify'] === true,
    tlsServerName: textAt(cluster, 'tls-server-name'),
    proxy: textAt(cluster, 'proxy-url'),
    ca: material(cluster, 'certificate-authority'),
    certificate: material(user, 'client-certificate'),
    key: material(user, 'client-key'),
    token: textAt(user, 'token'),
    tokenFile: file(user, 'tokenFile'),
    basic: user.username === undefined ? undefined : { username: user.username, password: user.password },
    plugin: plugin && [file(plugin, 'command'), arrayAt(plugin, 'args'), arrayAt(plugin, 'env')],
    as: user.as === undefined ? undefined : [user.as, user['as-uid'], user['as-groups'], user['as-user-extra']],
    namespace: textAt(context, 'namespace') ?? 'default',
  };
}

function ourPicture(files: readonly string[]): Picture | undefined {
  const config = mergeKubeconfigs(files.map((file) => ({ file, text: textIn(file) })));
  if (!config.ok) return undefined;
  const context = config.value.currentContext ?? '';
  const result = resolveContext(config.value, context, { label: 'test', files }, noProxies);
  if (!result.ok) return undefined;
  const { cluster, user, target } = result.value;
  const { exec: plugin, impersonate } = user;
  const bare = (material: Material | undefined) => {
    const text = material && 'file' in material ? textIn(material.file) : undefined;
    return text === undefined ? material : { data: Buffer.from(text).toString('base64') };
  };
  return {
    server: cluster.server,
    insecure: cluster.insecureSkipTlsVerify,
    tlsServerName: cluster.tlsServerName,
    proxy: cluster.proxyUrl,
    ca: bare(cluster.ca),
    certificate: bare(user.clientCertificate),
    key: bare(user.clientKey),
    token: user.token,
    tokenFile: user.tokenFile,
    basic: user.basic,
    plugin: plugin && [plugin.command, plugin.args, plugin.env],
    as: impersonate && [impersonate.user, impersonate.uid, impersonate.groups, impersonate.extra],
    namespace: target.namespace,
  };
}

/** The files of a case that stand in KUBECONFIG. */
function listed(parts: readonly string[], folder: string): readonly string[] {
  return parts
    .map((part) => join(folder, part.split(': ')[0] ?? ''))
    .filter((file) => /(config|gone|empty)$/.test(file));
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function textOf({ cluster = '{server: "https://a"}', user = '{token: x}', context = '', head = '', tail = '' }: Parts) {
  return `${head.includes('current-context') ? '' : 'current-context: c\n'}${head}clusters:
- {name: k, cluster: ${cluster}}
contexts:
- {name: c, context: {cluster: k, user: u${context}}}
users:
- {name: u, user: ${user}}
${tail}`;
}

function isList(parts: Parts | readonly string[]): parts is readonly string[] {
  return Array.isArray(parts);
}
