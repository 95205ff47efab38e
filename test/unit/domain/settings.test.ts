import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  budgetsOf,
  defaultSettings,
  parseSettings,
  type RawSetting,
  type Settings,
} from '../../../src/domain/settings.ts';
import { bytesOf } from '../../support/views.ts';

/** What VS Code answers when somebody has set these, and only these. */
function reader(set: Readonly<Record<string, unknown>>): (name: string) => RawSetting {
  return (name) => ({ value: name in set ? set[name] : defaults[name], isSet: name in set });
}

const defaults: Readonly<Record<string, unknown>> = {
  maxClaims: '200Gi',
  budgets: {},
  warnAtPercent: 90,
  kubeconfig: '',
  context: '',
  namespaces: [],
  labelSelector: '',
  fieldSelector: '',
  showEmptyNamespaces: false,
  sort: 'name',
  connect: 'auto',
  'alerts.enabled': true,
  'alerts.openAfterSeconds': 10,
  'alerts.closeAfterSeconds': 60,
  'alerts.freeWarning': '15%',
  'alerts.freeCritical': '3%',
  'alerts.notifyFor': 'mine',
  'usage.source': 'auto',
  'usage.prometheus': '',
  onBreach: {},
  onNormal: {},
  contexts: {},
};

const serviceOf = (name: string) => ({
  kind: 'service',
  service: { namespace: 'monitoring', name, port: 9090, https: false },
  path: '',
});
const total = (quantity: string) => ({ subject: { kind: 'total' }, bytes: bytesOf(quantity), explicit: true });

const good: [name: string, value: unknown, field: keyof Settings, parsed: unknown][] = [
  ['maxClaims', '2Ti', 'maxClaims', total('2Ti')],
  ['maxClaims', ' 1.5Gi ', 'maxClaims', total('1.5Gi')],
  ['maxClaims', '9223372036854775807', 'maxClaims', total('9223372036854775807')],
  ['maxClaims', '200Gi', 'maxClaims', total('200Gi')],
  ['maxClaims', '', 'maxClaims', undefined],
  [
    'budgets',
    { 'namespace:checkout': '2Ti', 'class:gp3': '40Ti' },
    'budgets',
    [
      { subject: { kind: 'namespace', name: 'checkout' }, bytes: bytesOf('2Ti'), explicit: true },
      { subject: { kind: 'class', name: 'gp3' }, bytes: bytesOf('40Ti'), explicit: true },
    ],
  ],
  ['budgets', { 'namespace:checkout': '' }, 'budgets', []],
  ['warnAtPercent', 75, 'warnAtPercent', 75],
  ['warnAtPercent', 100, 'warnAtPercent', 100],
  ['kubeconfig', '~/.kube/work', 'kubeconfig', '~/.kube/work'],
  ['context', ' prod ', 'context', 'prod'],
  ['namespaces', ['shop', 'blog', 'shop'], 'namespaces', ['shop', 'blog']],
  ['labelSelector', 'app=db', 'labelSelector', 'app=db'],
  ['fieldSelector', 'metadata.name=a', 'fieldSelector', 'metadata.name=a'],
  ['showEmptyNamespaces', true, 'showEmptyNamespaces', true],
  ['sort', 'claimed', 'sort', 'claimed'],
  ['connect', 'onView', 'connect', 'onView'],
  ['connect', 'manual', 'connect', 'manual'],
  ['alerts.enabled', false, 'alertsEnabled', false],
  ['alerts.openAfterSeconds', 0, 'openAfterMs', 0],
  ['alerts.closeAfterSeconds', 1.5, 'closeAfterMs', 1500],
  ['alerts.freeWarning', ' 20% ', 'freeWarning', { ratio: 0.2 }],
  ['alerts.freeWarning', '20Gi', 'freeWarning', { bytes: 20 * 2 ** 30 }],
  ['alerts.freeCritical', '0%', 'freeCritical', { ratio: 0 }],
  ['alerts.notifyFor', 'all', 'notifyFor', 'all'],
  ['usage.source', 'off', 'usageSource', 'off'],
  ['usage.prometheus', ' ', 'usagePrometheus', undefined],
  [
    'usage.prometheus',
    'https://prom.example/p/',
    'usagePrometheus',
    { place: { kind: 'url', url: 'https://prom.example/p' }, matchers: '' },
  ],
  [
    'usage.prometheus',
    { place: 'https://prom.example', caFile: ' ~/ca.pem ' },
    'usagePrometheus',
    { place: { kind: 'url', url: 'https://prom.example' }, matchers: '', caFile: '~/ca.pem' },
  ],
  [
    'usage.prometheus',
    'monitoring/prometheus:9090',
    'usagePrometheus',
    { place: serviceOf('prometheus'), matchers: '' },
  ],
  [
    'usage.prometheus',
    { matchers: '{cluster="prod-eu"}' },
    'usagePrometheus',
    { place: undefined, matchers: 'cluster="prod-eu"' },
  ],
  [
    'usage.prometheus',
    { place: 'monitoring/thanos:9090', matchers: 'cluster="prod-eu"' },
    'usagePrometheus',
    { place: serviceOf('thanos'), matchers: 'cluster="prod-eu"' },
  ],
  ['onBreach', { command: 'my.cmd', args: [1] }, 'onBreach', { kind: 'command', command: 'my.cmd', args: [1] }],
  ['onBreach', { command: 'my.cmd' }, 'onBreach', { kind: 'command', command: 'my.cmd', args: [] }],
  ['onNormal', { task: 'notify' }, 'onNormal', { kind: 'task', task: 'notify' }],
  ['onNormal', null, 'onNormal', undefined],
];

const fieldOf: Readonly<Record<string, keyof Settings>> = {
  ...Object.fromEntries(good.map(([name, , field]) => [name, field])),
  contexts: 'contexts',
};

const quantity = /a Kubernetes quantity above zero such as 200Gi, or "" for no budget/;
const budgets = /an object such as \{ "namespace:checkout": "2Ti", "class:gp3": "40Ti" \}/;
const contexts = /an object such as \{ "prod-\*": \{ "label": "PROD"/;
const action = /\{ "command": "id", "args": \[\] \} or \{ "task": "label" \}/;
const texts = ['kubeconfig', 'context', 'labelSelector', 'fieldSelector'];
const bad: [name: string, value: unknown, accepted: RegExp][] = [
  ...['0', '-5Gi', '0.0', '9223372036854775808', '1e400', '10GB', ' ', 200, null, {}].map(
    (value): [string, unknown, RegExp] => ['maxClaims', value, quantity],
  ),
  ...[
    [],
    'x',
    { checkout: '2Ti' },
    { 'pod:a': '2Ti' },
    { 'namespace:': '2Ti' },
    { 'class:a': '-1' },
    { 'class:a': '0' },
  ].map((value): [string, unknown, RegExp] => ['budgets', value, budgets]),
  ['budgets', { 'class:a': 5 }, budgets],
  ['budgets', { 'class:a': '8Ei' }, budgets],
  ...[0, 101, -1, '90', Number.NaN].map((value): [string, unknown, RegExp] => [
    'warnAtPercent',
    value,
    /a number from 1 to 100/,
  ]),
  ...texts.map((name): [string, unknown, RegExp] => [name, 5, /a text/]),
  ...['shop', [5], ['Shop'], ['a/b'], [''], ['-a']].map((value): [string, unknown, RegExp] => [
    'namespaces',
    value,
    /a list of namespace names such as \["shop", "blog"\]/,
  ]),
  ['showEmptyNamespaces', 'yes', /true or false/],
  ['alerts.enabled', 1, /true or false/],
  ['sort', 'size', /one of name, claimed/],
  ['connect', 'never', /one of auto, onView, manual/],
  ['alerts.openAfterSeconds', -1, /a number from 0 to 86400/],
  ['alerts.closeAfterSeconds', '60', /a number from 0 to 86400/],
  ['onBreach', 'my.cmd', action],
  ['onBreach', { command: 'a', task: 'b' }, action],
  ['onBreach', { command: 'a', args: 'b' }, action],
  ['onNormal', { task: '' }, action],
  ...[15, '', '15', '101%', '-1%', '5GB', null].map((value): [string, unknown, RegExp] => [
    'alerts.freeWarning',
    value,
    /a percentage such as "15%" or a quantity such as "5Gi"/,
  ]),
  ['alerts.freeCritical', 'none', /a percentage such as "15%"/],
  ['alerts.notifyFor', 'everything', /one of mine, all/],
  ['usage.source', 'none', /one of auto, prometheus, kubelet, off/],
  ...[
    5,
    [],
    'prometheus',
    'https://me:secret@prom.example',
    { place: 'a/b' },
    { matchers: 'cluster=prod' },
    { matchers: 5 },
    { url: 'https://prom.example' },
    { place: 'https://prom.example', caFile: 5 },
    { place: 'monitoring/prometheus:9090', caFile: '~/ca.pem' },
  ].map((value): [string, unknown, RegExp] => [
    'usage.prometheus',
    value,
    /a service such as "monitoring\/prometheus:9090", a URL, or/,
  ]),
  ['contexts', { 'prod-*': { 'alerts.freeWarning': 15 } }, contexts],
  ['contexts', { 'prod-*': { 'alerts.freeCritical': 'x' } }, contexts],
  ['contexts', { 'prod-*': { 'alerts.notifyFor': 'me' } }, contexts],
  ['contexts', { 'prod-*': { 'usage.source': 'none' } }, contexts],
  ['contexts', { 'prod-*': { 'usage.prometheus': 'none' } }, contexts],
  ['contexts', [], contexts],
  ['contexts', { 'prod-*': 'PROD' }, contexts],
  ['contexts', { 'prod-*': { label: 5 } }, contexts],
  ['contexts', { 'prod-*': { maxClaims: '-1' } }, contexts],
  ['contexts', { 'prod-*': { budgets: { a: '1' } } }, contexts],
  ['contexts', { 'prod-*': { namespaces: ['A'] } }, contexts],
  ['contexts', { 'prod-*': { connect: 'never' } }, contexts],
];

describe('settings', () => {
  it('are the defaults when nobody has set one', () => {
    assert.deepEqual(parseSettings(reader({})), { settings: defaultSettings, problems: [] });
  });

  it('know whether somebody chose the budget', () => {
    assert.equal(parseSettings(reader({})).settings.maxClaims?.explicit, false);
    assert.equal(parseSettings(reader({ maxClaims: '200Gi' })).settings.maxClaims?.explicit, true);
  });

  for (const [name, value, field, parsed] of good) {
    it(`take ${name} ${JSON.stringify(value)}, and nothing else changes`, () => {
      const { settings, problems } = parseSettings(reader({ [name]: value }));
      assert.deepEqual(problems, []);
      assert.deepEqual(settings, { ...defaultSettings, [field]: parsed });
    });
  }

  const previous = parseSettings(
    reader({
      ...Object.fromEntries(
        good.filter(([, value]) => value !== '' && value !== null).map(([name, value]) => [name, value]),
      ),
      contexts: { prod: { label: 'PROD' } },
    }),
  ).settings;

  for (const [name, value, accepted] of bad) {
    it(`refuse ${name} ${JSON.stringify(value)}, say what is accepted, and keep what was`, () => {
      for (const before of [previous, defaultSettings]) {
        const { settings, problems } = parseSettings(reader({ [name]: value }), before);
        assert.equal(problems.length, 1);
        assert.equal(problems[0]?.setting, `pvcwatch.${name}`);
        assert.match(problems[0]?.message ?? '', new RegExp(`^pvcwatch\\.${name}: .* is not accepted\\. Expected `));
        assert.match(problems[0]?.message ?? '', accepted);
        const field = fieldOf[name];
        assert.ok(field);
        assert.deepEqual(settings[field], before[field]);
      }
    });
  }

  it('take the right ones beside the wrong ones', () => {
    const { settings, problems } = parseSettings(reader({ sort: 'size', maxClaims: 'lots', context: 'prod' }));
    assert.deepEqual(
      problems.map(({ setting }) => setting),
      ['pvcwatch.maxClaims', 'pvcwatch.sort'],
    );
    assert.equal(settings.context, 'prod');
  });

  it('cut a long wrong value in the message', () => {
    const { problems } = parseSettings(reader({ maxClaims: 'x'.repeat(5000) }));
    assert.ok((problems[0]?.message.length ?? 0) < 250);
  });

  it('are whole and never throw, whatever JSON they are given', () => {
    const names = fc.constantFrom(...Object.keys(defaults));
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (set) => {
        const { settings, problems } = parseSettings(reader(set));
        assert.deepEqual(Object.keys(settings), Object.keys(defaultSettings));
        for (const { setting } of problems) assert.ok(setting.slice('pvcwatch.'.length) in set);
        for (const { bytes } of budgetsOf(settings)) assert.ok(bytes > 0n && bytes < 2n ** 63n);
      }),
    );
  });

  it('list the budgets in force, the total first', () => {
    const { settings } = parseSettings(reader({ maxClaims: '1Gi', budgets: { 'class:a': '2Gi' } }));
    assert.deepEqual(
      budgetsOf(settings).map(({ bytes }) => bytes),
      [bytesOf('1Gi'), bytesOf('2Gi')],
    );
    assert.deepEqual(budgetsOf(parseSettings(reader({ maxClaims: '' })).settings), []);
  });
});
