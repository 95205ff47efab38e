import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { until } from '../support/until.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

const pictures = join(import.meta.dirname, '../../test-results/claimPanel');

describe('the panel of a claim', () => {
  let workbench: Workbench;
  let window: WorkbenchWindow;
  const violations: string[] = [];

  before(async () => {
    workbench = await Workbench.start({ demo: true, settings: { 'workbench.tips.enabled': false } });
    window = await workbench.openWindow();
    window.page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) violations.push(message.text());
    });
  });
  after(async () => {
    await workbench?.stop();
  });

  it('opens for the claim that is chosen, and tells what is known of it', async () => {
    await window.openClaims();
    await until('the namespaces are there', 60_000, async () => (await window.claimsRows()).length >= 12);
    await window.runCommand('PVC Watch: Show Claim');
    await window.quickInput.type('data-postgres-0');
    await window.quickInput.pick('data-postgres-0');
    await window.claimPanel().locator('#facts-rows').waitFor();
    assert.equal(await window.claimPanel().locator('#name').innerText(), 'data-postgres-0');
    assert.match(await window.claimPanel().locator('#place').innerText(), /^checkout in /);
    assert.match(await window.claimPanel().locator('#facts-rows').innerText(), /State\s+Bound/);
    await until('the pod is there', 60_000, async () =>
      /postgres-0/.test(await window.claimPanel().locator('#pods-rows').innerText()),
    );
    await window.screenshot(join(pictures, 'dark.png'));
    assert.deepEqual(violations, []);
  });

  for (const [name, theme] of [
    ['light', 'Default Light Modern'],
    ['high-contrast', 'Default High Contrast'],
  ] as const)
    it(`follows the ${name} theme`, async () => {
      const colour = async () =>
        await window
          .claimPanel()
          .locator('#name')
          .evaluate((element) => String(element.ownerDocument.defaultView.getComputedStyle(element).color));
      const before = await colour();
      await workbench.changeSettings(window, { 'workbench.colorTheme': theme });
      await until('the text has another colour', 60_000, async () => (await colour()) !== before);
      await window.screenshot(join(pictures, `${name}.png`));
      assert.deepEqual(violations, []);
    });

  it('is there again, with the claim in it, after the window was reloaded', async () => {
    // By the command: the workbench then writes down which editors are open before it goes.
    const loaded = window.page.waitForEvent('load');
    await window.runCommand('Developer: Reload Window');
    await loaded;
    await window.ready();
    await window.claimPanel().locator('#name', { hasText: 'data-postgres-0' }).waitFor();
    await until('it is filled', 60_000, async () =>
      (await window.claimPanel().locator('#place').innerText()).startsWith('checkout'),
    );
  });
});
