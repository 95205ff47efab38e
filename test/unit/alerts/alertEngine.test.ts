import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { AlertWindow, SharedMemory } from '../../support/alertWindow.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { targetOf } from '../../support/views.ts';

const minute = 60_000;

describe('alert engine', () => {
  let clock: FakeClock;
  let shared: SharedMemory;
  const windows: AlertWindow[] = [];
  const open = (
    ...args: ConstructorParameters<typeof AlertWindow> extends [string, FakeClock, SharedMemory, ...infer R]
      ? [string, ...R]
      : never
  ) => {
    const [name, ...rest] = args;
    const window = new AlertWindow(name, clock, shared, ...rest);
    windows.push(window);
    return window;
  };

  beforeEach(() => {
    clock = new FakeClock();
    shared = new SharedMemory();
  });
  afterEach(() => {
    for (const window of windows.splice(0)) window.close();
    assert.equal(clock.pendingTimers, 0, 'a closed window leaves no timer');
  });

  const normal = { claims: ['shop/data 150Gi'] };
  const breach = { claims: ['shop/data 210Gi'] };

  /** A window that has watched the budget being crossed, so long ago. */
  async function openedAfter(ms: number): Promise<AlertWindow> {
    const window = open('a', normal);
    window.see(breach);
    await clock.advance(ms);
    return window;
  }

  /** Long enough for an end to count. */
  async function backToNormal(window: AlertWindow): Promise<void> {
    window.see(normal);
    await clock.advance(2 * minute);
  }

  it('tells once when a budget is crossed and once when it is back, without further snapshots', async () => {
    const window = open('a', normal);
    await clock.advance(1000);
    window.see(breach);
    await clock.advance(9000);
    assert.deepEqual(window.told, []);
    await clock.advance(2000);
    assert.deepEqual(window.told, ['opened total']);
    assert.equal(window.engine.state.value.open.length, 1);
    window.see(normal);
    await clock.advance(59_000);
    assert.deepEqual(window.told, ['opened total']);
    await clock.advance(6000);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
    assert.equal(window.engine.state.value.open.length, 0);
    await clock.advance(60 * minute);
    assert.equal(window.told.length, 2);
  });

  it('tells of an explicit budget that is exceeded at first sight, once ever', async () => {
    const first = open('a', breach);
    await clock.advance(minute);
    assert.deepEqual(first.told, ['opened total']);
    const memory = first.close();
    const second = open('b', breach, memory);
    shared.grant('b');
    await clock.advance(5 * minute);
    assert.deepEqual(second.told, []);
    assert.equal(second.engine.state.value.open.length, 1, 'but its badge shows it');
  });

  it('does not repeat itself when only the global state survived', async () => {
    const first = open('a', breach);
    await clock.advance(minute);
    assert.deepEqual(first.told, ['opened total']);
    const kept = first.close();
    shared = new SharedMemory();
    const second = open('b', breach, kept);
    await clock.advance(5 * minute);
    assert.deepEqual(second.told, []);
  });

  it('says after a reload that it is back when it was said before that it was over', async () => {
    const first = await openedAfter(12_000);
    const memory = first.close();
    shared.free();
    const second = open('b', breach, memory);
    await clock.advance(minute);
    second.see(normal);
    await clock.advance(70_000);
    assert.deepEqual([first.told, second.told], [['opened total'], ['closed total']]);
  });

  it('tells in one of two windows only', async () => {
    const [a, b] = [open('a', normal), open('b', normal)];
    for (const window of [a, b]) window.see(breach);
    await clock.advance(20_000);
    for (const window of [a, b]) window.see(normal);
    await clock.advance(70_000);
    assert.deepEqual([a.told, b.told], [['opened total', 'closed total'], []]);
  });

  it('lets a window that takes over tell what the dead one had not, and nothing twice', async () => {
    const [a, b] = [open('a', normal), open('b', normal)];
    for (const window of [a, b]) window.see(breach);
    await clock.advance(20_000);
    a.close();
    shared.grant('b');
    await clock.advance(20_000);
    assert.deepEqual(b.told, []);
    b.see(normal);
    await clock.advance(70_000);
    assert.deepEqual(b.told, ['closed total']);
  });

  it('waits while nobody looks, and then says several things as one', async () => {
    const budgets = { total: '200Gi', 'namespace:shop': '100Gi' };
    const window = open('a', { claims: ['shop/data 50Gi'], budgets });
    window.focused.set(false);
    window.see({ claims: ['shop/data 210Gi'], budgets });
    await clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    window.focused.set(true);
    await clock.advance(1000);
    assert.deepEqual(window.told, ['opened total+namespace:shop']);
  });

  it('forgets what began and ended while nobody looked', async () => {
    const window = open('a', normal);
    window.focused.set(false);
    window.see(breach);
    await clock.advance(minute);
    await backToNormal(window);
    window.focused.set(true);
    await clock.advance(minute);
    assert.deepEqual(window.told, []);
  });

  it('is silent about a breach that the user made by a setting or a context, also at the next start', async () => {
    const window = open('a', normal);
    await clock.advance(minute);
    window.see({ ...normal, budgets: { total: '100Gi' } });
    await clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    assert.equal(window.engine.state.value.open.length, 1);
    window.see({ ...breach, target: targetOf({ key: 'other', contextName: 'other' }) });
    await clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    const later = open('b', { ...normal, budgets: { total: '100Gi' } }, window.close());
    shared.grant('b');
    await clock.advance(5 * minute);
    assert.deepEqual(later.told, []);
  });

  it('does not judge the built-in budget that was exceeded from the start, until it has been met', async () => {
    const window = open('a', { ...breach, explicit: false });
    await clock.advance(minute);
    assert.equal(window.engine.state.value.defaultSuspended, true);
    assert.deepEqual(window.told, []);
    window.see({ ...normal, explicit: false });
    assert.equal(window.engine.state.value.defaultSuspended, false);
    window.see({ ...breach, explicit: false });
    await clock.advance(20_000);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('sets no timer while nothing can be observed', async () => {
    const window = open('a', normal);
    await clock.advance(1000);
    window.see(breach);
    window.see({ ...breach, snapshot: { claimsState: 'stale' } });
    assert.equal(clock.pendingTimers, 0);
  });

  it('is silent about the built-in budget that somebody chooses as it is', async () => {
    const window = open('a', { ...breach, explicit: false });
    await clock.advance(minute);
    window.see(breach);
    await clock.advance(minute);
    assert.deepEqual([window.told, window.engine.state.value.open.length], [[], 1]);
  });

  it('neither opens nor closes by missing data', async () => {
    const window = open('a', normal);
    const stale = { snapshot: { claimsState: 'stale' as const } };
    window.see({ ...breach, ...stale });
    await clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    window.see(breach);
    await clock.advance(12_000);
    window.see({ claims: [], ...stale });
    await clock.advance(5 * minute);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('is silent while notifications are off, and does not catch up', async () => {
    const window = open('a', { ...normal, alertsEnabled: false });
    window.see({ ...breach, alertsEnabled: false });
    await clock.advance(minute);
    window.see(breach);
    await clock.advance(minute);
    assert.deepEqual(window.told, []);
  });

  it('is silent when the user comes back to a context or a budget under which things got worse meanwhile', async () => {
    const other = { target: targetOf({ key: 'other', contextName: 'other' }) };
    const window = open('a', normal);
    await clock.advance(minute);
    window.see({ ...normal, ...other });
    await clock.advance(minute);
    window.see(breach);
    await clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    window.see({ ...breach, budgets: { total: '300Gi' } });
    await clock.advance(minute);
    window.see(breach);
    await clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
  });

  it('takes an old episode for nothing but history: first sight stays first sight', async () => {
    const past = open('a', { ...normal, explicit: false });
    past.see({ ...breach, explicit: false });
    await clock.advance(minute);
    past.see({ ...normal, explicit: false });
    await clock.advance(2 * minute);
    assert.deepEqual(past.told, ['opened total', 'closed total']);
    const memory = past.close();
    clock.jumpWallClock(24 * 60 * minute);
    shared = new SharedMemory();
    const today = open('b', { ...breach, explicit: false }, memory);
    await clock.advance(5 * minute);
    assert.equal(today.engine.state.value.defaultSuspended, true);
    assert.deepEqual(today.told, []);
  });

  it('tells the end also where never more than a part could be read', async () => {
    const access = { dark: 'forbidden' } as const;
    const window = open('a', { ...normal, access });
    window.see({ ...breach, access });
    await clock.advance(minute);
    window.see({ ...normal, access });
    await clock.advance(2 * minute);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
  });

  it('takes a smaller part for no end', async () => {
    const claims = ['shop/data 150Gi', 'blog/media 60Gi'];
    const window = open('a', normal);
    window.see({ claims });
    await clock.advance(minute);
    window.see({ claims: ['shop/data 150Gi'], access: { blog: 'forbidden' } });
    await clock.advance(10 * minute);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('takes a smaller part for no end after a reload either', async () => {
    const first = open('a', normal);
    first.see({ claims: ['shop/data 150Gi', 'blog/media 60Gi'] });
    await clock.advance(minute);
    const memory = first.close();
    const second = open('b', { claims: ['shop/data 150Gi'], access: { blog: 'forbidden' } }, memory);
    shared.grant('b');
    await clock.advance(10 * minute);
    second.see({ claims: ['shop/data 150Gi'] });
    await clock.advance(2 * minute);
    assert.deepEqual([first.told, second.told], [['opened total'], ['closed total']]);
  });

  it('tells after a flapping nobody saw, and says nothing that is not true at the moment', async () => {
    const window = open('a', normal);
    window.focused.set(false);
    window.see(breach);
    await clock.advance(minute);
    await backToNormal(window);
    window.see(breach);
    await clock.advance(minute);
    window.see(normal);
    window.focused.set(true);
    await clock.advance(1000);
    assert.deepEqual(window.told, [], 'it is on its way back to normal');
    window.see(breach);
    await clock.advance(1000);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('tells of the next breach although nobody was told that the one before was over', async () => {
    const first = await openedAfter(12_000);
    first.focused.set(false);
    await backToNormal(first);
    const memory = first.close();
    shared.free();
    await clock.advance(60 * minute);
    const second = open('b', normal, memory);
    await clock.advance(5 * minute);
    second.see(breach);
    await clock.advance(minute);
    assert.deepEqual([first.told, second.told], [['opened total'], ['opened total']]);
    await backToNormal(second);
    assert.deepEqual(second.told, ['opened total', 'closed total']);
  });

  for (const when of ['between two breaches', 'during a breach'])
    it(`goes on telling when the clock is set back ${when}`, async () => {
      const window = open('a', normal);
      window.see(breach);
      await clock.advance(12_000);
      if (when === 'during a breach') clock.jumpWallClock(-24 * 60 * minute);
      await backToNormal(window);
      if (when === 'between two breaches') clock.jumpWallClock(-24 * 60 * minute);
      await clock.advance(60 * minute);
      window.see(breach);
      await clock.advance(minute);
      assert.deepEqual(window.told, ['opened total', 'closed total', 'opened total']);
    });

  it('does not catch up with an end that came while notifications were off', async () => {
    const window = await openedAfter(minute);
    window.see({ ...breach, alertsEnabled: false });
    window.see({ ...normal, alertsEnabled: false });
    await clock.advance(180 * minute);
    window.see(normal);
    await clock.advance(minute);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('does not catch up with a breach that began while notifications were off, whatever was told before', async () => {
    const window = await openedAfter(minute);
    window.see(normal);
    await clock.advance(60 * minute);
    window.see({ ...breach, alertsEnabled: false });
    await clock.advance(60 * minute);
    window.see(breach);
    await clock.advance(minute);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
  });

  it('continues in silence what it did not see itself, and another window did', async () => {
    const [a, b] = [open('a', normal), open('b', normal)];
    b.see({ ...normal, snapshot: { claimsState: 'stale' } });
    a.see(breach);
    await clock.advance(12_000);
    a.see(normal);
    await clock.advance(70_000);
    b.see(normal);
    await clock.advance(5 * minute);
    for (const window of [a, b]) window.see(breach);
    await clock.advance(12_000);
    shared.grant('b');
    await clock.advance(minute);
    assert.deepEqual([a.told, b.told], [['opened total', 'closed total'], []]);
  });

  it('tells of a crossing that another window was silent about because its user came to it', async () => {
    const other = { target: targetOf({ key: 'other', contextName: 'other' }) };
    const [a, b] = [open('a', normal), open('b', { ...normal, ...other })];
    await clock.advance(minute);
    a.see(breach);
    await clock.advance(3000);
    b.see(breach);
    await clock.advance(minute);
    assert.deepEqual([a.told, b.told], [['opened total'], []]);
  });

  it('says nothing of an end that the user finds by coming back to a budget', async () => {
    const window = await openedAfter(12_000);
    window.see({ ...normal, budgets: { total: '300Gi' } });
    await clock.advance(120 * minute);
    await backToNormal(window);
    assert.deepEqual([window.told, window.engine.state.value.open.length], [['opened total'], 0]);
    window.see(breach);
    await clock.advance(minute);
    assert.deepEqual(window.told, ['opened total', 'opened total'], 'but what it sees from then on is news');
  });

  describe('before anything has been judged', () => {
    const unreached = { snapshot: { connection: { state: 'connecting', sinceMs: 0 }, synced: false } } as const;
    const elsewhere = { target: targetOf({ key: 'other', contextName: 'other' }) };

    it('takes another target that nobody chose for the first one', async () => {
      const window = open('a', { ...normal, ...unreached });
      await clock.advance(1000);
      window.see({ ...breach, ...elsewhere });
      await clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
    });

    it('is silent about the target that the user chose', async () => {
      const window = open('a', { ...normal, ...unreached });
      await clock.advance(1000);
      window.choice.set('other');
      window.see({ ...breach, ...elsewhere });
      await clock.advance(minute);
      assert.deepEqual(window.told, []);
    });

    it('tells of a breach at first sight although a setting was changed meanwhile', async () => {
      const window = open('a', { ...normal, ...unreached });
      await clock.advance(1000);
      window.choice.set('the same context, by its name');
      window.see({ ...normal, ...unreached, budgets: { total: '100Gi' } });
      await clock.advance(1000);
      window.see({ ...normal, budgets: { total: '100Gi' } });
      await clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
      window.see({ ...normal, budgets: { total: '90Gi' } });
      await clock.advance(minute);
      assert.deepEqual(window.told, ['opened total'], 'but what is changed afterwards is silent');
    });

    it('tells of the first target that is chosen at all', async () => {
      const window = open('a', { ...normal, target: undefined, snapshot: { identity: undefined, synced: false } });
      window.choice.set('demo');
      window.see(breach);
      await clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
    });
  });

  describe('on a target out of another file', () => {
    const another = { ...breach, target: targetOf({ key: 'other', contextName: 'other', source: '/srv/kubeconfig' }) };

    it('tells of a breach at first sight when nobody chose it: the start was finding its way', async () => {
      const window = open('a', normal);
      await clock.advance(2000);
      window.see(another);
      await clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
      window.see({ ...another, budgets: { total: '100Gi' } });
      await clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
    });

    it('is silent about what the user chose', async () => {
      const window = open('a', normal);
      await clock.advance(2000);
      window.choice.set('another file');
      window.see({ ...normal, claims: ['shop/data 151Gi'] });
      window.see(another);
      await clock.advance(minute);
      assert.deepEqual(window.told, []);
    });
  });

  it('says that it is back when the breach had outlasted a change of the budget and back', async () => {
    const window = await openedAfter(12_000);
    window.see({ ...breach, budgets: { total: '300Gi' } });
    await clock.advance(minute);
    window.see(breach);
    await clock.advance(minute);
    await backToNormal(window);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
  });

  it('does not say that it is back while it is over again', async () => {
    const window = await openedAfter(12_000);
    window.focused.set(false);
    await backToNormal(window);
    window.see(breach);
    await clock.advance(3000);
    window.focused.set(true);
    await clock.advance(minute);
    assert.deepEqual(window.told, ['opened total']);
    await backToNormal(window);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
  });

  it('leaves to another window what this one is told to be silent about', async () => {
    const [a, b] = [open('a', { ...normal, alertsEnabled: false }), open('b', normal)];
    a.see({ ...breach, alertsEnabled: false });
    b.see(breach);
    await clock.advance(minute);
    assert.deepEqual([a.told, b.told], [[], ['opened total']]);
  });
});
