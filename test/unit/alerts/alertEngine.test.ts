import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { alertDesks, breach, normal } from '../../support/alertDesk.ts';
import { SharedMemory } from '../../support/alertWindow.ts';
import { targetOf } from '../../support/views.ts';

const minute = 60_000;

describe('alert engine', () => {
  const desk = alertDesks();

  it('tells once when a budget is crossed and once when it is back, without further snapshots', async () => {
    const window = desk().open('a', normal);
    await desk().clock.advance(1000);
    window.see(breach);
    await desk().clock.advance(9000);
    assert.deepEqual(window.told, []);
    await desk().clock.advance(2000);
    assert.deepEqual(window.told, ['opened total']);
    assert.equal(window.engine.state.value.open.length, 1);
    window.see(normal);
    await desk().clock.advance(59_000);
    assert.deepEqual(window.told, ['opened total']);
    await desk().clock.advance(6000);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
    assert.equal(window.engine.state.value.open.length, 0);
    await desk().clock.advance(60 * minute);
    assert.equal(window.told.length, 2);
  });

  it('keeps what is over in sight for a week, in its own context', async () => {
    const window = await desk().openedAfter(12_000);
    assert.deepEqual(window.engine.state.value.recent, []);
    window.see(normal);
    await desk().clock.advance(70_000);
    const recent = () =>
      window.engine.state.value.recent.map(({ subject, closedMs }) => [subject, closedMs !== undefined]);
    assert.deepEqual(recent(), [['total', true]]);
    window.see({ ...normal, target: targetOf({ contextName: 'another' }) });
    assert.deepEqual(recent(), []);
    await desk().clock.advance(8 * 24 * 60 * minute);
    window.see(normal);
    assert.deepEqual(recent(), []);
  });

  it('tells of an explicit budget that is exceeded at first sight, once ever', async () => {
    const first = desk().open('a', breach);
    await desk().clock.advance(minute);
    assert.deepEqual(first.told, ['opened total']);
    const memory = first.close();
    const second = desk().open('b', breach, memory);
    desk().shared.grant('b');
    await desk().clock.advance(5 * minute);
    assert.deepEqual(second.told, []);
    assert.equal(second.engine.state.value.open.length, 1, 'but its badge shows it');
  });

  it('does not repeat itself when only the global state survived', async () => {
    const first = desk().open('a', breach);
    await desk().clock.advance(minute);
    assert.deepEqual(first.told, ['opened total']);
    const kept = first.close();
    desk().shared = new SharedMemory();
    const second = desk().open('b', breach, kept);
    await desk().clock.advance(5 * minute);
    assert.deepEqual(second.told, []);
  });

  it('says after a reload that it is back when it was said before that it was over', async () => {
    const first = await desk().openedAfter(12_000);
    const memory = first.close();
    desk().shared.free();
    const second = desk().open('b', breach, memory);
    await desk().clock.advance(minute);
    second.see(normal);
    await desk().clock.advance(70_000);
    assert.deepEqual([first.told, second.told], [['opened total'], ['closed total']]);
  });

  it('tells in one of two windows only', async () => {
    const [a, b] = [desk().open('a', normal), desk().open('b', normal)];
    for (const window of [a, b]) window.see(breach);
    await desk().clock.advance(20_000);
    for (const window of [a, b]) window.see(normal);
    await desk().clock.advance(70_000);
    assert.deepEqual([a.told, b.told], [['opened total', 'closed total'], []]);
  });

  it('lets a window that takes over tell what the dead one had not, and nothing twice', async () => {
    const [a, b] = [desk().open('a', normal), desk().open('b', normal)];
    for (const window of [a, b]) window.see(breach);
    await desk().clock.advance(20_000);
    a.close();
    desk().shared.grant('b');
    await desk().clock.advance(20_000);
    assert.deepEqual(b.told, []);
    b.see(normal);
    await desk().clock.advance(70_000);
    assert.deepEqual(b.told, ['closed total']);
  });

  it('waits while nobody looks, and then says several things as one', async () => {
    const budgets = { total: '200Gi', 'namespace:shop': '100Gi' };
    const window = desk().open('a', { claims: ['shop/data 50Gi'], budgets });
    window.focused.set(false);
    window.see({ claims: ['shop/data 210Gi'], budgets });
    await desk().clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    window.focused.set(true);
    await desk().clock.advance(1000);
    assert.deepEqual(window.told, ['opened total+namespace:shop']);
  });

  it('forgets what began and ended while nobody looked', async () => {
    const window = desk().open('a', normal);
    window.focused.set(false);
    window.see(breach);
    await desk().clock.advance(minute);
    await desk().backToNormal(window);
    window.focused.set(true);
    await desk().clock.advance(minute);
    assert.deepEqual(window.told, []);
  });

  it('does not judge the built-in budget that was exceeded from the start, until it has been met', async () => {
    const window = desk().open('a', { ...breach, explicit: false });
    await desk().clock.advance(minute);
    assert.equal(window.engine.state.value.defaultSuspended, true);
    assert.deepEqual(window.told, []);
    window.see({ ...normal, explicit: false });
    assert.equal(window.engine.state.value.defaultSuspended, false);
    window.see({ ...breach, explicit: false });
    await desk().clock.advance(20_000);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('sets no timer while nothing can be observed', async () => {
    const window = desk().open('a', normal);
    await desk().clock.advance(1000);
    window.see(breach);
    window.see({ ...breach, snapshot: { claimsState: 'stale' } });
    assert.equal(desk().clock.pendingTimers, 0);
  });

  it('neither opens nor closes by missing data', async () => {
    const window = desk().open('a', normal);
    const stale = { snapshot: { claimsState: 'stale' as const } };
    window.see({ ...breach, ...stale });
    await desk().clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    window.see(breach);
    await desk().clock.advance(12_000);
    window.see({ claims: [], ...stale });
    await desk().clock.advance(5 * minute);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('is silent while notifications are off, and does not catch up', async () => {
    const window = desk().open('a', { ...normal, alertsEnabled: false });
    window.see({ ...breach, alertsEnabled: false });
    await desk().clock.advance(minute);
    window.see(breach);
    await desk().clock.advance(minute);
    assert.deepEqual(window.told, []);
  });

  it('takes an old episode for nothing but history: first sight stays first sight', async () => {
    const past = desk().open('a', { ...normal, explicit: false });
    past.see({ ...breach, explicit: false });
    await desk().clock.advance(minute);
    past.see({ ...normal, explicit: false });
    await desk().clock.advance(2 * minute);
    assert.deepEqual(past.told, ['opened total', 'closed total']);
    const memory = past.close();
    desk().clock.jumpWallClock(24 * 60 * minute);
    desk().shared = new SharedMemory();
    const today = desk().open('b', { ...breach, explicit: false }, memory);
    await desk().clock.advance(5 * minute);
    assert.equal(today.engine.state.value.defaultSuspended, true);
    assert.deepEqual(today.told, []);
  });

  it('tells the end also where never more than a part could be read', async () => {
    const access = { dark: 'forbidden' } as const;
    const window = desk().open('a', { ...normal, access });
    window.see({ ...breach, access });
    await desk().clock.advance(minute);
    window.see({ ...normal, access });
    await desk().clock.advance(2 * minute);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
  });

  it('takes a smaller part for no end', async () => {
    const claims = ['shop/data 150Gi', 'blog/media 60Gi'];
    const window = desk().open('a', normal);
    window.see({ claims });
    await desk().clock.advance(minute);
    window.see({ claims: ['shop/data 150Gi'], access: { blog: 'forbidden' } });
    await desk().clock.advance(10 * minute);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('takes a smaller part for no end after a reload either', async () => {
    const first = desk().open('a', normal);
    first.see({ claims: ['shop/data 150Gi', 'blog/media 60Gi'] });
    await desk().clock.advance(minute);
    const memory = first.close();
    const second = desk().open('b', { claims: ['shop/data 150Gi'], access: { blog: 'forbidden' } }, memory);
    desk().shared.grant('b');
    await desk().clock.advance(10 * minute);
    second.see({ claims: ['shop/data 150Gi'] });
    await desk().clock.advance(2 * minute);
    assert.deepEqual([first.told, second.told], [['opened total'], ['closed total']]);
  });

  it('tells after a flapping nobody saw, and says nothing that is not true at the moment', async () => {
    const window = desk().open('a', normal);
    window.focused.set(false);
    window.see(breach);
    await desk().clock.advance(minute);
    await desk().backToNormal(window);
    window.see(breach);
    await desk().clock.advance(minute);
    window.see(normal);
    window.focused.set(true);
    await desk().clock.advance(1000);
    assert.deepEqual(window.told, [], 'it is on its way back to normal');
    window.see(breach);
    await desk().clock.advance(1000);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('tells of the next breach although nobody was told that the one before was over', async () => {
    const first = await desk().openedAfter(12_000);
    first.focused.set(false);
    await desk().backToNormal(first);
    const memory = first.close();
    desk().shared.free();
    await desk().clock.advance(60 * minute);
    const second = desk().open('b', normal, memory);
    await desk().clock.advance(5 * minute);
    second.see(breach);
    await desk().clock.advance(minute);
    assert.deepEqual([first.told, second.told], [['opened total'], ['opened total']]);
    await desk().backToNormal(second);
    assert.deepEqual(second.told, ['opened total', 'closed total']);
  });

  for (const when of ['between two breaches', 'during a breach'])
    it(`goes on telling when the clock is set back ${when}`, async () => {
      const window = desk().open('a', normal);
      window.see(breach);
      await desk().clock.advance(12_000);
      if (when === 'during a breach') desk().clock.jumpWallClock(-24 * 60 * minute);
      await desk().backToNormal(window);
      if (when === 'between two breaches') desk().clock.jumpWallClock(-24 * 60 * minute);
      await desk().clock.advance(60 * minute);
      window.see(breach);
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, ['opened total', 'closed total', 'opened total']);
    });

  it('does not catch up with an end that came while notifications were off', async () => {
    const window = await desk().openedAfter(minute);
    window.see({ ...breach, alertsEnabled: false });
    window.see({ ...normal, alertsEnabled: false });
    await desk().clock.advance(180 * minute);
    window.see(normal);
    await desk().clock.advance(minute);
    assert.deepEqual(window.told, ['opened total']);
  });

  it('does not catch up with a breach that began while notifications were off, whatever was told before', async () => {
    const window = await desk().openedAfter(minute);
    window.see(normal);
    await desk().clock.advance(60 * minute);
    window.see({ ...breach, alertsEnabled: false });
    await desk().clock.advance(60 * minute);
    window.see(breach);
    await desk().clock.advance(minute);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
  });

  it('continues in silence what it did not see itself, and another window did', async () => {
    const [a, b] = [desk().open('a', normal), desk().open('b', normal)];
    b.see({ ...normal, snapshot: { claimsState: 'stale' } });
    a.see(breach);
    await desk().clock.advance(12_000);
    a.see(normal);
    await desk().clock.advance(70_000);
    b.see(normal);
    await desk().clock.advance(5 * minute);
    for (const window of [a, b]) window.see(breach);
    await desk().clock.advance(12_000);
    desk().shared.grant('b');
    await desk().clock.advance(minute);
    assert.deepEqual([a.told, b.told], [['opened total', 'closed total'], []]);
  });

  it('tells of a crossing that another window was silent about because its user came to it', async () => {
    const other = { target: targetOf({ key: 'other', contextName: 'other' }) };
    const [a, b] = [desk().open('a', normal), desk().open('b', { ...normal, ...other })];
    await desk().clock.advance(minute);
    a.see(breach);
    await desk().clock.advance(3000);
    b.see(breach);
    await desk().clock.advance(minute);
    assert.deepEqual([a.told, b.told], [['opened total'], []]);
  });

  it('does not say that it is back while it is over again', async () => {
    const window = await desk().openedAfter(12_000);
    window.focused.set(false);
    await desk().backToNormal(window);
    window.see(breach);
    await desk().clock.advance(3000);
    window.focused.set(true);
    await desk().clock.advance(minute);
    assert.deepEqual(window.told, ['opened total']);
    await desk().backToNormal(window);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
  });

  it('leaves to another window what this one is told to be silent about', async () => {
    const [a, b] = [desk().open('a', { ...normal, alertsEnabled: false }), desk().open('b', normal)];
    a.see({ ...breach, alertsEnabled: false });
    b.see(breach);
    await desk().clock.advance(minute);
    assert.deepEqual([a.told, b.told], [[], ['opened total']]);
  });
});
