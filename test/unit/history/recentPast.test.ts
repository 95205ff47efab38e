import assert from 'node:assert/strict';
import { SignalSource } from '../../../src/base/signal.ts';
import type { HistorySample } from '../../../src/domain/historySample.ts';
import { RecentPast } from '../../../src/history/recentPast.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { snapshotOf } from '../../support/views.ts';

const hour = 3_600_000;

function seeded() {
  const clock = new FakeClock();
  const reads: string[] = [];
  const kept: HistorySample[] = [{ atMs: clock.now() - hour, capacityBytes: 10, availableBytes: 5 }];
  const snapshot = new SignalSource(snapshotOf({}));
  const recent = new RecentPast({
    read: async (uid, fromMs) => {
      reads.push(uid);
      return kept.filter(({ atMs }) => atMs >= fromMs);
    },
    snapshot,
    clock,
  });
  let told = 0;
  recent.past.subscribe(() => told++);
  return { clock, reads, kept, snapshot, recent, of: (uid: string) => recent.past.value(uid), told: () => told };
}

describe('the recent past', () => {
  it('is not known at first, and told of once for all that are asked for together', async () => {
    const { clock, of, reads, kept, told } = seeded();
    assert.deepEqual([of('a'), of('b'), of('a')], [undefined, undefined, undefined]);
    await clock.advance(1000);
    assert.deepEqual([of('a'), of('b')], [kept, kept]);
    assert.deepEqual(reads, ['a', 'b']);
    assert.equal(told(), 1);
  });

  it('is read anew after some minutes, and what was known holds until then', async () => {
    const { clock, of, reads, kept } = seeded();
    of('a');
    await clock.advance(6 * 60_000);
    kept.push({ atMs: clock.now(), capacityBytes: 10, availableBytes: 4 });
    assert.equal(of('a')?.length, 1);
    await clock.advance(1000);
    assert.equal(of('a')?.length, 2);
    assert.equal(reads.length, 2);
  });

  it('begins six hours ago', async () => {
    const { clock, of, kept } = seeded();
    kept.unshift({ atMs: clock.now() - 7 * hour, capacityBytes: 10, availableBytes: 9 });
    of('a');
    await clock.advance(1000);
    assert.equal(of('a')?.length, 1);
  });

  it('is forgotten when nobody asks, and of another cluster it is not known', async () => {
    const { clock, of, reads, snapshot } = seeded();
    of('a');
    of('b');
    await clock.advance(1000);
    for (let minutes = 0; minutes < 20; minutes++) {
      of('b');
      await clock.advance(60_000);
    }
    assert.equal(of('a'), undefined);
    assert.ok(of('b'));
    snapshot.set(snapshotOf({ snapshot: { identity: 'other' } }));
    assert.equal(of('b'), undefined);
    assert.ok(reads.length > 3);
  });

  it('tells nobody once it is disposed', async () => {
    const { clock, of, recent, told } = seeded();
    of('a');
    recent.dispose();
    await clock.advance(hour);
    assert.equal(told(), 0);
  });
});
