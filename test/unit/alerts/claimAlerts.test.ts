import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { coverOf, type SnoozeCover } from '../../../src/alerts/snoozes.ts';
import type { ClaimEpisode } from '../../../src/domain/episode.ts';
import { type AlertScene, AlertWindow, SharedMemory } from '../../support/alertWindow.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { claimOf, readingOf, targetOf } from '../../support/views.ts';

const minute = 60_000;
const budget = { budgets: { total: '1Ti' } } as const;

/** Claims by how full they are, in percent, read at this moment. */
function fullness(clock: FakeClock, percents: Readonly<Record<string, number>>, more: AlertScene = {}): AlertScene {
  const readings = Object.entries(percents).map(([path, percent]) => [path, readingOf(percent, { atMs: clock.now() })]);
  const claims = Object.keys(percents).map((path) => `${path} 10Gi`);
  return { ...budget, claims, readings: Object.fromEntries(readings), ...more };
}

/** So much free of 100Gi. */
function space(freeGi: number) {
  return { capacityBytes: 100 * 2 ** 30, availableBytes: freeGi * 2 ** 30 };
}

/** New readings each minute. */
async function watch(
  clock: FakeClock,
  windows: readonly AlertWindow[],
  minutes: number,
  percents: Readonly<Record<string, number>>,
  more: AlertScene = {},
): Promise<void> {
  for (let round = 0; round < minutes; round++) {
    for (const window of windows) window.see(fullness(clock, percents, more));
    await clock.advance(minute);
  }
}

describe('alert engine: claims', () => {
  it('tells once in all windows what fills up, and once that it is over', async () => {
    const clock = new FakeClock();
    const shared = new SharedMemory();
    const windows = ['a', 'b'].map((name) => new AlertWindow(name, clock, shared, budget));
    await watch(clock, windows, 5, { 'shop/data': 98 });
    await watch(clock, windows, 5, { 'shop/data': 50 });
    assert.deepEqual(windows.flatMap(({ told }) => told).sort(), ['closed claim:shop/data', 'opened claim:shop/data']);
    assert.deepEqual(
      windows.map(({ engine }) => engine.state.value.recent.length),
      [1, 1],
    );
    for (const window of windows) window.close();
  });

  it('makes one summary of many at once', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 99, 'blog/c': 97.5, 'blog/d': 20 });
    assert.deepEqual(window.told, ['opened claim:blog/c+claim:shop/a+claim:shop/b']);
    window.close();
  });

  it('counts as one what is a warning and critical', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    const evidence = () => window.engine.state.value.open.map((each) => each.kind === 'claim' && each.evidence.level);
    const past = () => [0, 1].map((hour) => ({ atMs: clock.now() - (2 - hour) * 3_600_000, ...space(20 - hour) }));
    await watch(clock, [window], 65, { 'shop/a': 90 }, { past });
    assert.deepEqual(evidence(), ['warning']);
    await watch(clock, [window], 3, { 'shop/a': 98 }, { past });
    assert.deepEqual(evidence(), ['critical']);
    assert.deepEqual(window.told, ['opened claim:shop/a', 'opened claim:shop/a'], 'what gets worse is told');
    window.close();
  });

  it('lists what is not mine without a word, in whichever window', async () => {
    const clock = new FakeClock();
    const shared = new SharedMemory();
    const windows = ['a', 'b'].map((name) => new AlertWindow(name, clock, shared, budget));
    const mine = new Set(['blog']);
    await watch(clock, windows, 3, { 'shop/a': 98, 'blog/b': 98 }, { mine });
    assert.deepEqual(
      windows.flatMap(({ told }) => told),
      ['opened claim:blog/b'],
    );
    assert.equal(windows[0]?.engine.state.value.open.length, 2);
    await watch(clock, windows, 3, { 'shop/a': 50, 'blog/b': 98 }, { mine });
    assert.equal(windows.flatMap(({ told }) => told).length, 1, 'nor that it is over');
    for (const window of windows) window.close();
  });

  it('is silent about what has been open when the user begins to want all, and tells what opens then', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    const mine = new Set(['blog']);
    await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 20 }, { mine });
    await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 20 });
    assert.deepEqual(window.told, []);
    await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 99 });
    assert.deepEqual(window.told, ['opened claim:shop/b']);
    window.close();
  });

  it('is silent about what has been open when the user begins to want more namespaces', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 20 }, { mine: new Set(['blog']) });
    const more = { mine: new Set(['blog', 'shop']) };
    await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 20 }, more);
    assert.deepEqual(window.told, []);
    await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 99 }, more);
    assert.deepEqual(window.told, ['opened claim:shop/b']);
    window.close();
  });

  it('tells what has been open of a namespace that manifests are found to name', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    await watch(clock, [window], 3, { 'shop/a': 98 }, { mine: new Set(['blog']) });
    const named = new Set(['shop']);
    await watch(clock, [window], 3, { 'shop/a': 98 }, { mine: new Set(['blog', 'shop']), named });
    assert.deepEqual(window.told, ['opened claim:shop/a']);
    window.close();
  });

  it('tells nothing again after a reload', async () => {
    const clock = new FakeClock();
    const first = new AlertWindow('a', clock, new SharedMemory(), budget);
    await watch(clock, [first], 3, { 'shop/a': 98 });
    const memory = first.close();
    const later = new AlertWindow('b', clock, new SharedMemory(), fullness(clock, { 'shop/a': 98 }), memory);
    await watch(clock, [later], 5, { 'shop/a': 98 });
    assert.deepEqual([first.told, later.told], [['opened claim:shop/a'], []]);
    assert.equal(later.engine.state.value.open.length, 1);
    await watch(clock, [later], 5, { 'shop/a': 40 });
    assert.deepEqual(later.told, ['closed claim:shop/a']);
    later.close();
  });

  it('waits while no window is in front', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    window.focused.set(false);
    await watch(clock, [window], 3, { 'shop/a': 98 });
    assert.deepEqual(window.told, []);
    window.focused.set(true);
    await clock.advance(1000);
    assert.deepEqual(window.told, ['opened claim:shop/a']);
    window.close();
  });

  it('tells the end when a window comes to the front hours later', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    await watch(clock, [window], 3, { 'shop/a': 98 });
    window.focused.set(false);
    await watch(clock, [window], 180, { 'shop/a': 50 });
    assert.deepEqual(window.told, ['opened claim:shop/a']);
    window.focused.set(true);
    await clock.advance(1000);
    assert.deepEqual(window.told, ['opened claim:shop/a', 'closed claim:shop/a']);
    window.close();
  });

  it('is silent about what the user switches to, and it is in the list', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    await watch(clock, [window], 3, { 'shop/a': 20 });
    window.choice.set('prod');
    const other = { snapshot: { identity: 'other' }, target: targetOf({ key: 'prod', contextName: 'prod' }) };
    await watch(clock, [window], 5, { 'shop/a': 98 }, other);
    assert.deepEqual(window.told, []);
    assert.equal(window.engine.state.value.open.length, 1);
    window.close();
  });

  it('runs no action, as those are about budgets', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    const onBreach = { kind: 'command', command: 'page', args: [] } as const;
    await watch(clock, [window], 3, { 'shop/a': 98 }, { onBreach });
    assert.deepEqual([window.told, window.ran], [['opened claim:shop/a'], []]);
    window.close();
  });

  it('tells of a claim that is Lost and of a volume that is Failed without any readings', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    const volume = { uid: 'v', name: 'pv-1', resourceVersion: '1', phase: 'Failed' };
    window.see({ ...budget, claims: [claimOf('shop/a 10Gi', { phase: 'Lost' })], volumes: [volume] });
    await clock.advance(30_000);
    assert.deepEqual(window.told, ['opened claim:shop/a']);
    await clock.advance(5 * minute);
    assert.deepEqual(window.told, ['opened claim:shop/a', 'opened volume:pv-1']);
    window.close();
  });
});

describe('alert engine: snoozes of claims', () => {
  const covers: [what: SnoozeCover['kind'], told: readonly string[]][] = [
    ['subject', ['opened claim:blog/c+claim:shop/b']],
    ['namespace', ['opened claim:blog/c']],
    ['rule', []],
  ];
  for (const [kind, told] of covers)
    it(`silence what they cover: ${kind}`, async () => {
      const clock = new FakeClock();
      const window = new AlertWindow('a', clock, new SharedMemory(), budget);
      await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 20, 'blog/c': 20 });
      window.told.length = 0;
      const [episode] = window.engine.state.value.open;
      assert.ok(episode?.kind === 'claim');
      await window.engine.snooze(episode, 'hour', coverOf(episode, kind));
      await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 98, 'blog/c': 98 });
      assert.deepEqual(window.told, told);
      const { open, snoozes } = window.engine.state.value;
      assert.equal(snoozes.length, kind === 'subject' ? 1 : kind === 'namespace' ? 2 : open.length);
      window.close();
    });

  it('until back to normal end with the last episode that they cover', async () => {
    const clock = new FakeClock();
    const shared = new SharedMemory();
    const window = new AlertWindow('a', clock, shared, budget);
    await watch(clock, [window], 3, { 'shop/a': 98, 'shop/b': 98 });
    const [episode] = window.engine.state.value.open as readonly ClaimEpisode[];
    assert.ok(episode);
    await window.engine.snooze(episode, 'untilNormal', coverOf(episode, 'namespace'));
    await watch(clock, [window], 3, { 'shop/a': 20, 'shop/b': 98 });
    assert.equal(shared.snoozes.value.length, 1);
    await watch(clock, [window], 3, { 'shop/a': 20, 'shop/b': 20 });
    assert.deepEqual(shared.snoozes.value, []);
    window.close();
  });

  it('hold for their cluster, and not for another one under the same context', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    await watch(clock, [window], 3, { 'shop/a': 98 });
    const [episode] = window.engine.state.value.open;
    assert.ok(episode?.kind === 'claim');
    await window.engine.snooze(episode, 'untilNormal', coverOf(episode, 'rule'));
    window.told.length = 0;
    // As when a kind cluster is made anew.
    const recreated = { snapshot: { identity: 'uid-of-another' } };
    await watch(clock, [window], 1, { 'shop/b': 20 }, recreated);
    await watch(clock, [window], 3, { 'shop/b': 98 }, recreated);
    assert.deepEqual(window.told, ['opened claim:shop/b']);
    window.close();
  });

  it('are remembered', async () => {
    const clock = new FakeClock();
    const window = new AlertWindow('a', clock, new SharedMemory(), budget);
    await watch(clock, [window], 3, { 'shop/a': 98 });
    const [episode] = window.engine.state.value.open;
    assert.ok(episode?.kind === 'claim');
    for (const kind of ['subject', 'namespace', 'rule'] as const)
      await window.engine.snooze(episode, 'today', coverOf(episode, kind));
    const { snoozes } = window.engine;
    assert.equal(snoozes.length, 3);
    const later = new AlertWindow('b', clock, new SharedMemory(), budget, window.close());
    await clock.advance(1000);
    assert.deepEqual(later.engine.snoozes, snoozes);
    later.close();
  });
});
