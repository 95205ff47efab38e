import assert from 'node:assert/strict';
import { besideFile, type FileText, type Kubeconfig, mergeKubeconfigs } from '../../../src/cluster/kubeconfig.ts';
import { kubeconfigPaths } from '../../../src/cluster/kubeconfigPaths.ts';
import { contextSummaries } from '../../../src/cluster/resolveContext.ts';

function merged(...files: readonly FileText[]): Kubeconfig {
  const result = mergeKubeconfigs(files);
  return result.ok ? result.value : assert.fail(result.error.message);
}

function refused(text: string): string {
  const result = mergeKubeconfigs([{ file: '/home/a/.kube/config', text }]);
  return result.ok ? assert.fail('it was accepted') : result.error.message;
}

const a = `
current-context: first
contexts:
- {name: first, context: {cluster: c, user: u, namespace: one}}
clusters:
- {name: c, cluster: {server: https://a}}
users:
- {name: u, user: {token: a}}
`;
const b = `
current-context: second
contexts:
- {name: first, context: {cluster: other}}
- {name: second, context: {cluster: c, user: v}}
clusters:
- {name: c, cluster: {server: https://b}}
users:
- {name: u, user: {token: b}}
- {name: v, user: {}}
`;

describe('kubeconfig: several files', () => {
  const both = merged({ file: '/a', text: a }, { file: '/b', text: b });

  it('takes the current context of the first file that names one', () => {
    assert.equal(both.currentContext, 'first');
    assert.equal(merged({ file: '/x', text: 'current-context: ""' }, { file: '/b', text: b }).currentContext, 'second');
  });

  it('takes each entry from the first file that has it, and remembers which', () => {
    assert.deepEqual([...both.contexts.keys()], ['first', 'second']);
    assert.equal(both.contexts.get('first')?.fields.namespace, 'one');
    assert.equal(both.clusters.get('c')?.fields.server, 'https://a');
    assert.equal(both.clusters.get('c')?.file, '/a');
    assert.equal(both.users.get('u')?.fields.token, 'a');
    assert.equal(both.users.get('v')?.file, '/b');
  });

  it('skips files that are missing, empty or only comments', () => {
    const texts = [undefined, '', '  \n', '# nothing here\n', '---\n', 'null'];
    const files = texts.map((text, index) => ({ file: `/${index}`, text }));
    assert.equal(merged(...files, { file: '/a', text: a }).currentContext, 'first');
    assert.deepEqual(merged(...files), {
      currentContext: undefined,
      contexts: new Map(),
      clusters: new Map(),
      users: new Map(),
    });
  });

  it('lists contexts in the order of the files', () => {
    assert.deepEqual(contextSummaries(both), [
      { name: 'first', cluster: 'c', namespace: 'one', current: true },
      { name: 'second', cluster: 'c', namespace: 'default', current: false },
    ]);
  });
});

describe('kubeconfig: one file', () => {
  it('reads what kubectl writes: lists that are null, fields it does not know, JSON', () => {
    const fresh =
      'apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ""\nkind: Config\nusers: null\nnew: 1';
    assert.equal(merged({ file: '/a', text: fresh }).contexts.size, 0);
    const json = JSON.stringify({ contexts: [{ name: 'j', context: { cluster: 'c' } }] });
    assert.equal(merged({ file: '/a', text: json }).contexts.size, 1);
  });

  it('reads YAML of version 1.1 as kubectl does', () => {
    const text = `x: &base {server: "https://a"}
clusters: [{name: c, cluster: {<<: *base, insecure-skip-tls-verify: yes}}]
users: [{name: u, user: {token: 1:30, username: 2024-01-01, password: ~}}]
current-context: first
current-context: last`;
    const config = merged({ file: '/a', text });
    assert.deepEqual(config.clusters.get('c')?.fields, { server: 'https://a', 'insecure-skip-tls-verify': true });
    assert.deepEqual(config.users.get('u')?.fields, { token: '1:30', username: '2024-01-01', password: null });
    assert.equal(config.currentContext, 'last');
  });

  for (const [field, what] of [
    ['users: [{name: u, user: {token: 42}}]', 'users[0].user.token is not a text'],
    ['users: [{name: u, user: {token: 0x10}}]', 'users[0].user.token is not a text'],
    ['users: [{name: u, user: {token: 0o17}}]', 'users[0].user.token is not a text'],
    ['users: [{name: u, user: {token: 12345678901234567890}}]', 'users[0].user.token is not a text'],
    ['users: [{name: u, user: {token: 1.50}}]', 'users[0].user.token is not a text'],
    ['users: [{name: u, user: {token: y}}]', 'users[0].user.token is not a text'],
    ['users: [{name: u, user: {token: {a: 1}}}]', 'users[0].user.token is not a text'],
    ['users: [{name: u, user: {exec: {args: [a, 1]}}}]', 'users[0].user.exec.args[1] is not a text'],
    ['users: [{name: u, user: {exec: {env: [{name: A, value: 1}]}}}]', 'exec.env[0].value is not a text'],
    ['users: [{name: u, user: {as-user-extra: {a: [1]}}}]', 'as-user-extra.a[0] is not a text'],
    ['users: [{name: u, user: {client-key-data: "%%"}}]', 'users[0].user.client-key-data is not base64'],
    ['users: [{name: u, user: [a]}]', 'users[0].user is not a group of fields'],
    ['users: {a: b}', 'users is not a list'],
    ['contexts: [{name: 7}]', 'contexts[0].name is not a text'],
    ['contexts: [{name: c, context: {namespace: 007}}]', 'contexts[0].context.namespace is not a text'],
    ['contexts: [1]', 'contexts[0] is not a group of fields'],
    ['clusters: [{name: c, cluster: {insecure-skip-tls-verify: "true"}}]', 'tls-verify is not true or false'],
    ['current-context: 7', 'current-context is not a text'],
    ['clusters: [{name: c}, {name: c}]', "clusters has the name 'c' twice"],
    ['users: [null, {}]', "users has the name '' twice"],
    ['kind: Pod\napiVersion: v1', 'but a Pod of v1'],
    ['kind: Config\napiVersion: v2', 'but a Config of v2'],
  ] as const) {
    it(`refuses, as kubectl does: ${field}`, () => {
      const says = refused(field);
      assert.ok(says.startsWith('/home/a/.kube/config is not a kubeconfig') && says.includes(what), says);
    });
  }

  it('leaves entries out that have no name, and takes what is null for nothing', () => {
    const config = merged({ file: '/a', text: 'contexts: [null, {name: ok}]\nusers: [{name: "", user: {}}]\nfoo: 7' });
    assert.deepEqual([...config.contexts.keys()], ['ok']);
    assert.deepEqual(config.contexts.get('ok')?.fields, {});
    assert.equal(config.users.size, 0);
  });

  it('keeps hostile names as they are, and apart', () => {
    const names = ['[x](command:evil)', '$(key)', 'a\'b"c', '__proto__', 'constructor', 'x'.repeat(253), 'a\u0007b'];
    const contexts = names.map((name) => ({ name, context: { cluster: 'c' } }));
    assert.deepEqual([...merged({ file: '/a', text: JSON.stringify({ contexts }) }).contexts.keys()], names);
  });

  it('is not stalled by aliases that multiply', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `l${n + 1}: &l${n + 1} [*l${n},*l${n},*l${n},*l${n}]`);
    assert.match(refused(`l0: &l0 [x]\n${levels.join('\n')}\n`), /not valid YAML/);
  });

  for (const [what, text, says] of [
    [
      'YAML that does not close',
      'contexts: [',
      /^\/home\/a\/\.kube\/config is not valid YAML \(line 1\)\. Mend the file/,
    ],
    ['tabs for spaces', 'contexts:\n\t- name: a', /not valid YAML \(line 2\)/],
    ['a list', '- a', /is not a kubeconfig\. Mend the file, or choose another with the setting pvcwatch\.kubeconfig\./],
    ['a sentence', 'hello there', /is not a kubeconfig/],
    ['contexts that are no list', 'contexts: {a: 1}', /is not a kubeconfig: contexts is not a list/],
    ['binary data', '\u0000\u0001\u0002: \u0003{', /is not a text file/],
  ] as const) {
    it(`names the file and the remedy for ${what}`, () => assert.match(refused(text), says));
  }
});

describe('kubeconfig: paths', () => {
  const none = { setting: '', kubernetesExtension: undefined, env: {}, home: '/home/a' };

  it('prefers the setting, then the Kubernetes extension, then KUBECONFIG, then the home folder', () => {
    const all = { ...none, setting: '/s', kubernetesExtension: '/k', env: { KUBECONFIG: '/e' } };
    assert.deepEqual(kubeconfigPaths(all).files, ['/s']);
    assert.deepEqual(kubeconfigPaths({ ...all, setting: '' }).files, ['/k']);
    assert.deepEqual(kubeconfigPaths({ ...all, setting: '', kubernetesExtension: undefined }).files, ['/e']);
    assert.deepEqual(kubeconfigPaths(none), {
      files: ['/home/a/.kube/config'],
      label: '~/.kube/config',
      explicit: false,
    });
  });

  it('reads KUBECONFIG as a list without empty and repeated entries', () => {
    const { files, label, explicit } = kubeconfigPaths({ ...none, env: { KUBECONFIG: ':/a::/home/a/b:/a:' } });
    assert.deepEqual(files, ['/a', '/home/a/b']);
    assert.equal(label, '/a:~/b');
    assert.equal(explicit, true);
    assert.equal(kubeconfigPaths({ ...none, env: { KUBECONFIG: '' } }).explicit, false);
  });

  it('resolves a path beside the file that names it', () => {
    assert.equal(besideFile('/home/a/.kube/config', 'pki/ca.crt'), '/home/a/.kube/pki/ca.crt');
    assert.equal(besideFile('/home/a/.kube/config', '../ca.crt'), '/home/a/ca.crt');
    assert.equal(besideFile('/home/a/.kube/config', '/etc/ca.crt'), '/etc/ca.crt');
  });
});
