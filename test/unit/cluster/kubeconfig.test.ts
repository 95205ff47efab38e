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

  it('takes the first of entries that have one name in one file', () => {
    const twice = 'clusters: [{name: c, cluster: {server: https://1}}, {name: c, cluster: {server: https://2}}]';
    assert.equal(merged({ file: '/a', text: twice }).clusters.get('c')?.fields.server, 'https://1');
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

  it('takes numbers for text where kubectl does', () => {
    const text = 'current-context: 7\ncontexts: [{name: 7, context: {cluster: 1.5, user: 3, namespace: 42}}]';
    const config = merged({ file: '/a', text });
    assert.equal(config.currentContext, '7');
    assert.deepEqual(config.contexts.get('7')?.fields, { cluster: '1.5', user: '3', namespace: '42' });
  });

  it('leaves entries out that have no name or are no objects', () => {
    const config = merged({ file: '/a', text: 'contexts: [1, null, {}, {name: ""}, {name: ok}]' });
    assert.deepEqual([...config.contexts.keys()], ['ok']);
    assert.deepEqual(config.contexts.get('ok')?.fields, {});
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
