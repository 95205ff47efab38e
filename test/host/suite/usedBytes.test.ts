import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { temporaryFolder, writeKubeconfig } from '../support/kubeconfigFile.ts';
import { claimIn, limitMs, live, summaryWhen } from '../support/product.ts';
import { set } from '../support/settings.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

const gi = 2 ** 30;

describe('used bytes', () => {
  let cluster: SimulatedCluster;
  let prometheus: Server;

  before(async () => {
    // A claim that was made a moment ago is not believed what is said of its name.
    cluster = await SimulatedCluster.start({ behindMs: 10 * 60_000 });
    await cluster.createNamespace('shop');
    await cluster.create('shop', 'orders', '8Gi');
    await cluster.mount('shop', 'orders', 'worker-1');
    await until('the claim is bound', limitMs, async () => (await cluster.phase('shop', 'orders')) === 'Bound');
    prometheus = createServer(({ url = '' }, response) => {
      const query = new URL(url, 'http://localhost').searchParams.get('query') ?? '';
      const seconds = Date.now() / 1000;
      const bytes = /capacity/.test(query) ? 8 * gi : /available/.test(query) ? 2 * gi : 5 * gi;
      const value = /^timestamp/.test(query) ? seconds : /inodes/.test(query) ? 1000 : bytes;
      const metric = { namespace: 'shop', persistentvolumeclaim: 'orders' };
      const data = { resultType: 'vector', result: [{ metric, value: [seconds, String(value)] }] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'success', data }));
    });
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    await cleanWindow();
    prometheus.closeAllConnections();
    prometheus.close();
    await cluster.stop();
  });

  it('come from the Prometheus that is named, and are kept', async () => {
    const { port } = prometheus.address() as AddressInfo;
    await set('namespaces', ['shop']);
    await set('usage.source', 'prometheus');
    await set('usage.prometheus', `http://127.0.0.1:${port}`);
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
    const summary = await summaryWhen(
      'the used bytes are there',
      (each) => claimIn(each, 'shop', 'orders')?.usedBytes !== undefined,
    );
    const { usedBytes, uid } = claimIn(summary, 'shop', 'orders') ?? assert.fail('no claim');
    assert.equal(usedBytes, 5 * gi);
    const kept = await until('a sample is kept', limitMs, () =>
      historyFiles()
        .map((file) => samplesIn(file, uid))
        .find((samples) => samples.length > 0),
    );
    assert.deepEqual(kept, [[8 * gi, 2 * gi, 5 * gi]]);
  });
});

/** In the data of this VS Code: of the tests' own desktop, or of a server beside them, of which there may be others. */
function historyFiles(): readonly string[] {
  const desktop = globSync('user/**/history.sqlite', { cwd: temporaryFolder() });
  const servers = globSync('pvcwatch-vscode-*/data/**/history.sqlite', { cwd: tmpdir() });
  return [...desktop.map((file) => join(temporaryFolder(), file)), ...servers.map((file) => join(tmpdir(), file))];
}

/** None where the file cannot be read at the moment. */
function samplesIn(file: string, uid: string): readonly unknown[][] {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const query = 'SELECT capacity, available, used FROM recent JOIN claim ON claim.id = recent.claim WHERE uid = ?';
      const rows = database.prepare(query).all(uid);
      return rows.map(({ capacity, available, used }) => [capacity, available, used]);
    } finally {
      database.close();
    }
  } catch {
    return [];
  }
}
