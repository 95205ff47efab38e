import assert from 'node:assert/strict';
import fc from 'fast-check';
import { namespacesIn } from '../../../src/domain/manifestNamespaces.ts';
import { mineOf } from '../../../src/domain/mine.ts';

const claim = (metadata: string) => `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:${metadata}\nspec: {}\n`;

const cases: [what: string, text: string, names: readonly string[]][] = [
  ['an object', claim('\n  name: a\n  namespace: shop'), ['shop']],
  ['quotes and comments', claim('\n  namespace: "shop" # ours'), ['shop']],
  ['single quotes', claim("\n  namespace: 'shop'"), ['shop']],
  ['flow style', claim(' { name: a, namespace: shop }'), ['shop']],
  ['CRLF', claim('\n  namespace: shop').replaceAll('\n', '\r\n'), ['shop']],
  ['several documents', `${claim('\n  namespace: shop')}---\n${claim('\n  namespace: blog')}`, ['blog', 'shop']],
  [
    'a marker with a comment',
    `${claim('\n  namespace: shop')}--- # next\n${claim('\n  namespace: blog')}`,
    ['blog', 'shop'],
  ],
  ['a Namespace', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n', ['shop']],
  [
    'a List',
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    namespace: shop\n',
    ['shop'],
  ],
  ['a kustomization', 'resources:\n- a.yaml\nnamespace: shop\n', ['shop']],
  ['a Kustomization', 'kind: Kustomization\nnamespace: shop\n', ['shop']],
  ['lines of a template', claim('\n  namespace: shop\n  {{- if .x }}\n  labels: {}\n  {{- end }}'), ['shop']],
  ['JSON', JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop' } }), ['shop']],
  [
    'a JSON List',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }],
    }),
    ['shop'],
  ],
  ['no template', claim('\n  namespace: {{ .Release.Namespace }}'), []],
  ['no variable', claim(`\n  namespace: $\{NAMESPACE}`), []],
  ['no empty name', claim('\n  namespace:'), []],
  ['no name that cannot be', claim('\n  namespace: Shop_1'), []],
  ['no label', claim('\n  labels:\n    namespace: shop'), []],
  ['no name of another kind', claim('\n  name: shop'), []],
  ['no selector', `${claim('\n  name: a')}  namespace: shop\n`, []],
  ['no comment', claim('\n  # namespace: shop'), []],
  ['no values of a chart', 'namespace: shop\nimage: x\n', []],
  ['no other YAML', 'metadata:\n  namespace: shop\n', []],
  ['no other JSON', '{"metadata":{"namespace":"shop"}}', []],
  ['no broken JSON', '{"apiVersion":', []],
];

describe('namespaces in a manifest', () => {
  for (const [what, text, names] of cases) it(what, () => assert.deepEqual([...namespacesIn(text)].sort(), names));

  it('are read from any text, in time that grows with it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void namespacesIn(text)));
    namespacesIn(`${'- '.repeat(100_000)}${' '.repeat(100_000)}\nmetadata:${' {a: '.repeat(20_000)}`);
  });
});

describe('whose claims are notified', () => {
  const mine = { notifyFor: 'mine', namespaces: ['configured'] } as const;
  const target = { namespace: 'own', demo: false };

  it('are those of the namespaces configured, of the context, and of manifests', () =>
    assert.deepEqual(mineOf(mine, target, new Set(['named'])), new Set(['configured', 'own', 'named'])));

  it('are all where that is wanted, and in the demo', () => {
    assert.equal(mineOf({ ...mine, notifyFor: 'all' }, target, new Set()), 'all');
    assert.equal(mineOf(mine, { ...target, demo: true }, new Set()), 'all');
  });
});
