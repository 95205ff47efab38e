import assert from 'node:assert/strict';
import type { ClaimEvidence } from '../../../src/domain/claimEvidence.ts';
import type { BudgetEpisode, ClaimEpisode } from '../../../src/domain/episode.ts';
import { type AlertRow, alertRows } from '../../../src/presentation/alertRows.ts';
import {
  closedSummary,
  closedText,
  openedSummary,
  openedText,
  snoozeText,
} from '../../../src/presentation/notification.ts';
import { coverPicks, episodePicks } from '../../../src/presentation/picks.ts';
import { claimEpisode, claimNamed, spaceEvidence } from '../../support/claimEpisodes.ts';
import { bytesOf } from '../../support/views.ts';

const gi = 2 ** 30;
const minute = 60_000;
const nowMs = 10_000 * minute;
const filling = { level: 'warning', free: 6 * gi, predicted: -6 * gi, belowRatio: 0.15 } as const;
const shared = { subject: 'filesystem', claims: ['nfs/a', 'nfs/b', 'web/c'].map(claimNamed) } as const;
const volume = { uid: 'v', name: 'pv-1', phase: 'Failed' };
const lost: ClaimEvidence = { rule: 'lost', level: 'critical', claims: [claimNamed('payments/data-0')] };
const infeasible: ClaimEvidence = { ...lost, rule: 'resizeInfeasible', level: 'warning' };
const failing: ClaimEvidence = { rule: 'volumeFailing', level: 'critical', volume, claims: [] };
const budget: BudgetEpisode = {
  ...claimEpisode(),
  kind: 'budget',
  subject: 'total',
  budgetBytes: bytesOf('200Gi'),
  claimedBytes: bytesOf('210Gi'),
};

const texts: [what: string, evidence: ClaimEvidence, opened: string, closed: string][] = [
  [
    'nearly full',
    spaceEvidence(),
    'payments/data-0 in shop-eu is nearly full: 2.4% free (1.2Gi of 50Gi).',
    'payments/data-0 in shop-eu is not nearly full any more: 2.4% free (1.2Gi of 50Gi).',
  ],
  [
    'filling up',
    spaceEvidence(filling),
    'payments/data-0 in shop-eu is filling up: 12.0% free (6Gi of 50Gi), full in 2 d at the pace of the last 6 hours.',
    'payments/data-0 in shop-eu is not filling up any more: 12.0% free (6Gi of 50Gi).',
  ],
  [
    'nearly out of inodes',
    spaceEvidence({ rule: 'inodes', total: 65_536, free: 1310 }),
    'payments/data-0 in shop-eu is nearly out of inodes: 1.9% of inodes free (1,310 of 65,536).',
    'payments/data-0 in shop-eu is not nearly out of inodes any more: 1.9% of inodes free (1,310 of 65,536).',
  ],
  [
    'a filesystem of several',
    spaceEvidence(shared),
    'Filesystem of nfs/a and 2 more in shop-eu is nearly full: 2.4% free (1.2Gi of 50Gi).',
    'Filesystem of nfs/a and 2 more in shop-eu is not nearly full any more: 2.4% free (1.2Gi of 50Gi).',
  ],
  ['lost', lost, 'payments/data-0 in shop-eu has lost its volume.', 'payments/data-0 in shop-eu is not Lost any more.'],
  [
    'cannot grow',
    infeasible,
    'payments/data-0 in shop-eu cannot grow: its storage refuses the size that was asked for.',
    'payments/data-0 in shop-eu has a size again that its storage does not refuse.',
  ],
  ['a volume', failing, 'Volume pv-1 in shop-eu is Failed.', 'Volume pv-1 in shop-eu is Failed now.'],
  [
    'a volume with a claim',
    { ...failing, claims: [claimNamed('payments/data-0')] },
    'Volume pv-1 in shop-eu is Failed, with payments/data-0 on it.',
    'Volume pv-1 in shop-eu is Failed now.',
  ],
];

describe('a notification about a claim', () => {
  for (const [what, evidence, opened, closed] of texts)
    it(`says what is wrong, and what is over: ${what}`, () => {
      assert.equal(openedText(claimEpisode(evidence)), opened);
      assert.equal(closedText(claimEpisode(evidence)), closed);
    });

  it('says that the demo is one', () =>
    assert.match(openedText(claimEpisode(spaceEvidence(), { demo: true })), /^\[demo\] payments\/data-0 in/));

  it('makes no link of a name', () => {
    const hostile = { ...claimNamed('a/[x](command:y)'), name: '[x](command:y)' };
    assert.doesNotMatch(openedText(claimEpisode(spaceEvidence({ claims: [hostile] }))), /\]\(/);
    assert.doesNotMatch(openedText(claimEpisode({ ...failing, volume: { ...volume, phase: '[x](y)' } })), /\]\(/);
  });

  const many = Array.from({ length: 7 }, (_, index) =>
    claimEpisode(spaceEvidence({ claims: [claimNamed(`shop/d-${index}`)] })),
  );
  const summaries: [
    what: string,
    episodes: readonly (BudgetEpisode | ClaimEpisode)[],
    opened: string,
    closed: string,
  ][] = [
    [
      'claims',
      many.slice(0, 2),
      '2 claims need attention: shop/d-0 in shop-eu (2.4% free), shop/d-1 in shop-eu (2.4% free).',
      '2 claims are back to normal: shop/d-0 in shop-eu (2.4% free), shop/d-1 in shop-eu (2.4% free).',
    ],
    [
      'a claim and a budget',
      [budget, claimEpisode(lost)],
      '2 storage alerts: the budget of shop-eu, payments/data-0 in shop-eu (volume lost).',
      '2 storage alerts are over: the budget of shop-eu, payments/data-0 in shop-eu (volume lost).',
    ],
    [
      'a claim and a volume',
      [claimEpisode(lost), claimEpisode(failing, { subject: 'volume:pv-1' })],
      '2 claims and volumes need attention: payments/data-0 in shop-eu (volume lost), volume pv-1 in shop-eu (Failed).',
      '2 claims and volumes are back to normal: payments/data-0 in shop-eu (volume lost), volume pv-1 in shop-eu (Failed).',
    ],
  ];
  for (const [what, episodes, opened, closed] of summaries)
    it(`is one for several at once: ${what}`, () => {
      assert.equal(openedSummary(episodes), opened);
      assert.equal(closedSummary(episodes), closed);
    });

  it('names no more than five of many', () => assert.match(openedSummary(many), /^7 claims .*d-4 [^,]* and 2 more\.$/));
});

describe('a row of an alert about a claim', () => {
  const rowOf = (episode: ClaimEpisode, part: 'open' | 'recent' = 'open'): AlertRow => {
    const state = { open: [], recent: [], snoozes: [], defaultSuspended: false, [part]: [episode] };
    return alertRows(state, nowMs)[0]?.children[0] ?? assert.fail();
  };
  const at = { openedMs: nowMs - 14 * minute };
  const facts = (row: AlertRow) => row.children.map(({ label, description }) => `${label}: ${description}`);

  it('has the figures that it was judged by', () => {
    const row = rowOf(claimEpisode(spaceEvidence({ ...filling, atMs: nowMs - minute }), at));
    assert.equal(`${row.label}: ${row.description}`, 'payments/data-0: 12.0% free · 6Gi of 50Gi · 14 min');
    assert.deepEqual(row.icon, { codicon: 'warning', color: 'list.warningForeground' });
    assert.deepEqual(facts(row), [
      'Opened: 14 min ago',
      'Free: 6Gi of 50Gi (12.0% free)',
      'Alerts below: 15% free',
      'Pace: full in 2 d at the pace of the last 6 hours',
      'Read: 1 min ago from a kubelet',
    ]);
  });

  it('opens the claim, of several the fullest', () => {
    assert.deepEqual(rowOf(claimEpisode(spaceEvidence(shared))).claim, {
      contextName: 'shop-eu',
      ...claimNamed('nfs/a'),
    });
    assert.equal(rowOf(claimEpisode()).contextValue, 'alert.open.claim');
    assert.equal(rowOf(claimEpisode(failing)).contextValue, 'alert.open');
  });

  it('names the claims on a filesystem, and the phase of a volume', () => {
    const claims = facts(rowOf(claimEpisode(spaceEvidence(shared)))).filter((fact) => fact.startsWith('Claim on it'));
    assert.deepEqual(claims, ['Claim on it: nfs/a', 'Claim on it: nfs/b', 'Claim on it: web/c']);
    assert.deepEqual(facts(rowOf(claimEpisode(failing, at))), ['Opened: 14 min ago', 'Phase: Failed']);
    assert.deepEqual(facts(rowOf(claimEpisode(infeasible, at))), ['Opened: 14 min ago', 'State: Cannot grow']);
  });

  it('does not call normal what is gone or left out', () => {
    const over = (how: 'gone' | 'ignored') =>
      rowOf(claimEpisode(lost, { ...at, closedMs: nowMs - 2 * minute, over: how }), 'recent').description;
    assert.deepEqual([over('gone'), over('ignored')], ['gone 2 min ago', 'left out 2 min ago']);
  });
});

describe('picks of alerts about claims', () => {
  it('offer the claim, its namespace and the rule to be silenced', () => {
    const labels = (evidence: ClaimEvidence) => coverPicks(claimEpisode(evidence)).map(({ label }) => label);
    assert.deepEqual(labels(spaceEvidence()), ['payments/data-0', 'All claims in payments', 'All claims that fill up']);
    assert.deepEqual(labels(spaceEvidence(shared)), ['filesystem of nfs/a and 2 more', 'All claims that fill up']);
    assert.deepEqual(labels(failing), ['volume pv-1', 'All volumes that are Failed or Pending']);
  });

  it('say what is wrong', () => {
    const [pick] = episodePicks([claimEpisode()]);
    assert.deepEqual([pick?.label, pick?.description], ['payments/data-0', '2.4% free']);
  });

  it('say what a snooze covers', () => {
    const subjects = ['claim:shop/a', 'filesystem:nfs/a', 'volume:pv-1', 'in:shop', 'rule:inodes', 'rule:new', 'total'];
    assert.deepEqual(subjects.map(snoozeText), [
      'shop/a',
      'filesystem of nfs/a',
      'volume pv-1',
      'claims in shop',
      'claims that run out of inodes',
      'new',
      'everything in scope',
    ]);
  });
});
