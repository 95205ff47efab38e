import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { writeStatus } from '../support/claimWriter.ts';
import { ClusterWithKubelet, type MountedVolume, summaryOf } from '../support/clusterWithKubelet.ts';
import { until } from '../support/until.ts';
import { alertsAre, rowShows } from './support/expect.ts';
import { ToastRecorder } from './support/toastRecorder.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

const results = join(import.meta.dirname, '../../test-results/used-bytes');
const gi = 2 ** 30;
/** A look, and another one up to two minutes later. */
const patientMs = 240_000;

describe('used bytes on a real API server, in a real VS Code', () => {
  let cluster: ClusterWithKubelet;
  let workbench: Workbench;
  let one: WorkbenchWindow;
  let two: WorkbenchWindow;
  /** What is free of 10Gi. */
  const free = { orders: (10 * gi * 9) / 32, ledger: (10 * gi) / 64, lost: 5 * gi };

  before(async () => {
    cluster = await ClusterWithKubelet.start();
    await cluster.grantKubelets('viewer');
    const mounted: Omit<MountedVolume, 'capacityBytes' | 'availableBytes' | 'usedBytes'>[] = [];
    for (const claimName of ['orders', 'ledger', 'lost'] as const) {
      const podName = `${claimName}-0`;
      const podUid = await cluster.mounted('shop', claimName, podName, 'n1');
      mounted.push({ namespace: 'shop', claimName, podName, podUid });
    }
    cluster.kubelet.handler = (exchange) =>
      exchange.json(
        summaryOf(
          mounted.map((each) => {
            const availableBytes = free[each.claimName as keyof typeof free];
            return { ...each, capacityBytes: 10 * gi, availableBytes, usedBytes: 10 * gi - availableBytes };
          }),
        ),
      );
    workbench = await Workbench.start({
      kubeconfig: cluster.plane.kubeconfig('viewer'),
      settings: { 'pvcwatch.namespaces': ['shop'] },
    });
    one = await workbench.openWindow();
    two = await workbench.openWindow();
    await one.openClaims();
  });
  after(async () => {
    await workbench?.stop();
    await cluster?.stop();
  });

  it('are read once the user has said yes, in one of two windows', async () => {
    const question = 'Read used bytes from the kubelets of kind-dev? It uses nodes/proxy';
    const asking = async () => {
      const asked: WorkbenchWindow[] = [];
      for (const window of [one, two])
        if ((await window.toasts()).some(({ message }) => message.startsWith(question))) asked.push(window);
      return asked;
    };
    await until('the user is asked', patientMs, async () => (await asking()).length > 0);
    const [window, ...others] = await asking();
    assert.ok(window && others.length === 0, 'it is asked in one window');
    assert.deepEqual(cluster.kubelet.requests, [], 'nothing is read before');
    await window.screenshot(join(results, 'question.png'));
    await window.clickToast(question, 'Yes');
    await one.toggle('shop');
    await rowShows(one, '  orders: 10Gi · 71% used');
    await rowShows(one, '  ledger: 10Gi · 98% used');
    await two.openClaims();
    await two.toggle('shop');
    await rowShows(two, '  orders: 10Gi · 71% used');
    assert.match(await one.hover('gauge'), /ledger/, 'the fullest are in the tooltip of the gauge');
    await one.screenshot(join(results, 'used.png'));
  });

  it('are alerted about by the second reading, once in all windows, and what the API server says at once', async () => {
    const recorders = [await ToastRecorder.on(one), await ToastRecorder.on(two)];
    const told = async () => (await Promise.all(recorders.map((recorder) => recorder.ours()))).flat();
    await writeStatus(cluster.plane.admin, 'shop', 'lost', { phase: 'Lost' });
    await until('the lost claim is told', 60_000, async () => (await told()).length > 0);
    assert.match((await told()).join('\n'), /^shop\/lost in kind-dev has lost its volume/);
    await until('the full claim is told', patientMs, async () => (await told()).length > 1);
    assert.match((await told())[1] ?? '', /^shop\/ledger in kind-dev is nearly full: 1\.5% free \(/);
    await alertsAre(one, /^Open: 2\n(.*\n)?shop\/ledger: 1\.5% free/);
    await until('the badge counts both', 60_000, async () => (await two.badge()) === '2');
    await one.screenshot(join(results, 'alert.png'));
    assert.equal((await told()).length, 2);
  });

  it('are shown over time from the notification, and go on to be told as they get better', async () => {
    const toldIn = async (window: WorkbenchWindow) =>
      (await window.toasts()).some(({ message }) => message.includes('shop/ledger'));
    const window = (await toldIn(one)) ? one : two;
    const recorders = [await ToastRecorder.on(one), await ToastRecorder.on(two)];
    await window.clickToast('shop/ledger', 'Show Claim');
    await window.claimPanel().locator('#name', { hasText: 'ledger' }).waitFor();
    const spoken = async () => (await window.claimPanel().locator('#spoken').textContent()) ?? '';
    await until('the readings are kept', 60_000, async () => /samples/.test(await spoken()));
    await window.screenshot(join(results, 'panel.png'));
    free.ledger = 6 * gi;
    const told = async () => (await Promise.all(recorders.map((recorder) => recorder.ours()))).flat();
    await until('the end is told', 2 * patientMs, async () => (await told()).length > 0);
    assert.match((await told()).join('\n'), /^shop\/ledger in kind-dev /);
    await rowShows(one, '  ledger: 10Gi · 40% used');
    await window.screenshot(join(results, 'better.png'));
  });
});
