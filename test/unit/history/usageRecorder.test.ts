import assert from 'node:assert/strict';
import { SignalSource } from '../../../src/base/signal.ts';
import type { Reading, Readings } from '../../../src/domain/reading.ts';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import type { History } from '../../../src/history/history.ts';
import { MemoryHistory } from '../../../src/history/memoryHistory.ts';
import { UsageRecorder } from '../../../src/history/usageRecorder.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { snapshotOf, targetOf } from '../../support/views.ts';

const minute = 60_000;

function readingAt(atMs: number, percent: number): Reading {
  const quality = 'measured';
  const figures = { capacityBytes: 1000, availableBytes: 1000 - percent * 10, usedBytes: percent * 10 };
  return { quality, subject: 'claim', source: 'kubelet', reason: 'It is measured.', atMs, ...figures };
}

function desk() {
  const clock = new FakeClock();
  const readings = new SignalSource<Readings>(new Map());
  const snapshot = new SignalSource<StorageSnapshot>(snapshotOf({ snapshot: { identity: 'prod' } }));
  const kept: string[] = [];
  const spied = (name: string, history: History) => ({
    append: async (identity: string, samples: Parameters<History['append']>[1]) => {
      kept.push(...samples.map(({ uid }) => `${name} ${identity} ${uid}`));
      await history.append(identity, samples);
    },
    read: history.read.bind(history),
    clear: history.clear.bind(history),
    dispose: () => void kept.push(`${name} closed`),
  });
  let measures = true;
  const recorder = new UsageRecorder({
    readings,
    snapshot,
    measures: () => measures,
    openFile: () => spied('file', new MemoryHistory(clock)),
    demo: spied('demo', new MemoryHistory(clock)),
    now: () => clock.now(),
  });
  const see = (each: Readings) => readings.set(each);
  const leave = () => {
    measures = false;
  };
  return { clock, snapshot, kept, recorder, see, leave };
}

describe('usage recorder', () => {
  it('keeps each new reading with figures once, and gives it back as the forecast wants it', async () => {
    const { clock, kept, recorder, see } = desk();
    const atMs = Math.floor(clock.now() / 1000) * 1000 - minute;
    const block: Reading = { quality: 'block', subject: 'claim', reason: 'It is a block device.' };
    see(
      new Map([
        ['a', readingAt(atMs, 40)],
        ['b', block],
      ]),
    );
    see(
      new Map([
        ['a', readingAt(atMs, 40)],
        ['c', readingAt(atMs, 10)],
      ]),
    );
    assert.deepEqual(kept, ['file prod a', 'file prod c']);
    assert.deepEqual(await recorder.samples('a'), [{ atMs, capacityBytes: 1000, usedBytes: 400 }]);
    assert.deepEqual(await recorder.samples('b'), []);
  });

  it('leaves it to the window that measures', () => {
    const { clock, kept, see, leave } = desk();
    leave();
    see(new Map([['a', readingAt(clock.now(), 40)]]));
    assert.deepEqual(kept, []);
  });

  it('never keeps what the demo cluster says with the rest', async () => {
    const { clock, snapshot, kept, recorder, see } = desk();
    snapshot.set(snapshotOf({ target: targetOf({ demo: true }), snapshot: { identity: 'demo' } }));
    see(new Map([['a', readingAt(clock.now(), 40)]]));
    assert.deepEqual(kept, ['demo demo a']);
    assert.equal((await recorder.samples('a')).length, 1);
  });

  it('does not mix clusters', async () => {
    const { clock, snapshot, kept, recorder, see } = desk();
    see(new Map([['a', readingAt(clock.now(), 40)]]));
    snapshot.set(snapshotOf({ snapshot: { identity: 'test' } }));
    assert.deepEqual(await recorder.samples('a'), []);
    see(new Map([['a', readingAt(clock.now(), 41)]]));
    assert.deepEqual(kept, ['file prod a', 'file test a']);
  });

  it('forgets everything when it is told to', async () => {
    const { clock, recorder, see } = desk();
    see(new Map([['a', readingAt(clock.now(), 40)]]));
    await recorder.clear();
    assert.deepEqual(await recorder.samples('a'), []);
  });

  it('opens no file before it is needed, and closes what it has opened', () => {
    const unused = desk();
    unused.recorder.dispose();
    assert.deepEqual(unused.kept, []);
    const used = desk();
    used.see(new Map([['a', readingAt(used.clock.now(), 40)]]));
    used.recorder.dispose();
    assert.deepEqual(used.kept, ['file prod a', 'file closed']);
  });
});
