import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { until } from '../support/until.ts';
import { gaugeShows, welcomeShows } from './support/expect.ts';
import { ToastRecorder } from './support/toastRecorder.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

const results = join(import.meta.dirname, '../../test-results/demo');

describe('the demo cluster', () => {
  let workbench: Workbench;
  let window: WorkbenchWindow;

  before(async () => {
    workbench = await Workbench.start({ settings: { 'pvcwatch.alerts.openAfterSeconds': 1 } });
    window = await workbench.openWindow();
    await window.openClaims();
  });
  after(async () => {
    await workbench?.stop();
  });

  it('opens from the empty view', async () => {
    assert.ok((await welcomeShows(window, /no cluster to follow/)).includes('Open Demo Cluster'));
    await window.clickWelcome('Open Demo Cluster');
    await gaugeShows(window, /^\$\((database|warning)\) [\d.]+Gi \/ 200Gi \(\d+%\)$/);
    await until('the namespaces are there', 60_000, async () => (await window.claimsRows()).length >= 12);
    assert.match(await window.hover('gauge'), /demo cluster, simulated on this machine/);
  });

  it('crosses its budget before long, and the notification begins with [demo]', async () => {
    const recorder = await ToastRecorder.on(window);
    const told = async () => (await recorder.ours()).find((text) => text.includes('over budget'));
    await until('the crossing is told', 300_000, async () => (await told()) !== undefined);
    assert.match((await told()) ?? '', /^\[demo\] Storage claims in demo are \S+ over budget: \S+ of 200Gi \(10/);
    const toast = (await window.toasts()).find(({ message }) => message.includes('over budget'));
    assert.deepEqual(toast?.buttons, ['Show Claims', 'Snooze…', 'Settings']);
    assert.equal(toast?.severity, 'warning');
    await window.screenshot(join(results, 'toast.png'));
  });

  it('finds a claim and shows its facts, and the pod that uses it', async () => {
    await window.runCommand('PVC Watch: Find Claim');
    await window.quickInput.type('data-postgres-0');
    await window.quickInput.pick('data-postgres-0');
    await until('the claim is revealed and expanded', 60_000, async () =>
      (await window.claimsRows()).some(
        ({ label, description }) => label === 'postgres-0' && /^pod, /.test(description),
      ),
    );
    await window.screenshot(join(results, 'facts.png'));
  });

  it('moves while one looks', async () => {
    const before = JSON.stringify([(await window.gauge()).text, await window.claimsRows()]);
    await until(
      'something has changed',
      120_000,
      async () => JSON.stringify([(await window.gauge()).text, await window.claimsRows()]) !== before,
    );
  });

  it('is silent about a budget that the user sets, and can be snoozed', async () => {
    const recorder = await ToastRecorder.on(window);
    // Lowered by the user, a budget is a new condition that is taken over silently.
    await window.runCommand('PVC Watch: Set Budget');
    await window.quickInput.pick('Enter a value…');
    await window.quickInput.type('20Gi');
    await window.quickInput.accept();
    await gaugeShows(window, /^\$\(warning\) [\d.]+Gi \/ 20Gi \(\d+%\)$/, 'error');
    assert.deepEqual(
      (await recorder.ours()).filter((text) => text.includes('budget')),
      [],
    );
    await window.runCommand('PVC Watch: Snooze');
    await window.quickInput.pick('everything in scope');
    await window.quickInput.pick('1 hour');
    await gaugeShows(window, /^\$\(warning\) /, 'none');
    await window.runCommand('PVC Watch: Show Snoozes');
    await window.quickInput.pick('demo: everything in scope');
    await gaugeShows(window, /^\$\(warning\) /, 'error');
  });

  it('refuses a budget that is none, and says what is expected', async () => {
    await window.runCommand('PVC Watch: Set Budget');
    await window.quickInput.pick('Enter a value…');
    await window.quickInput.type('-5Gi');
    await until('the box says what is wrong', 30_000, async () =>
      /is negative.*200Gi/.test(await window.quickInput.message()),
    );
    await window.quickInput.cancel();
  });

  it('tells that a claim is nearly full, lists it, and shows it', async () => {
    const recorder = await ToastRecorder.on(window);
    const told = async () => (await recorder.ours()).find((text) => text.includes('payments/data-ledger-0'));
    await until('the claim is told', 300_000, async () => (await told()) !== undefined);
    assert.match(
      (await told()) ?? '',
      /^\[demo\] payments\/data-ledger-0 in demo is nearly full: [0-2]\.\d% free \(.+\)\.$/,
    );
    await window.screenshot(join(results, 'claim-toast.png'));
    const toast = (await window.toasts()).find(({ message }) => message.includes('payments/data-ledger-0'));
    assert.deepEqual(toast?.buttons, ['Show Claim', 'Snooze…', 'Settings']);
    await window.clickToast('payments/data-ledger-0', 'Show Claim');
    await window.claimPanel().locator('#name', { hasText: 'data-ledger-0' }).waitFor();
    assert.match(
      await window.claimPanel().locator('#facts-rows').innerText(),
      /Alerts\s+warning below 15% free, critical below 3%/,
    );
    assert.ok((await window.alertRows()).some((row) => /^payments\/data-ledger-0: [0-2]\.\d% free/.test(row)));
    await window.screenshot(join(results, 'claim-panel.png'));
  });

  it('ends by command', async () => {
    await window.runCommand('PVC Watch: Close Demo Cluster');
    await gaugeShows(window, '$(database) No cluster', 'none');
  });
});
