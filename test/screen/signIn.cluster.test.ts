import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { createClaim } from '../support/claimWriter.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { hasKubectl } from '../support/kubectl.ts';
import { until } from '../support/until.ts';
import { gaugeShows, rowsShow, welcomeShows } from './support/expect.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

const results = join(import.meta.dirname, '../../test-results/sign-in');

/** A credential plugin that notes each run, and gives a token only once the user has logged in. */
function writePlugin(folder: string, token: string): { readonly plugin: string; runs(): number; logIn(): void } {
  const [plugin, log, marker] = ['plugin.sh', 'runs', 'logged-in'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
  writeFileSync(
    plugin,
    `#!/bin/sh\necho run >> '${log}'\n[ -e '${marker}' ] || { echo 'please log in' >&2; exit 1; }\necho '${JSON.stringify(credential)}'\n`,
  );
  chmodSync(plugin, 0o700);
  writeFileSync(log, '');
  return {
    plugin,
    runs: () => readFileSync(log, 'utf8').split('\n').length - 1,
    logIn: () => writeFileSync(marker, ''),
  };
}

/** The PATH for VS Code: where there is no kubectl, with one that does what matters here, running the plugin. */
async function pathWithKubectl(folder: string, plugin: string): Promise<string> {
  const path = process.env.PATH ?? '';
  if (await hasKubectl()) return path;
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'kubectl'), `#!/bin/sh\nexec '${plugin}' > /dev/null\n`, { mode: 0o700 });
  return `${bin}${delimiter}${path}`;
}

describe('signing in on a real API server', () => {
  let plane: ControlPlane;
  let workbench: Workbench;
  let window: WorkbenchWindow;
  let login: ReturnType<typeof writePlugin>;
  let kubeconfig: string;

  before(async () => {
    plane = await ControlPlane.start({ controllerManager: false });
    await createClaim(plane.admin, 'shop', 'data', '10Gi');
    login = writePlugin(plane.folder, plane.token('viewer'));
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: login.plugin,
      interactiveMode: 'IfAvailable',
    };
    kubeconfig = join(plane.folder, 'exec.kubeconfig');
    const config = { ...plane.kubeconfigObject('viewer', 'prod-eu'), users: [{ name: 'viewer', user: { exec } }] };
    writeFileSync(kubeconfig, JSON.stringify(config));
    workbench = await Workbench.start({ kubeconfig, env: { PATH: await pathWithKubectl(plane.folder, login.plugin) } });
    window = await workbench.openWindow();
  });
  after(async () => {
    await workbench?.stop();
    await plane?.stop();
  });

  it('runs the plugin once by itself, and then waits for a click', async () => {
    await gaugeShows(window, '$(key) Sign in: prod-eu', 'none');
    assert.equal(login.runs(), 1);
    await window.reload();
    await gaugeShows(window, '$(key) Sign in: prod-eu', 'none');
    assert.equal(login.runs(), 1, 'a reload is no click');
  });

  it('opens a terminal with kubectl on a click, and connects when that succeeds', async () => {
    login.logIn();
    await window.clickGauge();
    await until('the claims are there', 60_000, async () => {
      await window.screenshot(join(results, 'terminal.png'));
      return /10Gi/.test((await window.gauge()).text);
    });
    await window.openClaims();
    await rowsShow(window, ['shop: 1 claim · 10Gi']);
  });

  it('runs nothing in an untrusted workspace, and says why', async () => {
    const before = login.runs();
    const restricted = await Workbench.start({
      kubeconfig,
      workspaceTrust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    try {
      const untrusted = await restricted.openWindow();
      await gaugeShows(untrusted, '$(key) Sign in: prod-eu', 'none');
      await untrusted.openClaims();
      const buttons = await welcomeShows(untrusted, /no command is run in an untrusted workspace/);
      assert.deepEqual(buttons, ['Manage Workspace Trust', 'Retry', 'Open Demo Cluster']);
      await untrusted.clickWelcome('Retry');
      await untrusted.screenshot(join(results, 'untrusted.png'));
      assert.equal(login.runs(), before);
    } finally {
      await restricted.stop();
    }
  });
});
