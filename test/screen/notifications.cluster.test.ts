import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { createClaim } from '../support/claimWriter.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { until } from '../support/until.ts';
import { gaugeShows, rowsShow } from './support/expect.ts';
import { ToastRecorder } from './support/toastRecorder.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

describe('notifications on a real API server', () => {
  let plane: ControlPlane;
  let workbench: Workbench;
  let window: WorkbenchWindow;
  let toasts: ToastRecorder;

  before(async () => {
    plane = await ControlPlane.start({ controllerManager: false });
    await createClaim(plane.admin, 'shop', 'data', '150Gi');
    const config = plane.kubeconfigObject('viewer', 'kind-dev');
    const [context] = config.contexts as { context: unknown }[];
    const contexts = ['kind-dev', 'kind-other'].map((name) => ({ name, context: context?.context }));
    const kubeconfig = join(plane.folder, 'contexts.kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify({ ...config, contexts }));
    workbench = await Workbench.start({
      kubeconfig,
      settings: {
        'pvcwatch.maxClaims': '200Gi',
        'pvcwatch.alerts.openAfterSeconds': 1,
        'pvcwatch.contexts': { 'kind-other': { label: 'OTHER', maxClaims: '1Ti' } },
      },
    });
    window = await workbench.openWindow();
    toasts = await ToastRecorder.on(window);
    await gaugeShows(window, '$(database) 150Gi / 200Gi (75%)', 'none');
  });
  after(async () => {
    await workbench?.stop();
    await plane?.stop();
  });

  it('wait while no window is in front', async () => {
    await window.setFocus(false);
    await createClaim(plane.admin, 'shop', 'more', '60Gi');
    await gaugeShows(window, '$(warning) 210Gi / 200Gi (105%)', 'error');
    // Longer than the crossing has to hold; the badge shows that the episode is open.
    await until('the episode is open', 60_000, async () => (await window.badge()) === '1');
    await window.page.waitForTimeout(3000);
    assert.deepEqual(await toasts.ours(), []);
    await window.setFocus(true);
    await until('the crossing is told', 60_000, async () => (await toasts.ours()).length === 1);
    assert.match((await toasts.ours())[0] ?? '', /^Storage claims in kind-dev are 10Gi over budget: /);
  });

  it('lead back to the context that they are about', async () => {
    await window.runCommand('PVC Watch: Switch Context');
    await window.quickInput.pick('kind-other');
    await gaugeShows(window, '$(database) 210Gi / 1Ti (20%)', 'none');
    await window.runCommand('Notifications: Show Notifications');
    await window.clickNotification('10Gi over budget', 'Show Claims');
    await window.clickNotification('Switch back to kind-dev?', 'Switch Back');
    await gaugeShows(window, '$(warning) 210Gi / 200Gi (105%)', 'error');
    await window.openClaims();
    await rowsShow(window, ['shop: 2 claims · 210Gi']);
    assert.equal(
      (await toasts.ours()).filter((text) => /over budget/.test(text)).length,
      1,
      'switching back is no news',
    );
  });
});
