import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { until } from '../support/until.ts';
import { contrast } from './support/contrast.ts';
import { gaugeShows } from './support/expect.ts';
import { ToastRecorder } from './support/toastRecorder.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

const root = join(import.meta.dirname, '../..');
/** The README's pictures are taken anew with PVCWATCH_PICTURES=1; otherwise they go where test results go. */
const pictures = process.env.PVCWATCH_PICTURES === '1' ? join(root, 'docs/images') : join(root, 'test-results/themes');

for (const theme of ['dark', 'light'] as const) {
  describe(`in the ${theme} theme`, () => {
    let workbench: Workbench;
    let window: WorkbenchWindow;

    before(async () => {
      workbench = await Workbench.start({
        theme,
        demo: true,
        settings: { 'pvcwatch.alerts.openAfterSeconds': 1, 'workbench.tips.enabled': false },
        viewport: { width: 1200, height: 720 },
      });
      window = await workbench.openWindow();
    });
    after(async () => {
      await workbench?.stop();
    });

    it('is readable, and says by colour how near the budget is', async () => {
      await gaugeShows(window, /^\$\(database\) [\d.]+Gi \/ 200Gi \(9\d%\)$/, 'warning');
      await window.openClaims();
      const recorder = await ToastRecorder.on(window);
      await until('the namespaces are there', 60_000, async () => (await window.claimsRows()).length >= 12);
      for (const row of await window.claimsRows()) {
        const ratio = contrast(row.colour, row.background);
        assert.ok(ratio >= 4.5, `${row.label} is ${row.colour} on ${row.background}: ${ratio.toFixed(1)}`);
      }
      const warned = await window.gauge();
      await window.toggle('checkout');
      await window.toggle('data-postgres-0');
      await until('the pod is there', 60_000, async () =>
        (await window.claimsRows()).some(({ label }) => label === 'postgres-0'),
      );
      await window.contextMenu('data-postgres-0', 'Show Manifest');
      await until('the manifest is there', 60_000, async () =>
        /kind: PersistentVolumeClaim/.test(await window.editorText()),
      );
      await gaugeShows(window, /^\$\(warning\) [\d.]+Gi \/ 200Gi \(10\d%\)$/, 'error');
      const breached = await window.gauge();
      assert.notEqual(breached.background, warned.background);
      await until('the crossing is told', 60_000, async () => (await recorder.ours()).length > 0);
      await window.page.mouse.move(700, 400);
      // The notification slides in.
      await window.page.waitForTimeout(1500);
      await window.screenshot(join(pictures, `overview-${theme}.png`));
    });
  });
}
