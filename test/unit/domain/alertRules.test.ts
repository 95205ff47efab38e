import assert from 'node:assert/strict';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import { AlertStory, type Scene } from '../../support/alertStory.ts';
import { bytesOf } from '../../support/views.ts';

const under = '150Gi';
const over = '210Gi';
const error = { reason: 'unreachable', message: 'connection refused' } as const;

/** A story in which the budget has been looked at and is kept. */
function calm(): AlertStory {
  const story = new AlertStory();
  assert.deepEqual(story.hold(30_000, under), []);
  return story;
}

/** A story in which an episode is open and was told. */
function breached(): AlertStory {
  const story = calm();
  assert.deepEqual(story.hold(10_000, over), ['opened']);
  return story;
}

const snapshot = (claim: string, more: Partial<StorageSnapshot>): Scene => ({
  claims: [`shop/data ${claim}`],
  snapshot: more,
});

/** What is no evidence, whatever it looks like. */
const blind: [what: string, more: Partial<StorageSnapshot>][] = [
  ['a lost connection', { connection: { state: 'stale', sinceMs: 0, error } }],
  ['a connection being made', { connection: { state: 'connecting', sinceMs: 0 } }],
  ['no permission', { connection: { state: 'forbidden', error } }],
  ['a list not complete yet', { synced: false }],
  ['claims that are being listed', { claimsState: 'loading' }],
  ['claims that are stale', { claimsState: 'stale' }],
  ['claims that are forbidden', { claimsState: 'forbidden' }],
  ['an unknown cluster', { identity: undefined }],
];

describe('an episode', () => {
  it('opens when a breach has held for as long as it must, and not before', () => {
    const story = calm();
    assert.deepEqual(story.see(over), []);
    assert.deepEqual(story.pass(9_999).see(over), []);
    assert.deepEqual(story.pass(1).see(over), ['opened']);
    assert.deepEqual(story.watch(120_000, over), [], 'and once only');
  });

  it('counts no time from before the breach was seen', () => {
    const story = calm();
    assert.deepEqual(story.pass(20_000).see(over), []);
    assert.deepEqual(story.pass(9_999).see(over), []);
    assert.deepEqual(story.pass(1).see(over), ['opened']);
  });

  it('closes when its end has held for as long as it must, and not before', () => {
    const story = breached();
    assert.deepEqual(story.hold(55_000, under), []);
    assert.deepEqual(story.pass(4_999).see(under), []);
    assert.deepEqual(story.pass(1).see(under), ['closed']);
    assert.deepEqual(story.watch(120_000, under), [], 'and once only');
  });

  it('neither opens at the budget nor stays open at it', () => {
    const story = calm();
    assert.deepEqual(story.hold(60_000, '200Gi'), []);
    assert.deepEqual(breached().hold(60_000, '200Gi'), ['closed']);
  });

  it('never opens while the sum flaps', () => {
    const story = calm();
    for (let round = 0; round < 50; round++) {
      assert.deepEqual(story.hold(9_000, over), []);
      assert.deepEqual(story.pass(1000).see(under), []);
    }
  });

  it('never closes while the sum flaps', () => {
    const story = breached();
    for (let round = 0; round < 20; round++) {
      assert.deepEqual(story.hold(59_000, under), []);
      assert.deepEqual(story.pass(1000).see(over), []);
    }
  });

  it('has the facts of its opening, and the sum of its end', () => {
    const story = breached();
    const { key, counted, ...facts } = story.episode ?? assert.fail();
    assert.deepEqual(counted, { names: new Set(['shop']), uncounted: 0, unnamed: false });
    assert.deepEqual(facts, {
      kind: 'budget',
      contextName: 'kind-dev',
      contextLabel: 'dev',
      demo: false,
      subject: 'total',
      budgetBytes: bytesOf('200Gi'),
      claimedBytes: bytesOf(over),
      openedMs: story.nowMs,
      changedMs: story.nowMs,
      changes: 1,
      shown: true,
    });
    assert.notEqual(key, '');
    story.hold(60_000, under);
    const endMs = story.nowMs;
    assert.deepEqual(story.episode, {
      ...facts,
      key,
      claimedBytes: bytesOf(under),
      closedMs: endMs,
      changedMs: endMs,
      changes: 2,
    });
  });

  it('keeps the sum it has now while it is open', () => {
    const story = breached();
    story.see('300Gi');
    const [track] = story.state.tracks.values();
    assert.equal(track?.episode?.claimedBytes, bytesOf('300Gi'));
  });
});

describe('an episode and missing data', () => {
  for (const [what, more] of blind) {
    it(`${what} opens none`, () => assert.deepEqual(calm().hold(120_000, snapshot(over, more)), []));
    it(`${what} closes none`, () => assert.deepEqual(breached().hold(240_000, snapshot(under, more)), []));
    it(`${what} at first sight is no first sight`, () => {
      const story = new AlertStory();
      assert.deepEqual(story.hold(60_000, snapshot(over, more)), []);
      assert.equal(story.state.tracks.size, 0);
      assert.deepEqual(story.see(over), ['opened']);
    });
  }

  it('counts only observed time of a hold', () => {
    const story = calm();
    assert.deepEqual(story.hold(6_000, over), []);
    assert.deepEqual(story.pass(1000).see(snapshot(over, { claimsState: 'stale' })), []);
    assert.deepEqual(story.pass(20_000).see(over), [], 'the time without data');
    assert.deepEqual(story.pass(3_999).see(over), []);
    assert.deepEqual(story.pass(1).see(over), ['opened']);
  });

  it('does not believe an observation for more than 30 s', () => {
    const story = calm();
    story.see(over);
    assert.deepEqual(story.pass(30_001).see(over), [], 'asleep');
    assert.deepEqual(story.pass(30_000).see(over), ['opened']);
  });

  it('does not close after a sleep', () => {
    const story = breached();
    story.see(under);
    assert.deepEqual(story.pass(8 * 3_600_000).see(under), []);
    assert.deepEqual(story.watch(55_000, under), []);
    assert.deepEqual(story.watch(5_000, under), ['closed']);
  });

  it('does not count a clock that goes back', () => {
    const story = calm();
    story.see(over);
    story.monotonicMs -= 100_000;
    assert.deepEqual(story.see(over), []);
    assert.deepEqual(story.watch(10_000, over), ['opened']);
  });

  it('opens on a sum that is a lower bound', () => {
    assert.deepEqual(calm().hold(10_000, snapshot(over, { partial: true })), ['opened']);
  });

  it('does not close on a sum that is a lower bound', () => {
    const story = breached();
    assert.deepEqual(story.hold(240_000, snapshot(under, { partial: true })), []);
    assert.deepEqual(story.hold(240_000, { claims: ['shop/data 1Gi', 'shop/odd ?'] }), []);
    assert.deepEqual(story.hold(60_000, under), ['closed'], 'which has to hold from here');
  });
});

describe('an episode that the windows remember', () => {
  const remembered = (): NonNullable<Scene['accounts']> => {
    const { counted: _, ...episode } = breached().episode ?? assert.fail();
    return new Map([[episode.key, episode]]);
  };
  const part = { access: { dark: 'forbidden' } } as const;

  it('is open before anything can be read', () => {
    const story = new AlertStory();
    assert.deepEqual(story.see({ ...snapshot(under, { claimsState: 'loading' }), accounts: remembered() }), []);
    assert.equal([...story.state.tracks.values()][0]?.episode?.closedMs, undefined);
    assert.equal(story.state.tracks.size, 1);
  });

  it('without what it counted is over only by a complete sum, or by no less than a breach since', () => {
    const accounts = remembered();
    const low = { claims: ['shop/data 150Gi'] };
    assert.deepEqual(new AlertStory().hold(240_000, { ...low, ...part, accounts }), []);
    assert.deepEqual(new AlertStory().hold(60_000, { ...low, accounts }), ['closed']);
    const story = new AlertStory();
    story.see({ claims: ['shop/data 210Gi'], ...part, accounts });
    assert.deepEqual(story.hold(60_000, { ...low, ...part, accounts }), ['closed']);
  });
});

describe('an episode and what can be read', () => {
  const dark = { dark: 'forbidden' } as const;

  it('is not over when a namespace that became readable during it is dark again', () => {
    const access = { blog: 'forbidden' } as const;
    const story = new AlertStory();
    story.see({ claims: ['shop/data 150Gi'], access });
    assert.deepEqual(story.hold(10_000, { claims: ['shop/data 210Gi'], access }), ['opened']);
    assert.deepEqual(story.hold(60_000, { claims: ['shop/data 150Gi', 'blog/media 60Gi'] }), []);
    assert.deepEqual(story.hold(240_000, { claims: ['shop/data 150Gi'], access }), []);
    assert.deepEqual(story.hold(60_000, { claims: ['shop/data 150Gi', 'blog/media 1Gi'] }), ['closed']);
  });

  it('is over when its namespace is gone, though another one is dark', () => {
    const story = new AlertStory({ budgets: { 'namespace:shop': '100Gi' } });
    story.see({ claims: ['shop/data 50Gi'], access: { ...dark, shop: 'ok' } });
    story.hold(10_000, { claims: ['shop/data 150Gi'], access: { ...dark, shop: 'ok' } });
    assert.deepEqual(story.hold(60_000, { claims: [], access: dark }), ['closed']);
  });

  it('is over by the sum of what was counted, though an unreadable namespace has come', () => {
    const story = breached();
    assert.deepEqual(story.hold(60_000, { claims: ['shop/data 1Gi'], access: { fresh: 'forbidden' } }), ['closed']);
  });

  it('is not over when it is not known which namespaces there are', () => {
    const story = breached();
    assert.deepEqual(story.hold(240_000, { claims: [], snapshot: { partial: true } }), []);
  });

  it('opens after a hold also where never more than a part can be read', () => {
    const story = new AlertStory({ access: dark });
    story.see({ claims: ['shop/data 150Gi'] });
    story.see({ claims: ['shop/data 150Gi', 'fresh/data 10Gi'] });
    assert.deepEqual(story.hold(10_000, { claims: ['shop/data 150Gi', 'fresh/data 60Gi'] }), ['opened']);
  });

  it('opens after a hold when what had been counted before grew while it was dark', () => {
    const story = new AlertStory();
    story.see({ claims: ['shop/data 150Gi', 'blog/media 10Gi'] });
    story.hold(60_000, { claims: ['shop/data 150Gi'], access: { blog: 'unknown' } });
    assert.deepEqual(story.see({ claims: ['shop/data 150Gi', 'blog/media 60Gi'] }), []);
    assert.deepEqual(story.watch(10_000, { claims: ['shop/data 150Gi', 'blog/media 60Gi'] }), ['opened']);
  });
});

describe('the same condition again', () => {
  const minutes = (count: number) => count * 60_000;

  it('continues its episode silently within 30 min', () => {
    const story = breached();
    const { openedMs } = story.episode ?? {};
    story.hold(60_000, under);
    story.pass(minutes(30) - 10_001);
    assert.deepEqual(story.hold(10_000, over), ['opened silently']);
    assert.equal(story.episode?.openedMs, openedMs);
    assert.equal(story.episode?.closedMs, undefined);
    assert.deepEqual(story.hold(60_000, under), ['closed silently']);
  });

  it('is another episode after 30 min', () => {
    const story = breached();
    story.hold(60_000, under);
    story.pass(minutes(30) - 10_000);
    assert.deepEqual(story.hold(10_000, over), ['opened']);
    assert.equal(story.episode?.openedMs, story.nowMs);
    assert.deepEqual(story.hold(60_000, under), ['closed']);
  });
});

describe('the next time at which alerts are due', () => {
  it('is none while nothing is held', () => {
    const story = calm();
    assert.equal(story.dueMs, undefined);
    assert.equal(breached().dueMs, undefined);
  });

  it('is what is left of a hold', () => {
    const story = calm();
    story.see(over);
    assert.equal(story.dueMs, 10_000);
    story.pass(4_000).see(over);
    assert.equal(story.dueMs, 6_000);
    story.pass(6_000).see(over);
    assert.equal(story.dueMs, undefined, 'it is open');
    story.see(under);
    assert.equal(story.dueMs, 60_000);
    story.see(snapshot(under, { partial: true }));
    assert.equal(story.dueMs, undefined, 'a lower bound closes nothing');
  });

  it('is none while nothing is observed', () => {
    const story = calm();
    story.see(over);
    story.pass(9_990).see(over);
    story.see(snapshot(over, { claimsState: 'stale' }));
    assert.equal(story.dueMs, undefined);
  });

  it('is the nearest of several', () => {
    const budgets = { total: '200Gi', 'namespace:shop': '100Gi' };
    const story = new AlertStory({ budgets });
    story.see('50Gi');
    story.see('150Gi');
    story.pass(4_000).see(over);
    assert.equal(story.dueMs, 6_000);
  });
});
