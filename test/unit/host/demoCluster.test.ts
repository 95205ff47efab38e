import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { silentLog } from '../../../src/base/log.ts';
import { constantSignal } from '../../../src/base/signal.ts';
import type { Budget } from '../../../src/domain/budgets.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { DemoCluster, demoBudgetBytes } from '../../../src/host/demoCluster.ts';
import { FakeClock } from '../../support/fakeClock.ts';

class FakeWorker extends EventEmitter {
  ended = 0;
  postMessage(): void {}
  terminate(): Promise<number> {
    this.ended++;
    queueMicrotask(() => this.emit('exit', 1));
    return Promise.resolve(1);
  }
}

function demoCluster() {
  const workers: FakeWorker[] = [];
  const clock = new FakeClock();
  const demo = new DemoCluster(constantSignal<bigint | undefined>(undefined), clock, silentLog, async () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  });
  return { demo, workers, clock };
}

const started = () => new Promise((resolve) => setImmediate(resolve));
const ready = { kubeconfig: 'config', port: 1, token: 't' };

describe('the demo cluster', () => {
  it('is there when its worker says so, and ends with it', async () => {
    const { demo, workers } = demoCluster();
    const opening = demo.open();
    await started();
    workers[0]?.emit('message', ready);
    await opening;
    assert.equal(demo.kubeconfig.value, 'config');
    workers[0]?.emit('exit', 1);
    assert.equal(demo.kubeconfig.value, undefined);
  });

  const failures: [why: string, fail: (worker: FakeWorker | undefined, clock: FakeClock) => void, message: RegExp][] = [
    ['it takes too long', (_, clock) => clock.advance(15_000), /did not start in time/],
    ['it says why', (worker) => worker?.emit('message', { error: 'no port' }), /no port/],
    ['it throws', (worker) => worker?.emit('error', new Error('broken')), /broken/],
    ['it ends', (worker) => worker?.emit('exit', 1), /ended while it was starting/],
  ];
  for (const [why, fail, message] of failures) {
    it(`leaves no worker behind when ${why}, and can be opened again`, async () => {
      const { demo, workers, clock } = demoCluster();
      const opening = demo.open();
      await started();
      fail(workers[0], clock);
      await assert.rejects(opening, message);
      assert.equal(workers[0]?.ended, 1);
      assert.equal(clock.pendingTimers, 0);
      const again = demo.open();
      await started();
      workers[1]?.emit('message', ready);
      await again;
      assert.equal(demo.kubeconfig.value, 'config');
    });
  }

  it('is closed while it starts without an error, and can be opened again at once', async () => {
    const { demo, workers } = demoCluster();
    const opening = demo.open();
    await started();
    demo.close();
    const again = demo.open();
    await opening;
    await started();
    workers[1]?.emit('message', ready);
    await again;
    assert.equal(workers[0]?.ended, 1);
    assert.equal(workers[1]?.ended, 0);
    assert.equal(demo.kubeconfig.value, 'config');
  });

  it('starts no worker that is closed before it is there', async () => {
    const { demo, workers } = demoCluster();
    const opening = demo.open();
    demo.close();
    await opening;
    await started();
    assert.equal(workers.length === 0 || workers[0]?.ended === 1, true);
    assert.equal(demo.kubeconfig.value, undefined);
  });
});

describe('the budget that the demo swings around', () => {
  const total: Budget = { subject: { kind: 'total' }, bytes: 7n, explicit: true };
  const further: Budget = { subject: { kind: 'namespace', name: 'checkout' }, bytes: 5n, explicit: true };

  it('is that of its total, and none of a part', () => {
    assert.equal(demoBudgetBytes({ ...defaultSettings, budgets: [further], maxClaims: total }), 7n);
    assert.equal(demoBudgetBytes({ ...defaultSettings, budgets: [further], maxClaims: undefined }), undefined);
  });

  it('is what is said for its context', () => {
    const contexts = { 'de*': { maxClaims: total, hasMaxClaims: true } };
    assert.equal(demoBudgetBytes({ ...defaultSettings, contexts }), 7n);
  });
});
