import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { createClaim } from '../support/claimWriter.ts';
import { ControlPlane, type User } from '../support/controlPlane.ts';
import { gaugeShows, rowsShow, welcomeShows } from './support/expect.ts';
import { ToastRecorder } from './support/toastRecorder.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

const results = join(import.meta.dirname, '../../test-results/states');

/** One window whose kubeconfig file is rewritten: every state is reached live, without a reload. */
describe('states on a real API server', () => {
  let plane: ControlPlane;
  let workbench: Workbench;
  let window: WorkbenchWindow;
  let toasts: ToastRecorder;

  const write = (content: unknown) =>
    writeFileSync(workbench.kubeconfig, typeof content === 'string' ? content : JSON.stringify(content));
  const become = (user: User, context: string, namespace?: string) =>
    write(plane.kubeconfigObject(user, context, namespace));

  before(async () => {
    plane = await ControlPlane.start();
    await createClaim(plane.admin, 'shop', 'data', '10Gi');
    await createClaim(plane.admin, 'default', 'hidden', '5Gi');
    workbench = await Workbench.start({ settings: { 'pvcwatch.maxClaims': '200Gi' } });
    window = await workbench.openWindow();
    toasts = await ToastRecorder.on(window);
    await window.openClaims();
  });
  after(async () => {
    await workbench?.stop();
    await plane?.stop();
  });
  afterEach(async function () {
    await window?.screenshot(join(results, `${this.currentTest?.title.replaceAll(/\W+/g, '-')}.png`));
  });

  it('says that there is no kubeconfig', async () => {
    await gaugeShows(window, '$(database) No cluster', 'none');
    assert.deepEqual(await welcomeShows(window, /no cluster to follow/), [
      'Switch Context',
      'Retry',
      'Open Demo Cluster',
    ]);
  });

  it('follows a kubeconfig that appears', async () => {
    become('viewer', 'kind-viewer');
    await gaugeShows(window, '$(database) 15Gi / 200Gi (7%)', 'none');
    await rowsShow(window, ['default: 1 claim · 5Gi', 'shop: 1 claim · 10Gi']);
  });

  it('shows part of the scope as a lower bound', async () => {
    become('lister', 'kind-lister');
    await gaugeShows(window, '$(database) 10Gi+ / 200Gi (5%+)', 'none');
    await rowsShow(window, ['shop: 1 claim · 10Gi', '4 namespaces without access']);
    assert.match(await window.hover('gauge'), /2 of 6 namespaces readable/);
  });

  it('shows the own namespace of somebody who may not list namespaces', async () => {
    become('namespaced', 'kind-own', 'shop');
    await rowsShow(window, ['shop: 1 claim · 10Gi']);
    await gaugeShows(window, '$(database) 10Gi+ / 200Gi (5%+)', 'none');
    assert.match(await window.hover('gauge'), /kind-own/);
  });

  it('says that nothing may be read', async () => {
    become('nobody', 'kind-nobody');
    await gaugeShows(window, '$(lock) PVC Watch', 'none');
    await welcomeShows(window, /no permission to list/);
  });

  it('says that there are no claims', async () => {
    become('namespaced', 'kind-empty', 'blog');
    await welcomeShows(window, /There are no persistent volume claims here/);
  });

  it('says that a token is refused', async () => {
    const config = plane.kubeconfigObject('viewer', 'prod-eu');
    write({ ...config, users: [{ name: 'viewer', user: { token: 'stale' } }] });
    await gaugeShows(window, '$(debug-disconnect) prod-eu', 'none');
    await welcomeShows(window, /cannot be reached/);
    assert.match(await window.hover('gauge'), /does not accept the credentials of user viewer/);
  });

  it('asks to sign in when a credential plugin fails', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'false',
      interactiveMode: 'IfAvailable',
    };
    write({ ...plane.kubeconfigObject('viewer', 'prod-eu'), users: [{ name: 'viewer', user: { exec } }] });
    await gaugeShows(window, '$(key) Sign in: prod-eu', 'none');
    assert.ok((await welcomeShows(window, /needs you to sign in/)).includes('Sign In'));
  });

  it('says what is wrong with a kubeconfig', async () => {
    write('contexts: [');
    await gaugeShows(window, '$(database) No cluster', 'none');
    assert.match(await window.hover('gauge'), /is not a valid kubeconfig|cannot be read|YAML/i);
  });

  it('says when a server cannot be reached', async () => {
    const config = plane.kubeconfigObject('viewer', 'arn:aws:eks:eu-west-1:123456789012:cluster/prod');
    write({ ...config, clusters: [{ name: 'kind', cluster: { server: 'https://127.0.0.1:1' } }] });
    await gaugeShows(window, '$(debug-disconnect) prod', 'none');
    await welcomeShows(window, /127\.0\.0\.1 is that machine itself/);
  });

  it('recovers from all of it, and has said nothing in popups', async () => {
    become('certificate', 'kind-certificate');
    await gaugeShows(window, '$(database) 15Gi / 200Gi (7%)', 'none');
    assert.deepEqual(await toasts.messages(), []);
  });
});
