import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Episode } from '../../../src/domain/episode.ts';
import { maxBytes } from '../../../src/domain/quantity.ts';
import type { ContextSummary } from '../../../src/domain/target.ts';
import {
  budgetPicks,
  claimPicks,
  contextPicks,
  episodePicks,
  matchingPicks,
  snoozePicks,
  suggestedBudget,
} from '../../../src/presentation/picks.ts';
import { bytesOf, claimOf, storageClassOf, targetOf, viewOf } from '../../support/views.ts';

const context = (name: string, more: Partial<ContextSummary> = {}): ContextSummary => ({
  name,
  cluster: `${name}-cluster`,
  namespace: 'default',
  current: false,
  ...more,
});

describe('claim picks', () => {
  it('can be found by name, namespace and volume, in natural order', () => {
    const claims = [
      claimOf('shop/data-10 1Gi', { volumeName: 'pvc-10' }),
      claimOf('shop/data-2 80Gi', { volumeName: 'pvc-2', capacityBytes: bytesOf('50Gi') }),
      claimOf('blog/posts 2Gi waits', { phase: 'Pending' }),
      claimOf('blog/odd ?'),
    ];
    const picks = claimPicks(viewOf({ claims, storageClasses: [storageClassOf('waits', true)] }));
    assert.deepEqual(
      picks.map(({ label, description, detail }) => `${label} | ${description} | ${detail}`),
      [
        'odd | blog | size unknown',
        'posts | blog | 2Gi · waiting for first pod',
        'data-2 | shop | 50Gi → 80Gi · resizing · pvc-2',
        'data-10 | shop | 1Gi · pvc-10',
      ],
    );
    assert.deepEqual(picks[2]?.value, {
      contextName: 'kind-dev',
      namespace: 'shop',
      name: 'data-2',
      uid: 'uid-shop/data-2',
    });
  });
});

describe('matching picks', () => {
  const pick = (label: string, description = '', detail = '') => ({ label, description, detail, value: label });
  const picks = [
    pick('cache', 'shop', 'pvc-data'),
    pick('Data-0', 'shop'),
    pick('data-1', 'blog'),
    pick('logs', 'blog'),
  ];
  const found = (text: string, limit = 10) => matchingPicks(picks, text, limit).map(({ label }) => label);

  it('have every word in label, description or detail, those with all in the label first', () => {
    assert.deepEqual(found(''), ['cache', 'Data-0', 'data-1', 'logs']);
    assert.deepEqual(found('data'), ['Data-0', 'data-1', 'cache']);
    assert.deepEqual(found(' SHOP  dat '), ['cache', 'Data-0']);
    assert.deepEqual(found('nothing'), []);
  });

  it('are no more than asked for, the best of them', () => {
    assert.deepEqual(found('', 2), ['cache', 'Data-0']);
    assert.deepEqual(found('data', 1), ['Data-0']);
  });
});

describe('context picks', () => {
  it('offer every context, and to follow the kubeconfig', () => {
    const picks = contextPicks(
      [context('kind-dev', { current: true }), context('prod-eu'), context('lab')],
      'prod-eu',
      '',
    );
    assert.deepEqual(
      picks.map(({ label, description, value }) => [label, description, value]),
      [
        ['$(sync) Follow kubeconfig', 'now kind-dev', undefined],
        ['kind-dev', 'current', 'kind-dev'],
        ['$(pinned) prod-eu', 'pinned', 'prod-eu'],
        ['lab', '', 'lab'],
      ],
    );
    assert.equal(picks[1]?.detail, 'kind-dev-cluster · default');
  });

  it('say that pvcwatch.context comes before the current context', () => {
    const contexts = [context('kind-dev', { current: true }), context('prod-eu')];
    assert.equal(contextPicks(contexts, 'kind-dev', 'prod-eu')[0]?.description, 'now prod-eu, by pvcwatch.context');
    const gone = 'pvcwatch.context is lab, which is not in it';
    assert.equal(contextPicks(contexts, 'kind-dev', 'lab')[0]?.description, gone);
  });

  it('say that there is no current context', () => {
    assert.equal(contextPicks([], undefined, '')[0]?.description, 'no current context');
  });
});

describe('budget picks', () => {
  it('offer the current sum and a tenth, a value, and none', () => {
    const picks = budgetPicks(viewOf({ claims: ['shop/a 100Gi'] }));
    assert.deepEqual(
      picks.map(({ label, value }) => [label, value]),
      [
        ['110Gi', '110Gi'],
        ['Enter a value…', undefined],
        ['No budget here', ''],
      ],
    );
  });

  it('suggest nothing before the sum is known, nor for nothing', () => {
    const first = (seed: Parameters<typeof viewOf>[0]) => budgetPicks(viewOf(seed))[0]?.value;
    assert.equal(first({ claims: ['shop/a 100Gi'], snapshot: { synced: false } }), undefined);
    assert.equal(first({}), undefined);
  });

  const suggestions: [claimed: string, suggested: string][] = [
    ['100Ki', '110Ki'],
    ['95Gi', '105Gi'],
    ['950Gi', '1.03Ti'],
    ['1000Gi', '1.08Ti'],
    ['50Ti', '55Ti'],
    ['1', '0.01Ki'],
  ];
  for (const [claimed, suggested] of suggestions) {
    it(`suggest ${suggested} where ${claimed} is claimed`, () =>
      assert.equal(suggestedBudget(bytesOf(claimed)), suggested));
  }

  it('suggest a quantity that leaves a tenth, and little more', () => {
    fc.assert(
      fc.property(fc.bigInt(1n << 10n, maxBytes / 2n), (claimed) => {
        const suggested = bytesOf(suggestedBudget(claimed));
        assert.ok(suggested * 10n >= claimed * 11n);
        assert.ok(suggested * 1000n <= claimed * 1112n + 2000n);
      }),
    );
  });
});

describe('snooze picks', () => {
  const snooze = { episodeKey: 'k', subject: 'total', contextLabel: 'shop-eu' };
  const ends: [untilMs: number | undefined, description: string][] = [
    [undefined, 'until back to normal'],
    [1, 'for another 1 min'],
    [60_000, 'for another 1 min'],
    [60_001, 'for another 2 min'],
    [119 * 60_000, 'for another 119 min'],
    [180 * 60_000, 'for another 3 h'],
  ];
  for (const [untilMs, description] of ends) {
    it(`say how long a silence lasts: ${description}`, () => {
      const [pick] = snoozePicks([untilMs === undefined ? snooze : { ...snooze, untilMs }], 0);
      assert.deepEqual(pick, { label: 'shop-eu: everything in scope', description, value: 'k' });
    });
  }

  it('name what is silenced', () => {
    const [pick] = snoozePicks([{ ...snooze, subject: 'namespace:checkout' }], 0);
    assert.equal(pick?.label, 'shop-eu: namespace checkout');
  });
});

describe('cluster text in a quick pick', () => {
  it('shows no icon, however it is called', () => {
    const hostile = '$(trash) x\u202e\n';
    const claim = claimOf('s/a 1Gi', { name: hostile, namespace: hostile, volumeName: hostile, phase: hostile });
    const view = viewOf({ claims: [claim], target: targetOf({ contextName: hostile }) });
    const odd = context(hostile, { cluster: hostile, namespace: hostile, current: true });
    const episode: Episode = {
      kind: 'budget',
      key: 'k',
      contextName: hostile,
      contextLabel: hostile,
      demo: false,
      subject: `namespace:${hostile}`,
      budgetBytes: 1n,
      claimedBytes: 2n,
      openedMs: 0,
      changedMs: 0,
      changes: 1,
      shown: true,
    };
    const picks = [
      ...claimPicks(view),
      ...contextPicks([odd], undefined, ''),
      ...contextPicks([odd], undefined, hostile),
      ...contextPicks([], undefined, hostile),
      ...budgetPicks(view),
      ...episodePicks([episode]),
      ...snoozePicks([{ episodeKey: 'k', subject: episode.subject, contextLabel: hostile }], 0),
    ];
    for (const { label, description = '', detail = '' } of picks) {
      for (const text of [label.replace('$(sync) Follow', ''), description, detail])
        assert.doesNotMatch(text, /\$\(|\u202e|\p{Cc}/u);
    }
  });
});
