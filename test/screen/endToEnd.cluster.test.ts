import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { createClaim, deleteClaim, phaseOf, resizeClaim, writeStatus } from '../support/claimWriter.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { kubectl } from '../support/kubectl.ts';
import { until } from '../support/until.ts';
import { alertsAre, gaugeShows, rowShows, rowsShow } from './support/expect.ts';
import { ToastRecorder } from './support/toastRecorder.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

const results = join(import.meta.dirname, '../../test-results/end-to-end');
const over = 'Storage claims in kind-dev are 10Gi over budget: 210Gi of 200Gi (105.0%). Latest: shop/data-db-1, +60Gi.';
const back = 'Storage claims in kind-dev are back within budget: 150Gi of 200Gi (75.0%).';

describe('a real API server in a real VS Code', () => {
  let plane: ControlPlane;
  let workbench: Workbench;
  let one: WorkbenchWindow;
  let two: WorkbenchWindow;
  let picture = 0;

  before(async () => {
    plane = await ControlPlane.start();
    await createClaim(plane.admin, 'shop', 'data-db-0', '100Gi');
    await createClaim(plane.admin, 'blog', 'media', '50Gi', { storageClass: 'waiting' });
    workbench = await Workbench.start({
      kubeconfig: plane.kubeconfig('viewer'),
      settings: {
        'pvcwatch.maxClaims': '200Gi',
        'pvcwatch.alerts.openAfterSeconds': 2,
        'pvcwatch.alerts.closeAfterSeconds': 4,
      },
    });
    one = await workbench.openWindow();
    two = await workbench.openWindow();
  });
  after(async () => {
    await workbench?.stop();
    await plane?.stop();
  });
  afterEach(async () => {
    await one?.screenshot(join(results, `${++picture}.png`));
  });

  it('shows the claims of the current context and the claimed total', async () => {
    for (const window of [one, two]) await gaugeShows(window, '$(database) 150Gi / 200Gi (75%)', 'none');
    await one.clickGauge();
    await rowsShow(one, ['blog: 1 claim · 50Gi', 'shop: 1 claim · 100Gi']);
    await one.toggle('blog');
    await one.toggle('shop');
    await rowsShow(one, [
      'blog: 1 claim · 50Gi',
      '  media: 50Gi · waiting for first pod',
      'shop: 1 claim · 100Gi',
      '  data-db-0: 100Gi',
    ]);
    assert.match(await one.hover('gauge'), /At 75\.0% claim capacity \(150Gi\/200Gi\)/);
  });

  it('tells a breach once, in one of two windows, and its end once', async () => {
    const recorders = [await ToastRecorder.on(one), await ToastRecorder.on(two)];
    const told = async () => (await Promise.all(recorders.map((recorder) => recorder.ours()))).flat();
    await kubectl(plane, 'create', 'shop', 'data-db-1', '60Gi');
    for (const window of [one, two]) await gaugeShows(window, '$(warning) 210Gi / 200Gi (105%)', 'error');
    await rowShows(one, '  data-db-1: 60Gi');
    await until('the breach is told', 60_000, async () => (await told()).length > 0);
    assert.deepEqual(await told(), [over]);
    await until('the badge counts the episode', 60_000, async () => (await one.badge()) === '1');
    await alertsAre(one, /^Open: 1\neverything in scope: 105\.0% · 210Gi of 200Gi · (just now|\d+ s|\d+ min)$/);
    await one.screenshot(join(results, 'breach.png'));
    await kubectl(plane, 'delete', 'shop', 'data-db-1');
    for (const window of [one, two]) await gaugeShows(window, '$(database) 150Gi / 200Gi (75%)', 'none');
    await until('the end is told', 60_000, async () => (await told()).length > 1);
    assert.deepEqual(await told(), [over, back]);
    await alertsAre(one, /^Recent: 1\neverything in scope: back to normal /);
    await until('the badge is gone', 60_000, async () => (await one.badge()) === undefined);
  });

  it('follows an expansion from the request to the end', async () => {
    await until(
      'the claim is bound',
      60_000,
      async () => (await phaseOf(plane.admin, 'shop', 'data-db-0')) === 'Bound',
    );
    await kubectl(plane, 'resize', 'shop', 'data-db-0', '120Gi');
    await rowShows(one, '  data-db-0: 100Gi → 120Gi · resizing');
    await gaugeShows(one, '$(database) 170Gi / 200Gi (85%)', 'none');
    await writeStatus(plane.admin, 'shop', 'data-db-0', {
      allocatedResources: { storage: '120Gi' },
      allocatedResourceStatuses: { storage: 'NodeResizePending' },
    });
    await rowShows(one, '  data-db-0: 100Gi → 120Gi · grows when a pod mounts it');
    await writeStatus(plane.admin, 'shop', 'data-db-0', {
      allocatedResourceStatuses: null,
      capacity: { storage: '120Gi' },
    });
    await rowShows(one, '  data-db-0: 120Gi');
  });

  it('warns in colour near the budget', async () => {
    await resizeClaim(plane.admin, 'shop', 'data-db-0', '140Gi');
    await gaugeShows(one, '$(database) 190Gi / 200Gi (95%)', 'warning');
    await writeStatus(plane.admin, 'shop', 'data-db-0', { capacity: { storage: '140Gi' } });
  });

  it('keeps its values while the API server is away, says so, recovers by itself, and is silent about it', async () => {
    const recorder = await ToastRecorder.on(one);
    await plane.killApiServer();
    await gaugeShows(one, '$(database) 190Gi / 200Gi (95%) $(debug-disconnect)', 'warning');
    await rowShows(one, '  data-db-0: 140Gi');
    await one.screenshot(join(results, 'away.png'));
    await plane.restartApiServer();
    await gaugeShows(one, '$(database) 190Gi / 200Gi (95%)', 'warning');
    await createClaim(plane.admin, 'shop', 'cache', '1Gi');
    await rowShows(one, '  cache: 1Gi');
    await deleteClaim(plane.admin, 'shop', 'cache');
    assert.deepEqual(await recorder.ours(), []);
  });

  it('does not repeat a notification after a reload', async () => {
    await createClaim(plane.admin, 'shop', 'data-db-1', '60Gi');
    await gaugeShows(one, '$(warning) 250Gi / 200Gi (125%)', 'error');
    // Within half an hour the same condition continues its episode silently, so only the reload could say something.
    await one.reload();
    const recorder = await ToastRecorder.on(one);
    await gaugeShows(one, '$(warning) 250Gi / 200Gi (125%)', 'error');
    await gaugeShows(two, '$(warning) 250Gi / 200Gi (125%)', 'error');
    await until('the badge counts the episode', 60_000, async () => (await two.badge()) === '1');
    assert.deepEqual(await recorder.ours(), []);
  });

  it('shows the manifest of a claim, which follows it', async () => {
    await one.openClaims();
    await rowShows(one, 'shop: 2 claims · 200Gi');
    if (!(await one.claimsRows()).some(({ label }) => label === 'data-db-1')) await one.toggle('shop');
    await rowShows(one, '  data-db-1: 60Gi');
    await one.contextMenu('data-db-1', 'Show Manifest');
    await until('the manifest is shown', 60_000, async () => /storage: 60Gi/.test(await one.editorText()));
    assert.doesNotMatch(await one.editorText(), /managedFields/);
    await until(
      'the claim is bound',
      60_000,
      async () => (await phaseOf(plane.admin, 'shop', 'data-db-1')) === 'Bound',
    );
    await resizeClaim(plane.admin, 'shop', 'data-db-1', '70Gi');
    await until('the manifest follows', 60_000, async () => /storage: 70Gi/.test(await one.editorText()));
  });
});
