import assert from 'node:assert/strict';
import type { BudgetEpisode, Episode } from '../../../src/domain/episode.ts';
import { closedSummary, closedText, openedSummary, openedText } from '../../../src/presentation/notification.ts';
import { bytesOf } from '../../support/views.ts';

function episodeOf(claimed: string, more: Partial<BudgetEpisode> = {}): BudgetEpisode {
  return {
    kind: 'budget',
    key: 'k',
    contextName: 'arn:aws:eks:eu-west-1:1:cluster/shop-eu',
    contextLabel: 'shop-eu',
    demo: false,
    subject: 'total',
    budgetBytes: bytesOf('200Gi'),
    claimedBytes: bytesOf(claimed),
    openedMs: 0,
    changedMs: 0,
    changes: 1,
    shown: true,
    ...more,
  };
}

const latest = { namespace: 'shop', name: 'data-db-0', deltaBytes: bytesOf('90Gi') };
const overByOne = { claimedBytes: bytesOf('200Gi') + 1n };

const opened: [what: string, episode: Episode, text: string][] = [
  [
    'the excess and the latest growth',
    episodeOf('210Gi', { latest }),
    'Storage claims in shop-eu are 10Gi over budget: 210Gi of 200Gi (105.0%). Latest: shop/data-db-0, +90Gi.',
  ],
  [
    'no growth where none was seen',
    episodeOf('210Gi'),
    'Storage claims in shop-eu are 10Gi over budget: 210Gi of 200Gi (105.0%).',
  ],
  [
    'an excess that would read as 0, exactly',
    episodeOf('0', overByOne),
    'Storage claims in shop-eu are 1 byte over budget: 200Gi of 200Gi (100.0%).',
  ],
  [
    'a namespace',
    episodeOf('210Gi', { subject: 'namespace:checkout' }),
    'Storage claims of namespace checkout in shop-eu are 10Gi over budget: 210Gi of 200Gi (105.0%).',
  ],
  [
    'a class',
    episodeOf('210Gi', { subject: 'class:gp3', latest }),
    'Storage claims of class gp3 in shop-eu are 10Gi over budget: 210Gi of 200Gi (105.0%). Latest: shop/data-db-0, +90Gi.',
  ],
  [
    'the demo cluster',
    episodeOf('210Gi', { demo: true, contextLabel: 'demo' }),
    '[demo] Storage claims in demo are 10Gi over budget: 210Gi of 200Gi (105.0%).',
  ],
];

const closed: [what: string, episode: Episode, text: string][] = [
  [
    'the total',
    episodeOf('150Gi', { latest }),
    'Storage claims in shop-eu are back within budget: 150Gi of 200Gi (75.0%).',
  ],
  [
    'a namespace',
    episodeOf('200Gi', { subject: 'namespace:checkout' }),
    'Storage claims of namespace checkout in shop-eu are back within budget: 200Gi of 200Gi (100.0%).',
  ],
  [
    'the demo cluster',
    episodeOf('199999Mi', { demo: true }),
    '[demo] Storage claims in shop-eu are back within budget: 195Gi of 200Gi (97.6%).',
  ],
];

describe('a notification of a breach', () => {
  for (const [what, episode, text] of opened) {
    it(`says ${what}`, () => {
      assert.equal(openedText(episode), text);
      assert.equal(openedSummary([episode]), text, 'a summary of one is the one');
    });
  }
});

describe('a notification of an end', () => {
  for (const [what, episode, text] of closed) {
    it(`says ${what}`, () => {
      assert.equal(closedText(episode), text);
      assert.equal(closedSummary([episode]), text, 'a summary of one is the one');
    });
  }
});

describe('notifications that waited', () => {
  const several = [
    episodeOf('210Gi'),
    episodeOf('210Gi', { subject: 'namespace:checkout' }),
    episodeOf('210Gi', { subject: 'class:gp3', contextLabel: 'demo', demo: true }),
  ];
  const names = 'shop-eu, namespace checkout in shop-eu, [demo] class gp3 in demo';

  it('become one', () => {
    assert.equal(openedSummary(several), `3 storage budgets are exceeded: ${names}.`);
    assert.equal(closedSummary(several), `3 storage budgets are met again: ${names}.`);
  });

  it('begin with [demo] where all are of the demo cluster', () => {
    const demo = { contextLabel: 'demo', demo: true };
    const simulated = [episodeOf('210Gi', demo), episodeOf('210Gi', { ...demo, subject: 'class:gp3' })];
    const places = 'demo, class gp3 in demo';
    assert.equal(openedSummary(simulated), `[demo] 2 storage budgets are exceeded: ${places}.`);
    assert.equal(closedSummary(simulated), `[demo] 2 storage budgets are met again: ${places}.`);
  });
});

describe('cluster text in a notification', () => {
  const link = '[click](command:workbench.action.quit)';
  const odd = episodeOf('210Gi', {
    contextLabel: link,
    subject: `namespace:${link}\u202e\n`,
    latest: { namespace: link, name: 'n'.repeat(300), deltaBytes: 1n },
  });

  it('makes no link, no second line and no endless one', () => {
    for (const text of [openedText(odd), closedText(odd), openedSummary([odd, odd]), closedSummary([odd, odd])]) {
      assert.ok(text.includes('[click]'));
      assert.doesNotMatch(text, /\]\(|\p{Cc}|\u202e/u);
      assert.ok(text.length < 700);
    }
  });
});
