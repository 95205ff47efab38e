import assert from 'node:assert/strict';
import { every, sleep } from '../../../src/base/clock.ts';
import { DisposableSlot, DisposableStore, toDisposable } from '../../../src/base/disposable.ts';
import { SignalSource } from '../../../src/base/signal.ts';
import { FakeClock } from '../../support/fakeClock.ts';

describe('disposables', () => {
  it('end in reverse order, once, and also when one of them throws', () => {
    const ended: string[] = [];
    const store = new DisposableStore();
    store.add(toDisposable(() => ended.push('first')));
    store.add(
      toDisposable(() => {
        throw new Error('second');
      }),
    );
    store.add(toDisposable(() => ended.push('third')));
    assert.throws(() => store.dispose(), /second/);
    store.dispose();
    assert.deepEqual(ended, ['third', 'first']);
  });

  it('are ended at once when their owner has ended before', () => {
    const store = new DisposableStore();
    store.dispose();
    let ended = false;
    store.add(toDisposable(() => (ended = true)));
    assert.equal(ended, true);
  });

  it('are replaced in a slot, which refuses after its own end', () => {
    const ended: string[] = [];
    const named = (name: string) => toDisposable(() => ended.push(name));
    const slot = new DisposableSlot();
    slot.set(named('a'));
    slot.set(named('b'));
    assert.deepEqual(ended, ['a']);
    slot.dispose();
    slot.set(named('c'));
    assert.deepEqual(ended, ['a', 'b', 'c']);
    assert.equal(slot.current, undefined);
  });
});

describe('signal', () => {
  it('tells changes, not equal values, and not after the subscription ended', () => {
    const signal = new SignalSource(1);
    const seen: number[] = [];
    const subscription = signal.subscribe((value) => seen.push(value));
    signal.set(1);
    signal.set(2);
    subscription.dispose();
    signal.set(3);
    assert.deepEqual(seen, [2]);
    assert.equal(signal.value, 3);
  });

  it('delivers in order to everybody when a listener sets it again', () => {
    const signal = new SignalSource<number | undefined>(0);
    const seen: string[] = [];
    signal.subscribe((value) => {
      seen.push(`a${value}`);
      if (value === 1) signal.set(undefined);
      if (value === undefined) signal.set(2);
    });
    signal.subscribe((value) => seen.push(`b${value}`));
    signal.set(1);
    assert.deepEqual(seen, ['a1', 'b1', 'aundefined', 'bundefined', 'a2', 'b2']);
  });

  it('tells the others when a listener throws', () => {
    const errors: unknown[] = [];
    const signal = new SignalSource(0, { onError: (error) => errors.push(error) });
    const seen: number[] = [];
    signal.subscribe(() => {
      throw new Error('mine');
    });
    signal.subscribe((value) => seen.push(value));
    signal.set(1);
    assert.deepEqual(seen, [1]);
    assert.equal(errors.length, 1);
  });
});

describe('clock', () => {
  it('repeats until disposed', async () => {
    const clock = new FakeClock();
    let runs = 0;
    const timer = every(clock, 100, () => runs++);
    await clock.advance(350);
    timer.dispose();
    await clock.advance(350);
    assert.equal(runs, 3);
    assert.equal(clock.pendingTimers, 0);
  });

  it('stops repeating when the task disposes it', async () => {
    const clock = new FakeClock();
    const timer = every(clock, 10, () => timer.dispose());
    await clock.advance(50);
    assert.equal(clock.pendingTimers, 0);
  });

  it('wakes a sleeper when it is aborted, and leaves no timer', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const slept = sleep(clock, 1000, abort.signal);
    abort.abort();
    await slept;
    assert.equal(clock.pendingTimers, 0);
  });
});
