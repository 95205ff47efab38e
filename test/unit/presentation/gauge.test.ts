import assert from 'node:assert/strict';
import type { Connection } from '../../../src/domain/snapshot.ts';
import { gaugeOf } from '../../../src/presentation/gauge.ts';
import { heardMs, readingOf, targetOf, type ViewSeed, viewOf } from '../../support/views.ts';

const error = { reason: 'unreachable', message: 'connection refused' } as const;
const notYet = { heardMs: undefined, synced: false, identity: undefined } as const;
const disconnected: Connection = { state: 'stale', sinceMs: heardMs, error };
const normal: ViewSeed = { claims: ['shop/a 150Gi'] };
const breach: ViewSeed = { claims: ['shop/a 210Gi'] };
const at = (connection: Connection): ViewSeed => ({ snapshot: { ...notYet, connection } });
const gone: ViewSeed = {
  target: undefined,
  ...at({ state: 'none', reason: 'noContext', message: 'No context is chosen in ~/.kube/config.' }),
};
const suspended = { open: [], recent: [], snoozes: [], defaultSuspended: true };
const snoozed = (subject: string) => ({
  view: { alerts: { open: [], recent: [], snoozes: [{ key: 'k', subject }], defaultSuspended: false } },
});

const rows: [state: string, seed: ViewSeed, text: string, background: string, command?: string][] = [
  ['no kubeconfig or context', gone, '$(database) No cluster', 'none'],
  ['waiting to be asked to connect', at({ state: 'idle' }), '$(database) PVC Watch', 'none'],
  ['connecting', at({ state: 'connecting', sinceMs: heardMs }), '$(sync~spin) PVC Watch', 'none'],
  [
    'connected, before the first full list',
    { claims: ['shop/a 210Gi'], snapshot: { synced: false } },
    '$(sync~spin) PVC Watch',
    'none',
  ],
  ['live, normal', normal, '$(database) 150Gi / 200Gi (75%)', 'none'],
  ['live, nothing claimed', {}, '$(database) 0 / 200Gi (0%)', 'none'],
  ['live, just below the warning', { claims: ['a/a 193273528319'] }, '$(database) 179Gi / 200Gi (89%)', 'none'],
  ['live, at the warning', { claims: ['a/a 180Gi'] }, '$(database) 180Gi / 200Gi (90%)', 'warning'],
  [
    'live, at another warning',
    { ...normal, view: { warnAtPercent: 75 } },
    '$(database) 150Gi / 200Gi (75%)',
    'warning',
  ],
  [
    'live, just below a warning with decimals',
    { claims: ['a/a 895'], budgets: { total: '1k' }, view: { warnAtPercent: 89.6 } },
    '$(database) 895 / 1000 (89%)',
    'none',
  ],
  [
    'live, at a warning with decimals',
    { claims: ['a/a 896'], budgets: { total: '1k' }, view: { warnAtPercent: 89.6 } },
    '$(database) 896 / 1000 (89%)',
    'warning',
  ],
  ['live, exactly at the budget', { claims: ['a/a 200Gi'] }, '$(database) 200Gi / 200Gi (100%)', 'warning'],
  ['live, breach', breach, '$(warning) 210Gi / 200Gi (105%)', 'error'],
  ['live, a breach by a byte', { claims: ['a/a 200Gi', 'a/b 1'] }, '$(warning) 200Gi / 200Gi (100%)', 'error'],
  ['live, breach, snoozed', { ...breach, ...snoozed('total') }, '$(warning) 210Gi / 200Gi (105%)', 'none'],
  [
    'live, breach, something else snoozed',
    { ...breach, ...snoozed('namespace:shop') },
    '$(warning) 210Gi / 200Gi (105%)',
    'error',
  ],
  ['live, no budget', { ...normal, budgets: {} }, '$(database) 150Gi', 'none'],
  [
    'live, no total budget, a further one breached',
    { ...normal, budgets: { 'namespace:shop': '1Gi' } },
    '$(database) 150Gi',
    'none',
  ],
  ['live, partly readable', { ...normal, access: { dark: 'forbidden' } }, '$(database) 150Gi+ / 200Gi (75%+)', 'none'],
  [
    'live, a size unknown, which the tooltip names',
    { claims: ['shop/a 150Gi', 'shop/b ?'] },
    '$(database) 150Gi / 200Gi (75%)',
    'none',
  ],
  [
    'live, partly readable, breach',
    { ...breach, access: { dark: 'forbidden' } },
    '$(warning) 210Gi+ / 200Gi (105%+)',
    'error',
  ],
  [
    'live, partly readable, no budget',
    { ...normal, budgets: {}, access: { dark: 'unknown' } },
    '$(database) 150Gi+',
    'none',
  ],
  [
    'only the default budget, exceeded from the start',
    { claims: ['shop/a 50Ti'], explicit: false, view: { alerts: suspended } },
    '$(database) 50Ti claimed',
    'none',
  ],
  ['never connected, and failing', at({ state: 'failing', error }), '$(debug-disconnect) kind-dev', 'none'],
  [
    'lost before the first full list',
    { snapshot: { connection: disconnected, synced: false } },
    '$(debug-disconnect) kind-dev',
    'none',
  ],
  [
    'a plugin needs the user',
    { target: targetOf({ contextName: 'prod-eu' }), ...at({ state: 'signIn', error }) },
    '$(key) Sign in: prod-eu',
    'none',
    'pvcwatch.signIn',
  ],
  [
    'a plugin needs the user, with values from before',
    { ...normal, snapshot: { connection: { state: 'signIn', error } } },
    '$(key) Sign in: kind-dev',
    'none',
    'pvcwatch.signIn',
  ],
  ['a plugin in an untrusted workspace', at({ state: 'untrusted', error }), '$(key) Sign in: kind-dev', 'none'],
  ['no permission at all', at({ state: 'forbidden', error }), '$(lock) PVC Watch', 'none'],
];

describe('gauge', () => {
  for (const [state, seed, text, background, command = 'pvcwatch.showClaims'] of rows) {
    it(`${state}: ${text}, ${background}`, () => {
      const gauge = gaugeOf(viewOf(seed), heardMs);
      assert.deepEqual(
        { text: gauge.text, background: gauge.background, command: gauge.command },
        { text, background, command },
      );
      assert.equal(gauge.nextChangeMs, undefined, 'nothing changes by time alone');
    });
  }

  const lost: [ms: number, seed: ViewSeed, text: string, background: string, nextChangeMs: number][] = [
    [0, breach, '$(warning) 210Gi / 200Gi (105%)', 'error', 15_000],
    [14_999, breach, '$(warning) 210Gi / 200Gi (105%)', 'error', 1],
    [15_000, breach, '$(warning) 210Gi / 200Gi (105%) $(debug-disconnect)', 'error', 585_000],
    [599_999, breach, '$(warning) 210Gi / 200Gi (105%) $(debug-disconnect)', 'error', 1],
    [600_000, breach, '$(warning) 210Gi / 200Gi (105%) $(debug-disconnect) · 10 min', 'none', 60_000],
    [14 * 60_000 + 1, normal, '$(database) 150Gi / 200Gi (75%) $(debug-disconnect) · 14 min', 'none', 59_999],
    [15_000, normal, '$(database) 150Gi / 200Gi (75%) $(debug-disconnect)', 'none', 585_000],
  ];
  for (const [ms, seed, text, background, nextChangeMs] of lost) {
    it(`contact lost for ${ms} ms: ${text}, ${background}`, () => {
      const view = viewOf({ ...seed, snapshot: { connection: disconnected } });
      const gauge = gaugeOf(view, heardMs + ms);
      assert.deepEqual(
        { text: gauge.text, background: gauge.background, nextChangeMs: gauge.nextChangeMs },
        { text, background, nextChangeMs },
      );
    });
  }

  it('counts from when contact was lost, not from the last word', () => {
    const view = viewOf({ ...normal, snapshot: { connection: { ...disconnected, sinceMs: heardMs + 60_000 } } });
    assert.equal(gaugeOf(view, heardMs + 70_000).text, '$(database) 150Gi / 200Gi (75%)');
    assert.equal(gaugeOf(view, heardMs + 75_000).text, '$(database) 150Gi / 200Gi (75%) $(debug-disconnect)');
  });

  it('says when to draw it again, and is the next text then', () => {
    const view = viewOf({ ...breach, snapshot: { connection: disconnected } });
    for (let nowMs = heardMs; nowMs < heardMs + 1_000_000; ) {
      const { text, nextChangeMs = 0 } = gaugeOf(view, nowMs);
      assert.ok(nextChangeMs > 0);
      assert.equal(gaugeOf(view, nowMs + nextChangeMs - 1).text, text);
      nowMs += nextChangeMs;
      assert.notEqual(gaugeOf(view, nowMs).text, text);
    }
  });

  it('names a context by its label or short name, without icons', () => {
    const failing = at({ state: 'failing', error });
    const named = (contextName: string, contextLabel?: string) =>
      gaugeOf(viewOf({ ...failing, target: targetOf({ contextName }), view: { contextLabel } }), heardMs).text;
    assert.equal(named('arn:aws:eks:eu-west-1:1:cluster/prod-eu'), '$(debug-disconnect) prod-eu');
    assert.equal(named('gke_shop_europe-west1-b_prod'), '$(debug-disconnect) prod');
    assert.equal(named('prod-eu', 'PROD'), '$(debug-disconnect) PROD');
    assert.equal(named('$(check) fine\u202e\n'), '$(debug-disconnect) $\u200b(check) fine');
  });

  it('speaks words in the place of icons', () => {
    const spoken = (seed: ViewSeed) => gaugeOf(viewOf(seed), heardMs + 20_000).accessibilityLabel;
    assert.equal(spoken(normal), 'Storage claimed: 150Gi / 200Gi (75%)');
    assert.equal(spoken(breach), 'Storage claimed: over budget: 210Gi / 200Gi (105%)');
    assert.equal(
      spoken({ ...normal, snapshot: { connection: disconnected } }),
      'Storage claimed: 150Gi / 200Gi (75%) not connected',
    );
    assert.equal(spoken(at({ state: 'failing', error })), 'Storage claimed: not connected kind-dev');
    assert.equal(spoken(gone), 'Storage claimed: No cluster');
  });

  it('is not red by a budget that nobody chose before anybody can judge it', () => {
    const seed = { claims: ['shop/a 300Gi'], explicit: false, snapshot: { identity: undefined } };
    const { text, background } = gaugeOf(viewOf(seed), heardMs);
    assert.deepEqual([text, background], ['$(database) 300Gi claimed', 'none']);
  });

  it('is drawn again every minute for the ages of readings, and not at all without any', () => {
    assert.equal(gaugeOf(viewOf({ ...normal, readings: { 'shop/a': readingOf(50) } }), heardMs).nextChangeMs, 60_000);
    assert.equal(gaugeOf(viewOf(normal), heardMs).nextChangeMs, undefined);
  });
});
