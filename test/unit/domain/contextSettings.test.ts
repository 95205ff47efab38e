import assert from 'node:assert/strict';
import { settingsFor } from '../../../src/domain/contextSettings.ts';
import { budgetsOf, parseSettings } from '../../../src/domain/settings.ts';
import { bytesOf } from '../../support/views.ts';

const flat: Readonly<Record<string, unknown>> = {
  maxClaims: '1Ti',
  budgets: { 'class:gp3': '2Ti' },
  namespaces: ['shop'],
  connect: 'onView',
};

function settingsOf(contexts: unknown) {
  const { settings, problems } = parseSettings((name) => {
    if (name === 'contexts') return { value: contexts, isSet: true };
    if (name in flat) return { value: flat[name], isSet: true };
    return { value: everyday[name], isSet: false };
  });
  assert.deepEqual(problems, []);
  return settings;
}

const everyday: Readonly<Record<string, unknown>> = {
  warnAtPercent: 90,
  showEmptyNamespaces: false,
  sort: 'name',
  'usage.source': 'auto',
  'alerts.enabled': true,
  'alerts.openAfterSeconds': 10,
  'alerts.closeAfterSeconds': 60,
  'alerts.freeWarning': '15%',
  'alerts.freeCritical': '3%',
  'alerts.notifyFor': 'mine',
};

const prod = {
  label: 'PROD',
  maxClaims: '60Ti',
  budgets: { 'namespace:checkout': '5Ti' },
  namespaces: ['checkout', 'blog'],
  connect: 'manual',
};

describe('settings for a context', () => {
  it('are the flat ones where no pattern matches', () => {
    const settings = settingsOf({ 'prod-*': prod });
    assert.deepEqual(settingsFor(settings, 'kind-dev'), { ...settings, label: undefined });
  });

  it('say where used bytes of one cluster are read', () => {
    const settings = settingsOf({
      'prod-*': { 'usage.source': 'prometheus', 'usage.prometheus': 'monitoring/thanos:9090' },
      'prod-us': { 'usage.prometheus': '' },
    });
    const own = settingsFor(settings, 'prod-eu');
    assert.equal(own.usageSource, 'prometheus');
    const place = own.usagePrometheus?.place;
    assert.equal(place?.kind === 'service' && place.service.name, 'thanos');
    assert.equal(settingsFor(settings, 'prod-us').usagePrometheus, undefined);
    assert.equal(settingsFor(settings, 'kind-dev').usageSource, 'auto');
  });

  it('say below how much free a claim alerts, and who is notified', () => {
    const settings = settingsOf({
      'prod-*': { 'alerts.freeWarning': '20%', 'alerts.notifyFor': 'all' },
      'prod-eu': { 'alerts.freeCritical': '10Gi' },
    });
    const { freeWarning, freeCritical, notifyFor } = settingsFor(settings, 'prod-eu');
    assert.deepEqual([freeWarning, freeCritical, notifyFor], [{ ratio: 0.2 }, { bytes: 10 * 2 ** 30 }, 'all']);
    assert.deepEqual(settingsFor(settings, 'kind-dev').freeCritical, { ratio: 0.03 });
  });

  it('are those of the pattern that matches', () => {
    const own = settingsFor(settingsOf({ 'prod-*': prod }), 'prod-eu');
    assert.deepEqual(
      [own.label, own.maxClaims?.bytes, own.namespaces, own.connect],
      ['PROD', bytesOf('60Ti'), ['checkout', 'blog'], 'manual'],
    );
    assert.deepEqual(budgetsOf(own), [
      { subject: { kind: 'total' }, bytes: bytesOf('60Ti'), explicit: true },
      { subject: { kind: 'namespace', name: 'checkout' }, bytes: bytesOf('5Ti'), explicit: true },
    ]);
  });

  it('fall back to the flat ones key by key', () => {
    const settings = settingsOf({ 'prod-*': { label: 'PROD' } });
    assert.deepEqual(settingsFor(settings, 'prod-eu'), { ...settings, label: 'PROD' });
  });

  it('can take a budget away and empty a list', () => {
    const own = settingsFor(settingsOf({ dev: { maxClaims: '', budgets: {}, namespaces: [] } }), 'dev');
    assert.deepEqual(budgetsOf(own), []);
    assert.deepEqual(own.namespaces, []);
  });

  it('are of the first pattern that says something, key by key', () => {
    const settings = settingsOf({
      'prod-eu': { label: 'EU' },
      'prod-*': { label: 'PROD', connect: 'manual' },
      '*': { label: 'ANY', connect: 'auto', maxClaims: '5Gi' },
    });
    const said = (name: string) => {
      const { label, connect, maxClaims } = settingsFor(settings, name);
      return [label, connect, maxClaims?.bytes];
    };
    assert.deepEqual(said('prod-eu'), ['EU', 'manual', bytesOf('5Gi')]);
    assert.deepEqual(said('prod-us'), ['PROD', 'manual', bytesOf('5Gi')]);
    assert.deepEqual(said('kind-dev'), ['ANY', 'auto', bytesOf('5Gi')]);
  });

  it('are of the exact name before any pattern, wherever it stands', () => {
    // VS Code merges objects of the user and of the workspace, the user's keys first.
    const contexts = {
      '*': { maxClaims: '5Gi', label: 'ANY' },
      'prod-*': { connect: 'manual' },
      'prod-eu': { maxClaims: '7Gi' },
    };
    const { maxClaims, label, connect } = settingsFor(settingsOf(contexts), 'prod-eu');
    assert.deepEqual([maxClaims?.bytes, label, connect], [bytesOf('7Gi'), 'ANY', 'manual']);
  });

  const patterns: [pattern: string, name: string, matches: boolean][] = [
    ['prod-*', 'prod-eu', true],
    ['prod-*', 'prod-', true],
    ['prod-*', 'my-prod-eu', false],
    ['*prod*', 'my-prod-eu', true],
    ['prod', 'prod', true],
    ['prod', 'prod-eu', false],
    ['arn:aws:eks:*:cluster/prod', 'arn:aws:eks:eu-west-1:1:cluster/prod', true],
    ['a.c', 'abc', false],
    ['a+(b)[c]', 'a+(b)[c]', true],
    ['a\\d', 'a1', false],
    ['Prod', 'prod', false],
    ['*', '', true],
  ];
  for (const [pattern, name, matches] of patterns) {
    it(`${pattern} ${matches ? 'matches' : 'does not match'} '${name}'`, () =>
      assert.equal(settingsFor(settingsOf({ [pattern]: { label: 'X' } }), name).label === 'X', matches));
  }
});
