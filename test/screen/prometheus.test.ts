import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { until } from '../support/until.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

const results = join(import.meta.dirname, '../../test-results/prometheus');
const gi = 2 ** 30;

/** What a Prometheus with one claim answers, now and for the past: it fills by a byte a millisecond. */
function answerTo(url: URL): unknown {
  const query = url.searchParams.get('query') ?? '';
  const metric = { namespace: 'checkout', persistentvolumeclaim: 'data-postgres-0' };
  const nowSeconds = Date.now() / 1000;
  const valueAt = (seconds: number) => {
    const availableBytes = gi + (nowSeconds - seconds) * 1000;
    if (query.startsWith('timestamp(')) return String(nowSeconds - 10);
    return String(/available/.test(query) ? availableBytes : /inodes/.test(query) ? 1000 : 4 * gi);
  };
  if (!url.pathname.endsWith('/query_range'))
    return { resultType: 'vector', result: [{ metric, value: [nowSeconds, valueAt(nowSeconds)] }] };
  const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map((name) => Number(url.searchParams.get(name)));
  const values = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => {
    const seconds = start + index * step;
    return [seconds, valueAt(seconds)];
  });
  return { resultType: 'matrix', result: [{ metric, values }] };
}

describe('a Prometheus that wants to know who asks', () => {
  let folder: string;
  let cluster: DemoServer;
  let prometheus: Server;
  let workbench: Workbench;
  let window: WorkbenchWindow;
  const refused: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-prometheus-'));
    cluster = await startDemoServer({ clock: systemClock, random: Math.random, life: false });
    prometheus = createServer(({ url = '', headers }, response) => {
      if (headers.authorization !== 'Bearer opensesame') {
        refused.push(headers.authorization ?? 'nobody');
        response.writeHead(401).end();
        return;
      }
      const data = answerTo(new URL(url, 'http://localhost'));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'success', data }));
    });
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, cluster.kubeconfig);
    const { port } = prometheus.address() as AddressInfo;
    workbench = await Workbench.start({
      kubeconfig,
      settings: { 'pvcwatch.usage.source': 'prometheus', 'pvcwatch.usage.prometheus': `http://127.0.0.1:${port}` },
    });
    window = await workbench.openWindow();
    await window.openClaims();
  });
  after(async () => {
    await workbench?.stop();
    prometheus?.closeAllConnections();
    prometheus?.close();
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const usedOf = async () =>
    (await window.claimsRows()).find(({ label }) => label === 'data-postgres-0')?.description ?? '';

  it('is given a token that is typed once and never shown', async () => {
    await until('it is asked', 60_000, () => refused.length > 0);
    assert.deepEqual([...new Set(refused)], ['nobody']);
    await window.toggle('checkout');
    assert.doesNotMatch(await usedOf(), /used/);
    await window.runCommand('PVC Watch: Set Credentials of Prometheus');
    await window.quickInput.pick('Bearer token…');
    await window.quickInput.type('opensesame');
    assert.equal(await window.page.locator('.quick-input-widget input[type="password"]').count(), 1);
    await window.quickInput.accept();
    await until('used bytes are there', 60_000, async () => /75% used/.test(await usedOf()));
    await window.screenshot(join(results, 'used.png'));
  });

  it('gives a first look at a claim its past', async () => {
    await window.runCommand('PVC Watch: Show Claim');
    await window.quickInput.type('data-postgres-0');
    await window.quickInput.pick('data-postgres-0');
    const spoken = async () => (await window.claimPanel().locator('#spoken').textContent()) ?? '';
    await until('two weeks are there', 60_000, async () => /(\d{3,}) samples: first .* 13 d ago/.test(await spoken()));
    await window.screenshot(join(results, 'past.png'));
  });
});
