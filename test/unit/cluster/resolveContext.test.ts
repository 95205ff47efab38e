import assert from 'node:assert/strict';
import { mergeKubeconfigs } from '../../../src/cluster/kubeconfig.ts';
import { resolveContext } from '../../../src/cluster/resolveContext.ts';
import type { ResolvedTarget } from '../../../src/cluster/resolvedTarget.ts';
import type { Result } from '../../../src/domain/apiError.ts';
import { noProxies } from '../../support/noProxies.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Resolves the context `ctx` of a kubeconfig in /home/a/.kube with this cluster and user. */
function resolve(cluster: Fields, user?: Fields, context: Fields = {}, name = 'ctx'): Result<ResolvedTarget> {
  const text = JSON.stringify({
    contexts: [{ name: 'ctx', context: { cluster: 'c', ...(user ? { user: 'u' } : {}), ...context } }],
    clusters: [{ name: 'c', cluster }],
    users: user ? [{ name: 'u', user }] : [],
  });
  const config = mergeKubeconfigs([{ file: '/home/a/.kube/config', text }]);
  if (!config.ok) assert.fail(config.error.message);
  return resolveContext(config.value, name, { label: '~/.kube/config', files: ['/home/a/.kube/config'] }, noProxies);
}

function resolved(...args: Parameters<typeof resolve>): ResolvedTarget {
  const result = resolve(...args);
  return result.ok ? result.value : assert.fail(result.error.message);
}

function refused(...args: Parameters<typeof resolve>): string {
  const result = resolve(...args);
  if (result.ok) assert.fail('it was accepted');
  assert.equal(result.error.reason, 'config');
  return result.error.message;
}

const server = 'https://example.test:6443';

describe('resolve context: cluster', () => {
  it('resolves paths beside the file, and prefers data to files', () => {
    const file = resolved({ server, 'certificate-authority': 'pki/ca.crt' });
    assert.deepEqual(file.cluster.ca, { file: '/home/a/.kube/pki/ca.crt' });
    const data = resolved({ server, 'certificate-authority': 'ca.crt', 'certificate-authority-data': 'QQ==' });
    assert.deepEqual(data.cluster.ca, { data: 'QQ==' });
  });

  it('keeps the TLS settings of the cluster for a context without user', () => {
    const { cluster, user } = resolved({
      server,
      'certificate-authority-data': 'QQ==',
      'tls-server-name': 'inner',
      'insecure-skip-tls-verify': false,
    });
    assert.deepEqual(cluster.ca, { data: 'QQ==' });
    assert.equal(cluster.tlsServerName, 'inner');
    assert.deepEqual(user, { name: '' });
  });

  it('takes an http server', () => {
    assert.equal(resolved({ server: 'http://127.0.0.1:8001' }).target.server, 'http://127.0.0.1:8001');
  });

  it('shows a server without the credentials in its address', () => {
    assert.equal(resolved({ server: 'https://me:secret@h:1/k8s/' }).target.server, 'https://h:1/k8s');
  });

  it('loads a file with an entry without server, and refuses only the context that uses it', () => {
    assert.equal(refused({}), 'Cluster c in ~/.kube/config has no server.');
  });

  it('takes a server without a scheme, as https where TLS is spoken of', () => {
    const shown = (more: Fields, user?: Fields) => resolved({ server: 'h.test:6443', ...more }, user).cluster.server;
    assert.equal(shown({}), 'http://h.test:6443');
    assert.equal(shown({ 'certificate-authority': 'ca.crt' }), 'https://h.test:6443');
    assert.equal(shown({ 'insecure-skip-tls-verify': true }), 'https://h.test:6443');
    assert.equal(shown({}, { 'client-certificate': 'c', 'client-key': 'k' }), 'https://h.test:6443');
    for (const server of ['127.0.0.1:6443', '[::1]:6443', 'h', 'h/k8s'])
      assert.equal(resolved({ server }).cluster.server, `http://${server}`);
  });

  it('goes through the proxy of the cluster, and not at all where that cannot be used', () => {
    assert.equal(resolved({ server, 'proxy-url': 'http://p.test:3128' }).cluster.proxy, 'http://p.test:3128/');
    assert.equal(resolved({ server }).cluster.proxy, undefined);
    assert.match(refused({ server, 'proxy-url': 'p.test:3128' }), /^The proxy-url of cluster c is not/);
  });

  it('keeps what an extension tells credential plugins', () => {
    const extensions = [
      { name: 'other', extension: 1 },
      { name: 'client.authentication.k8s.io/exec', extension: { a: 1 } },
    ];
    assert.deepEqual(resolved({ server, extensions }).cluster.pluginConfig, { a: 1 });
  });

  it('refuses an authority that is not to be used', () => {
    const both = { server, 'certificate-authority': 'ca.crt', 'insecure-skip-tls-verify': true };
    assert.match(refused(both), /Cluster c in ~\/\.kube\/config has both .* Remove one of them\.$/);
  });

  for (const address of ['me@h', 'h:x', 'ftp://example.test', 'https://', 'file:///etc/passwd', 'unix:/x']) {
    it(`refuses the server ${address}`, () => assert.match(refused({ server: address }), /Cluster|cluster c in ~/));
  }
});

describe('resolve context: names', () => {
  it('says which contexts there are when one is unknown', () => {
    assert.equal(
      refused({ server }, undefined, {}, 'nope'),
      'There is no context nope in ~/.kube/config. It has ctx. Choose one with Switch Context.',
    );
  });

  it('names a cluster or user that is missing', () => {
    assert.match(refused({ server }, undefined, { cluster: 'gone' }), /names the cluster gone, which is not in ~/);
    assert.match(refused({ server }, undefined, { cluster: '' }), /names the cluster '', which is not in ~/);
    assert.match(refused({ server }, undefined, { user: 'gone' }), /names the user gone, which is not in ~/);
  });

  it('has the namespace of the context, or the default', () => {
    assert.equal(resolved({ server }).target.namespace, 'default');
    assert.equal(resolved({ server }, undefined, { namespace: 'shop' }).target.namespace, 'shop');
  });

  it('is another target for another server, user or namespace, and the same for another token', () => {
    const base = resolved({ server }, { token: 'a' });
    const token = resolved({ server }, { token: 'b' });
    assert.equal(token.target.key, base.target.key);
    assert.notEqual(token.fingerprint, base.fingerprint);
    for (const other of [
      resolved({ server: 'https://other' }, { token: 'a' }),
      resolved({ server }),
      resolved({ server }, { token: 'a' }, { namespace: 'shop' }),
      resolved({ server }, { token: 'a', as: 'jane' }),
    ])
      assert.notEqual(other.target.key, base.target.key);
  });
});

describe('resolve context: user', () => {
  it('prefers a token file to a token, a token to basic auth, and those to plugins', () => {
    const exec = { command: 'x', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
    const all = { tokenFile: 'token', token: 't', username: 'n', password: 'p', exec };
    assert.equal(resolved({ server }, all).user.tokenFile, '/home/a/.kube/token');
    const { tokenFile: _, ...withToken } = all;
    assert.deepEqual(resolved({ server }, withToken).user, { name: 'u', token: 't' });
    const { token: __, ...withBasic } = withToken;
    assert.deepEqual(resolved({ server }, withBasic).user.basic, { username: 'n', password: 'p' });
    assert.equal(resolved({ server }, { exec }).user.exec?.command, 'x');
  });

  it('resolves certificates beside the file', () => {
    const { user } = resolved({ server }, { 'client-certificate': 'c.crt', 'client-key': '/abs/c.key' });
    assert.deepEqual(user.clientCertificate, { file: '/home/a/.kube/c.crt' });
    assert.deepEqual(user.clientKey, { file: '/abs/c.key' });
  });

  it('refuses a client certificate without its key, and leaves a key without certificate aside', () => {
    assert.match(refused({ server }, { 'client-certificate-data': 'QQ==' }), /User u .*client-key/);
    assert.deepEqual(resolved({ server }, { 'client-key': 'x', token: 't' }).user, { name: 'u', token: 't' });
  });

  it('resolves a plugin with a folder in its command beside the file, others on the PATH', () => {
    const apiVersion = 'client.authentication.k8s.io/v1beta1';
    const of = (command: string) => resolved({ server }, { exec: { command, apiVersion } }).user.exec?.command;
    assert.equal(of('./bin/x'), '/home/a/.kube/bin/x');
    assert.equal(of('bin/x'), '/home/a/.kube/bin/x');
    assert.equal(of('/bin/x'), '/bin/x');
    assert.equal(of('kubelogin'), 'kubelogin');
  });

  it('reads arguments, environment, hint and cluster info of a plugin', () => {
    const { user } = resolved(
      { server },
      {
        exec: {
          command: 'x',
          apiVersion: 'client.authentication.k8s.io/v1',
          args: ['get-token', '7'],
          env: [{ name: 'A', value: 'b' }, { name: 'EMPTY' }, { value: 'no name' }, null],
          installHint: 'Install x.',
          provideClusterInfo: true,
          interactiveMode: 'Always',
        },
      },
    );
    assert.deepEqual(user.exec, {
      command: 'x',
      apiVersion: 'client.authentication.k8s.io/v1',
      args: ['get-token', '7'],
      env: [
        { name: 'A', value: 'b' },
        { name: 'EMPTY', value: '' },
      ],
      installHint: 'Install x.',
      provideClusterInfo: true,
      alwaysInteractive: true,
    });
  });

  it('refuses a plugin without command or with an apiVersion it does not speak', () => {
    assert.match(refused({ server }, { exec: { apiVersion: 'x' } }), /plugin of user u has no command/);
    const alpha = { command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1' };
    assert.match(refused({ server }, { exec: alpha }), /user u has apiVersion .*v1alpha1; v1 and v1beta1/);
    assert.match(refused({ server }, { exec: { command: 'x' } }), /user u has apiVersion ''/);
  });

  it('wants to know of a v1 plugin whether it needs a person, as kubectl does', () => {
    const of = (version: string, more: Fields = {}) => ({
      exec: { command: 'x', apiVersion: `client.authentication.k8s.io/${version}`, ...more },
    });
    assert.match(
      refused({ server }, of('v1')),
      /user u has no interactiveMode, which client\.authentication\.k8s\.io\/v1 and kubectl demand\. Add interactiveMode/,
    );
    assert.match(refused({ server }, of('v1', { interactiveMode: '' })), /has no interactiveMode/);
    for (const version of ['v1', 'v1beta1'])
      assert.match(
        refused({ server }, of(version, { interactiveMode: 'Sometimes' })),
        /has the interactiveMode Sometimes/,
      );
    assert.equal(resolved({ server }, of('v1beta1')).user.exec?.alwaysInteractive, false);
    assert.equal(resolved({ server }, of('v1beta1', { interactiveMode: 'Always' })).user.exec?.alwaysInteractive, true);
    assert.equal(
      resolved({ server }, of('v1', { interactiveMode: 'IfAvailable' })).user.exec?.alwaysInteractive,
      false,
    );
  });

  it('refuses auth providers that Kubernetes has removed, and names the plugin to use', () => {
    const provider = (name: string) => ({ 'auth-provider': { name } });
    assert.match(refused({ server }, provider('gcp')), /User u .* gcp, .*gke-gcloud-auth-plugin/);
    assert.match(refused({ server }, provider('azure')), /User u .* azure, .*kubelogin convert-kubeconfig/);
    assert.match(refused({ server }, provider('tectonic')), /Use an exec credential plugin instead\./);
  });

  it('takes the id-token of an oidc provider and leaves its refresh token alone', () => {
    const config = { 'id-token': 'jwt', 'refresh-token': 'never' };
    const { user } = resolved({ server }, { 'auth-provider': { name: 'oidc', config } });
    assert.deepEqual(user, { name: 'u', idToken: 'jwt' });
  });

  it('reads the whole of an impersonation', () => {
    const fields = { as: 'jane', 'as-uid': '42', 'as-groups': ['devs'], 'as-user-extra': { reason: ['view'] } };
    assert.deepEqual(resolved({ server }, fields).user.impersonate, {
      user: 'jane',
      uid: '42',
      groups: ['devs'],
      extra: { reason: ['view'] },
    });
  });

  it('refuses to impersonate nobody', () => {
    for (const fields of [{ 'as-groups': ['devs'] }, { 'as-uid': '4' }, { 'as-user-extra': { a: ['b'] } }])
      assert.match(refused({ server }, fields), /^User u has as-uid, as-groups or as-user-extra but no 'as'/);
  });

  it('is another target for other groups, another uid or other extra facts', () => {
    const key = (more: Fields) => resolved({ server }, { as: 'jane', ...more }).target.key;
    const keys = [
      {},
      { 'as-groups': ['a'] },
      { 'as-groups': ['b'] },
      { 'as-uid': '4' },
      { 'as-user-extra': { a: ['b'] } },
    ];
    assert.equal(new Set(keys.map(key)).size, keys.length);
  });

  for (const token of ['line\n', 'line\rbreak', 'tök€n', '\u0000'])
    it(`refuses the token ${JSON.stringify(token)}, which no header can hold`, () => {
      const says = refused({ server }, { token });
      assert.match(says, /^The token of user u has characters that an HTTP header cannot have\./);
      assert.ok(!says.includes(token));
    });
});
