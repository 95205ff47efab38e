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

const results = join(import.meta.dirname, '../../test-results/settings');
const hostile = '[x](command:workbench.action.quit) $(zap) **bold** <b>"\'';

describe('settings and contexts on a real API server', () => {
  let plane: ControlPlane;
  let workbench: Workbench;
  let window: WorkbenchWindow;
  let toasts: ToastRecorder;

  const change = (changes: Readonly<Record<string, unknown>>) => workbench.changeSettings(window, changes);

  before(async () => {
    plane = await ControlPlane.start({ controllerManager: false });
    await createClaim(plane.admin, 'shop', 'db', '60Gi', { labels: { app: 'db' } });
    await createClaim(plane.admin, 'shop', 'cache', '40Gi', { labels: { app: 'cache' }, storageClass: 'waiting' });
    await createClaim(plane.admin, 'blog', 'media', '50Gi');
    const config = plane.kubeconfigObject('viewer', 'kind-dev');
    const [context] = config.contexts as { context: unknown }[];
    const contexts = ['kind-dev', 'kind-other', hostile].map((name) => ({ name, context: context?.context }));
    const kubeconfig = join(plane.folder, 'contexts.kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify({ ...config, contexts }));
    workbench = await Workbench.start({ kubeconfig, settings: { 'pvcwatch.maxClaims': '200Gi' } });
    window = await workbench.openWindow();
    toasts = await ToastRecorder.on(window);
    await window.openClaims();
    await rowsShow(window, ['blog: 1 claim · 50Gi', 'shop: 2 claims · 100Gi']);
  });
  after(async () => {
    await workbench?.stop();
    await plane?.stop();
  });

  it('take effect at once: selectors, namespaces, order, budgets', async () => {
    await change({ 'pvcwatch.labelSelector': 'app in (db)' });
    await rowsShow(window, ['shop: 1 claim · 60Gi']);
    await change({ 'pvcwatch.labelSelector': '', 'pvcwatch.fieldSelector': 'metadata.name!=db' });
    await rowsShow(window, ['blog: 1 claim · 50Gi', 'shop: 1 claim · 40Gi']);
    await change({ 'pvcwatch.fieldSelector': undefined, 'pvcwatch.namespaces': ['blog'] });
    await rowsShow(window, ['blog: 1 claim · 50Gi']);
    await change({ 'pvcwatch.namespaces': [], 'pvcwatch.sort': 'claimed' });
    await rowsShow(window, ['shop: 2 claims · 100Gi', 'blog: 1 claim · 50Gi']);
    await change({ 'pvcwatch.budgets': { 'namespace:blog': '40Gi', 'class:waiting': '1Ti' } });
    await until('the badge counts the exceeded budget', 60_000, async () => (await window.badge()) === '1');
    const tooltip = await window.hover('gauge');
    assert.match(tooltip, /over budget namespace blog: At 125\.0% claim capacity \(50Gi\/40Gi\)/);
    assert.match(tooltip, /class waiting: At 3\.9% claim capacity \(40Gi\/1Ti\)/);
    await change({ 'pvcwatch.budgets': {}, 'pvcwatch.maxClaims': '' });
    await gaugeShows(window, '$(database) 150Gi', 'none');
    await change({ 'pvcwatch.maxClaims': '100Gi' });
    await gaugeShows(window, '$(warning) 150Gi / 100Gi (150%)', 'error');
    await change({ 'pvcwatch.maxClaims': '200Gi' });
    await gaugeShows(window, '$(database) 150Gi / 200Gi (75%)', 'none');
    assert.deepEqual(await toasts.messages(), [], 'what the user changes is no news');
  });

  it('report a wrong value once, and keep the last good one', async () => {
    await change({ 'pvcwatch.maxClaims': '-5Gi' });
    await until('it is reported', 60_000, async () => (await toasts.ours()).length === 1);
    assert.match(
      (await toasts.ours())[0] ?? '',
      /^pvcwatch\.maxClaims: "-5Gi" is not accepted\. Expected a Kubernetes quantity/,
    );
    await gaugeShows(window, '$(database) 150Gi / 200Gi (75%)', 'none');
    await change({ 'pvcwatch.maxClaims': '200Gi' });
  });

  it('report a selector that the server refuses as the error of the setting, and keep the last good one', async () => {
    await change({ 'pvcwatch.labelSelector': 'app in (' });
    await until('it is reported', 60_000, async () => (await toasts.ours()).length === 2);
    assert.match((await toasts.ours())[1] ?? '', /^pvcwatch\.labelSelector is refused by the server: /);
    await rowsShow(window, ['shop: 2 claims · 100Gi', 'blog: 1 claim · 50Gi']);
    await window.screenshot(join(results, 'selector.png'));
    await change({ 'pvcwatch.labelSelector': '' });
    await rowsShow(window, ['shop: 2 claims · 100Gi', 'blog: 1 claim · 50Gi']);
  });

  it('pin a context to the window, over a reload, until the kubeconfig is followed again', async () => {
    await window.runCommand('PVC Watch: Switch Context');
    await window.quickInput.pick('kind-other');
    await until('the other context is followed', 60_000, async () => /kind-other/.test(await window.hover('gauge')));
    assert.equal(await window.viewDescription(), 'kind-other (pinned)');
    await window.reload();
    await gaugeShows(window, '$(database) 150Gi / 200Gi (75%)', 'none');
    assert.match(await window.hover('gauge'), /kind-other/);
    await window.runCommand('PVC Watch: Switch Context');
    await window.quickInput.pick('Follow kubeconfig');
    await until('the kubeconfig is followed', 60_000, async () => /kind-dev/.test(await window.hover('gauge')));
  });

  it('show a hostile context name as text, wherever it lands', async () => {
    await window.runCommand('PVC Watch: Switch Context');
    await until('the name is offered as it is', 60_000, async () =>
      (await window.quickInput.items()).some(({ label }) => label.replaceAll('\u200b', '') === hostile),
    );
    await window.quickInput.pick('command:workbench.action.quit');
    await until('it is followed', 60_000, async () => (await window.hover('gauge')).includes('**bold**'));
    const tooltip = await window.hover('gauge');
    assert.ok(tooltip.includes(hostile), tooltip);
    const links = await window.page
      .locator('.monaco-hover:visible a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('data-href') ?? link.getAttribute('href') ?? ''));
    assert.ok(links.length > 0 && links.every((link) => /^command:pvcwatch\.\w+$/.test(link)), links.join());
    await window.screenshot(join(results, 'hostile.png'));
  });
});
