import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { alertDesks, breach, normal } from '../../support/alertDesk.ts';
import { targetOf } from '../../support/views.ts';

const minute = 60_000;

describe("alert engine: the user's own changes", () => {
  const desk = alertDesks();

  it('is silent about a breach that the user made by a setting or a context, also at the next start', async () => {
    const window = desk().open('a', normal);
    await desk().clock.advance(minute);
    window.see({ ...normal, budgets: { total: '100Gi' } });
    await desk().clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    assert.equal(window.engine.state.value.open.length, 1);
    window.see({ ...breach, target: targetOf({ key: 'other', contextName: 'other' }) });
    await desk().clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    const later = desk().open('b', { ...normal, budgets: { total: '100Gi' } }, window.close());
    desk().shared.grant('b');
    await desk().clock.advance(5 * minute);
    assert.deepEqual(later.told, []);
  });

  it('is silent about the built-in budget that somebody chooses as it is', async () => {
    const window = desk().open('a', { ...breach, explicit: false });
    await desk().clock.advance(minute);
    window.see(breach);
    await desk().clock.advance(minute);
    assert.deepEqual([window.told, window.engine.state.value.open.length], [[], 1]);
  });

  it('is silent when the user comes back to a context or a budget under which things got worse meanwhile', async () => {
    const other = { target: targetOf({ key: 'other', contextName: 'other' }) };
    const window = desk().open('a', normal);
    await desk().clock.advance(minute);
    window.see({ ...normal, ...other });
    await desk().clock.advance(minute);
    window.see(breach);
    await desk().clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
    window.see({ ...breach, budgets: { total: '300Gi' } });
    await desk().clock.advance(minute);
    window.see(breach);
    await desk().clock.advance(5 * minute);
    assert.deepEqual(window.told, []);
  });

  it('says nothing of an end that the user finds by coming back to a budget', async () => {
    const window = await desk().openedAfter(12_000);
    window.see({ ...normal, budgets: { total: '300Gi' } });
    await desk().clock.advance(120 * minute);
    await desk().backToNormal(window);
    assert.deepEqual([window.told, window.engine.state.value.open.length], [['opened total'], 0]);
    window.see(breach);
    await desk().clock.advance(minute);
    assert.deepEqual(window.told, ['opened total', 'opened total'], 'but what it sees from then on is news');
  });

  describe('before anything has been judged', () => {
    const unreached = { snapshot: { connection: { state: 'connecting', sinceMs: 0 }, synced: false } } as const;
    const elsewhere = { target: targetOf({ key: 'other', contextName: 'other' }) };

    it('takes another target that nobody chose for the first one', async () => {
      const window = desk().open('a', { ...normal, ...unreached });
      await desk().clock.advance(1000);
      window.see({ ...breach, ...elsewhere });
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
    });

    it('is silent about the target that the user chose', async () => {
      const window = desk().open('a', { ...normal, ...unreached });
      await desk().clock.advance(1000);
      window.choice.set('other');
      window.see({ ...breach, ...elsewhere });
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, []);
    });

    it('tells of a breach at first sight although a setting was changed meanwhile', async () => {
      const window = desk().open('a', { ...normal, ...unreached });
      await desk().clock.advance(1000);
      window.choice.set('the same context, by its name');
      window.see({ ...normal, ...unreached, budgets: { total: '100Gi' } });
      await desk().clock.advance(1000);
      window.see({ ...normal, budgets: { total: '100Gi' } });
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
      window.see({ ...normal, budgets: { total: '90Gi' } });
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, ['opened total'], 'but what is changed afterwards is silent');
    });

    it('tells of the first target that is chosen at all', async () => {
      const window = desk().open('a', {
        ...normal,
        target: undefined,
        snapshot: { identity: undefined, synced: false },
      });
      window.choice.set('demo');
      window.see(breach);
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
    });
  });

  describe('on a target out of another file', () => {
    const another = { ...breach, target: targetOf({ key: 'other', contextName: 'other', source: '/srv/kubeconfig' }) };

    it('tells of a breach at first sight when nobody chose it: the start was finding its way', async () => {
      const window = desk().open('a', normal);
      await desk().clock.advance(2000);
      window.see(another);
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
      window.see({ ...another, budgets: { total: '100Gi' } });
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, ['opened total']);
    });

    it('is silent about what the user chose', async () => {
      const window = desk().open('a', normal);
      await desk().clock.advance(2000);
      window.choice.set('another file');
      window.see({ ...normal, claims: ['shop/data 151Gi'] });
      window.see(another);
      await desk().clock.advance(minute);
      assert.deepEqual(window.told, []);
    });
  });

  it('says that it is back when the breach had outlasted a change of the budget and back', async () => {
    const window = await desk().openedAfter(12_000);
    window.see({ ...breach, budgets: { total: '300Gi' } });
    await desk().clock.advance(minute);
    window.see(breach);
    await desk().clock.advance(minute);
    await desk().backToNormal(window);
    assert.deepEqual(window.told, ['opened total', 'closed total']);
  });
});
