import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Lease } from '../../../src/base/lease.ts';
import { SignalSource } from '../../../src/base/signal.ts';
import { windowLeases } from '../../../src/host/windowLease.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { until } from '../../support/until.ts';

describe('window lease', () => {
  let folder: string;
  let clock: FakeClock;
  const leases: Lease[] = [];
  const take = (focused = new SignalSource(true), key = 'cluster') => {
    const lease = windowLeases(folder, focused, clock).take(key);
    leases.push(lease);
    return lease;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-lease-'));
    clock = new FakeClock();
  });
  afterEach(async () => {
    for (const lease of leases.splice(0)) lease.dispose();
    await until('the leases are released', 10_000, () => readdirSync(folder).length === 0);
    rmSync(folder, { recursive: true });
  });

  it('has one holder, and the next one when that lets go', async () => {
    const [a, b] = [take(), take()];
    await Promise.all([a.confirm(), b.confirm()]);
    assert.equal([a, b].filter(({ held }) => held.value).length, 1);
    const [holder, other] = a.held.value ? [a, b] : [b, a];
    holder.dispose();
    await until('the other has it', 10_000, () => other.confirm());
    assert.equal(holder.held.value, false);
  });

  it('is kept apart for each target', async () => {
    const [a, b] = [take(), take(undefined, 'another')];
    assert.deepEqual([await a.confirm(), await b.confirm()], [true, true]);
  });

  it('is taken over from a holder that has not been heard of', async () => {
    const a = take();
    await a.confirm();
    const old = new Date(Date.now() - 60_000);
    for (const file of readdirSync(folder)) utimesSync(join(folder, file), old, old);
    const b = take();
    assert.equal(await b.confirm(), true);
    assert.equal(await a.confirm(), false, 'the old holder notices before it acts');
  });

  it('goes to the window in front from one that is not', async () => {
    const [front, back] = [new SignalSource(false), new SignalSource(false)];
    const a = take(back);
    await a.confirm();
    const b = take(front);
    assert.equal(await b.confirm(), false);
    front.set(true);
    assert.equal(await b.confirm(), true);
    assert.equal(await a.confirm(), false);
  });

  it('stays with its holder when both windows say that they are in front', async () => {
    const a = take();
    await a.confirm();
    const b = take();
    for (let beat = 0; beat < 5; beat++) {
      await clock.advance(3000);
      assert.deepEqual([await a.confirm(), await b.confirm()], [true, false]);
    }
  });
});
