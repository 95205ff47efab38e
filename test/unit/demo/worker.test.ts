import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FromDemoWorker, ToDemoWorker } from '../../../src/demo/protocol.ts';

describe('the demo worker', function () {
  this.timeout(30_000);

  it('serves a cluster from a thread of its own, takes another budget, and ends when told', async () => {
    const worker = new Worker(new URL('../../../src/demo/worker.ts', import.meta.url), {
      workerData: { budgetBytes: 10n * 1024n ** 3n },
    });
    const tell = (message: ToDemoWorker) => worker.postMessage(message);
    const [ready] = (await once(worker, 'message')) as [FromDemoWorker];
    assert.ok('kubeconfig' in ready);
    assert.match(ready.kubeconfig, /"current-context": "demo"/);
    const get = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return await fetch(`http://127.0.0.1:${ready.port}/readyz`, { headers });
    };
    assert.equal((await get('wrong')).status, 401);
    tell({ budgetBytes: 20n * 1024n ** 3n });
    assert.equal(await (await get(ready.token)).text(), 'ok');
    tell({ stop: true });
    assert.deepEqual(await once(worker, 'exit'), [0]);
    await assert.rejects(get(ready.token));
  });
});
