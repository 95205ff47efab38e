import assert from 'node:assert/strict';
import { silentLog } from '../../../src/base/log.ts';
import { SignalSource } from '../../../src/base/signal.ts';
import { fail, type Result, succeed } from '../../../src/domain/apiError.ts';
import type { HistorySample } from '../../../src/domain/historySample.ts';
import { type ClaimsPast, type PastWindow, pastWindows } from '../../../src/domain/pastWindows.ts';
import type { Readings } from '../../../src/domain/reading.ts';
import type { ClaimSample } from '../../../src/history/history.ts';
import { PastSeeding } from '../../../src/history/pastSeeding.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { claimOf, readingOf, snapshotOf, targetOf } from '../../support/views.ts';

const hour = 3_600_000;
const sample = (atMs: number): HistorySample => ({ atMs, capacityBytes: 100, availableBytes: 50 });

function desk() {
  const clock = new FakeClock();
  const day = clock.now() - 30 * 24 * hour;
  const claims = [
    claimOf('shop/old 1Gi', { createdMs: day }),
    claimOf('shop/kept 1Gi', { createdMs: day }),
    claimOf('shop/young 1Gi', { createdMs: clock.now() - hour / 2 }),
    claimOf('shop/recent 1Gi', { createdMs: clock.now() - 10 * hour }),
  ];
  const snapshot = new SignalSource(snapshotOf({ claims }));
  const readings = new SignalSource<Readings>(new Map());
  const windows: PastWindow[] = [];
  const kept: (ClaimSample & { readonly identity: string })[] = [];
  const state = {
    measures: true,
    answer: (): Result<ClaimsPast> =>
      succeed({ of: () => [20, 8, 2].map((hours) => sample(clock.now() - hours * hour)) }),
  };
  const seeding = new PastSeeding({
    readings,
    snapshot,
    measures: () => state.measures,
    past: (nowMs) => ({
      windows: pastWindows(4, nowMs),
      read: async (window) => {
        windows.push(window);
        return state.answer();
      },
    }),
    read: async (uid) => (uid === 'uid-shop/kept' ? [sample(clock.now() - 4 * hour)] : []),
    keep: async (identity, samples) => void kept.push(...samples.map((each) => ({ ...each, identity }))),
    clock,
    log: silentLog,
  });
  const see = async (source: 'prometheus' | 'kubelet' = 'prometheus') => {
    readings.set(new Map(claims.map(({ uid }) => [uid, readingOf(50, { source })])));
    await settle();
  };
  return { clock, snapshot, windows, kept, state, seeding, see };
}

describe('seeding the past', () => {
  it('asks once for the claims that have none, and keeps nothing that may be of a predecessor', async () => {
    const { windows, kept, see } = desk();
    await see();
    const asked = windows.length;
    assert.ok(asked >= 2);
    const hours = (uid: string) => new Set(kept.filter((each) => each.uid === uid).map(({ atMs }) => atMs)).size;
    assert.deepEqual(
      ['old', 'kept', 'young', 'recent'].map((name) => hours(`uid-shop/${name}`)),
      [3, 0, 0, 2],
    );
    assert.deepEqual([...new Set(kept.map(({ identity }) => identity))], ['uid-of-kube-system']);
    await see();
    assert.equal(windows.length, asked);
  });

  it('asks nobody about the past of what a kubelet said, in a window that does not measure, or of the demo', async () => {
    const { windows, see, state, snapshot } = desk();
    await see('kubelet');
    state.measures = false;
    await see();
    state.measures = true;
    snapshot.set(snapshotOf({ target: targetOf({ demo: true }), claims: ['shop/old 1Gi'] }));
    await see();
    assert.deepEqual(windows, []);
  });

  it('tries again after an hour when it has failed', async () => {
    const { clock, windows, see, state, kept } = desk();
    const { answer } = state;
    state.answer = () => fail('unreachable', 'No.');
    await see();
    await see();
    assert.equal(windows.length, 1);
    state.answer = answer;
    await clock.advance(hour + 1);
    await see();
    assert.ok(windows.length > 2 && kept.length > 0);
  });

  it('keeps nothing for another cluster than the one that was asked about', async () => {
    const { see, state, kept, snapshot } = desk();
    const { answer } = state;
    state.answer = () => {
      snapshot.set(snapshotOf({ snapshot: { identity: 'other' } }));
      return answer();
    };
    await see();
    assert.deepEqual(kept, []);
  });

  it('ends with the window', async () => {
    const { see, seeding, windows } = desk();
    seeding.dispose();
    await see();
    assert.deepEqual(windows, []);
  });
});
