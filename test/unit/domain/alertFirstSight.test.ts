import assert from 'node:assert/strict';
import { noRules } from '../../../src/domain/alertRules.ts';
import { AlertStory, type Scene } from '../../support/alertStory.ts';
import { bytesOf, targetOf } from '../../support/views.ts';

const over: Scene = { claims: ['shop/data 210Gi'] };
const under: Scene = { claims: ['shop/data 150Gi'] };

describe('a breach of an explicit budget at first sight', () => {
  it('opens at once and notifies', () => {
    const story = new AlertStory();
    assert.deepEqual(story.see(over), ['opened']);
    assert.equal(story.episode?.latest, undefined, 'nobody saw it grow');
    assert.deepEqual(story.watch(60_000, over), []);
    assert.deepEqual(story.hold(60_000, under), ['closed']);
  });

  it('notifies once ever for that budget value', () => {
    const first = new AlertStory();
    first.see(over);
    const later = new AlertStory({}, { ...noRules, told: first.state.told });
    assert.deepEqual(later.see(over), ['opened silently']);
    assert.deepEqual(later.hold(60_000, under), ['closed silently']);
    const another = new AlertStory({ budgets: { total: '100Gi' } }, { ...noRules, told: first.state.told });
    assert.deepEqual(another.see(over), ['opened']);
  });

  it('is silent when the user changed something, and ends silently', () => {
    const story = new AlertStory();
    assert.deepEqual(story.see({ ...over, userChange: true }), ['opened silently']);
    assert.equal(story.episode?.shown, false);
    assert.deepEqual(story.hold(60_000, under), ['closed silently']);
  });
});

describe('the built-in default budget', () => {
  const builtIn = { explicit: false };

  it('is not judged while it was exceeded from the start', () => {
    const story = new AlertStory(builtIn);
    assert.deepEqual(story.hold(240_000, over), []);
    assert.equal([...story.state.tracks.values()][0]?.suspended, true);
    assert.equal(story.dueMs, undefined);
  });

  it('is judged from when the sum has been within it', () => {
    const story = new AlertStory(builtIn);
    story.hold(60_000, over);
    assert.deepEqual(story.see(under), [], 'there was nothing to close');
    assert.deepEqual(story.hold(10_000, over), ['opened']);
  });

  it('is not taken up again by a sum that is a lower bound', () => {
    const story = new AlertStory(builtIn);
    story.see(over);
    story.see({ ...under, snapshot: { partial: true } });
    assert.deepEqual(story.hold(60_000, over), []);
  });

  it('is taken up when somebody chooses the same value: silently, as it is their change', () => {
    const story = new AlertStory();
    story.hold(60_000, { ...over, ...builtIn });
    assert.deepEqual(story.see({ ...over, userChange: true }), ['opened silently']);
    assert.equal([...story.state.tracks.values()][0]?.suspended, false);
  });

  it('is judged like any other when it was kept at first', () => {
    const story = new AlertStory(builtIn);
    story.see(under);
    assert.deepEqual(story.hold(10_000, over), ['opened']);
  });
});

describe('a first sight in parts', () => {
  const part: Scene = { ...under, access: { blog: 'unknown' } };
  const whole: Scene = { claims: ['shop/data 150Gi', 'blog/media 900Gi'] };

  it('suspends the built-in budget by the whole of it', () => {
    const story = new AlertStory({ explicit: false });
    assert.deepEqual(story.hold(5_000, part), []);
    assert.deepEqual(story.hold(60_000, whole), []);
    assert.equal([...story.state.tracks.values()][0]?.suspended, true);
  });

  it('tells at once of an explicit budget, as it would have of the whole', () => {
    const story = new AlertStory();
    story.hold(5_000, part);
    assert.deepEqual(story.see(whole), ['opened']);
  });

  it('stays due to the change of the user that it began with, until the whole has been seen', () => {
    const story = new AlertStory();
    story.see({ ...part, userChange: true });
    story.watch(5_000, part);
    assert.deepEqual(story.see(whole), ['opened silently']);
    const met = new AlertStory();
    met.see({ ...under, userChange: true });
    assert.deepEqual(met.hold(10_000, over), ['opened']);
  });

  it('is one also where the missing part has no name yet', () => {
    const story = new AlertStory({ explicit: false });
    story.hold(5_000, { ...under, snapshot: { partial: true } });
    assert.deepEqual(story.hold(60_000, whole), []);
  });
});

describe("the user's own change", () => {
  const changes: [what: string, scene: Scene][] = [
    ['of the budget', { ...over, budgets: { total: '100Gi' } }],
    [
      'of the namespaces',
      { ...over, snapshot: { scope: { namespaces: ['shop'], labelSelector: '', fieldSelector: '' } } },
    ],
    ['of a selector', { ...over, snapshot: { scope: { namespaces: [], labelSelector: 'a=b', fieldSelector: '' } } }],
    ['of the context', { ...over, target: targetOf({ contextName: 'prod' }) }],
  ];
  for (const [what, scene] of changes) {
    it(`${what} is another condition, taken over silently`, () => {
      const story = new AlertStory();
      assert.deepEqual(story.see(over), ['opened']);
      const { key } = story.episode ?? {};
      assert.deepEqual(story.see({ ...scene, userChange: true }), ['opened silently']);
      assert.notEqual(story.episode?.key, key);
    });

    it(`${what} closes nothing aloud`, () => {
      const story = new AlertStory();
      story.see(over);
      assert.deepEqual(story.hold(240_000, { ...scene, claims: ['shop/data 90Gi'], userChange: true }), []);
    });
  }

  it('of the order of namespaces is no change', () => {
    const scoped = (...namespaces: readonly string[]): Scene => ({
      ...over,
      snapshot: { scope: { namespaces, labelSelector: '', fieldSelector: '' } },
    });
    const story = new AlertStory();
    story.see(scoped('a', 'b'));
    assert.deepEqual(story.see(scoped('b', 'a')), []);
  });

  it('of a budget back and forth tells nothing twice', () => {
    const story = new AlertStory();
    story.see(under);
    assert.deepEqual(story.hold(10_000, { ...under, budgets: { total: '100Gi' }, userChange: true }), [
      'opened silently',
    ]);
    assert.deepEqual(story.hold(10_000, { ...under, userChange: true }), []);
    assert.deepEqual(story.see({ ...under, budgets: { total: '100Gi' }, userChange: true }), ['opened silently']);
  });

  it('another cluster under the same context name is another condition', () => {
    const story = new AlertStory();
    story.see(over);
    assert.deepEqual(story.see({ ...over, snapshot: { identity: 'another' } }), ['opened']);
  });
});

describe('several budgets', () => {
  const budgets = { total: '200Gi', 'namespace:shop': '100Gi', 'namespace:blog': '1Gi', 'class:gp3': '50Gi' };
  const grown: Scene = {
    claims: ['shop/data 120Gi gp3', 'blog/posts 2Gi local'],
    snapshot: { latest: { namespace: 'shop', name: 'data', deltaBytes: bytesOf('70Gi') } },
  };

  it('are judged each for itself', () => {
    const story = new AlertStory({ budgets });
    story.see({ claims: ['shop/data 40Gi gp3'] });
    assert.deepEqual(story.hold(10_000, grown), ['opened', 'opened', 'opened']);
    const open = [...story.state.tracks.values()].flatMap(({ episode }) => (episode ? [episode] : []));
    assert.deepEqual(
      open.map(({ subject }) => subject),
      ['namespace:shop', 'namespace:blog', 'class:gp3'],
    );
  });

  it('name the growth that led there, where it is one of theirs', () => {
    const story = new AlertStory({ budgets });
    story.see({ claims: ['shop/data 40Gi gp3'] });
    story.see(grown);
    story.watch(10_000, { claims: ['shop/data 120Gi gp3', 'blog/posts 2Gi local'] });
    const latest = Object.fromEntries(
      [...story.state.tracks.values()].flatMap(({ episode }) =>
        episode ? [[episode.subject, episode.latest?.name]] : [],
      ),
    );
    assert.deepEqual(latest, { 'namespace:shop': 'data', 'namespace:blog': undefined, 'class:gp3': 'data' });
  });

  it('that are taken away end silently', () => {
    const story = new AlertStory();
    story.see(over);
    assert.deepEqual(story.hold(240_000, { ...over, budgets: {} }), []);
    assert.equal(story.state.tracks.size, 0);
  });
});

describe('a step', () => {
  it('leaves the tracks as they are when nothing changes', () => {
    const story = new AlertStory();
    story.see(under);
    const { tracks } = story.state;
    story.pass(1000).see(under);
    assert.equal(story.state.tracks, tracks);
  });

  it('changes nothing of the state it is given', () => {
    const story = new AlertStory();
    story.see(under);
    const before = story.state;
    const copy = { tracks: new Map(before.tracks), told: new Set(before.told), observedMs: before.observedMs };
    story.hold(10_000, over);
    assert.deepEqual(before, copy);
  });
});
