import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { until } from '../support/until.ts';
import { kubernetesExtensionVsix } from './support/kubernetesExtension.ts';
import { ToastRecorder } from './support/toastRecorder.ts';
import { Workbench } from './support/workbench.ts';
import type { WorkbenchWindow } from './support/workbenchWindow.ts';

describe('the choice of the Kubernetes extension', () => {
  let folder: string;
  let server: DemoServer;
  let workbench: Workbench;
  let window: WorkbenchWindow;
  let choice: string;

  /** A kubeconfig whose one context has this name. */
  const kubeconfig = (context: string) => {
    const file = join(folder, `${context}.kubeconfig`);
    const config = JSON.parse(server.kubeconfig) as { contexts: { name: string }[] };
    const contexts = config.contexts.map((each) => ({ ...each, name: context }));
    writeFileSync(file, JSON.stringify({ ...config, contexts, 'current-context': context }));
    return file;
  };
  const choose = (path: unknown) => writeFileSync(choice, JSON.stringify(path));
  const follows = (context: string) =>
    until(`${context} is followed`, 60_000, async () => (await window.hover('gauge')).includes(context));

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-k8s-'));
    choice = join(folder, 'choice.json');
    server = await startDemoServer({ clock: systemClock, random: Math.random, life: false });
    choose({ pathType: 'host', hostPath: kubeconfig('chosen-there') });
    workbench = await Workbench.start({
      kubeconfig: kubeconfig('from-environment'),
      vsix: [await kubernetesExtensionVsix(folder, choice)],
    });
    window = await workbench.openWindow();
  });
  after(async () => {
    await workbench?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes before KUBECONFIG', async () => {
    await follows('chosen-there');
  });

  it('is followed when it changes', async () => {
    choose({ pathType: 'host', hostPath: kubeconfig('chosen-later') });
    await follows('chosen-later');
  });

  it('is explained when it lies inside WSL, and KUBECONFIG is followed in its place', async () => {
    const recorder = await ToastRecorder.on(window);
    choose({ pathType: 'wsl', wslPath: '/home/dev/.kube/config' });
    await until('it is explained', 60_000, async () => (await recorder.ours()).length > 0);
    assert.match(
      (await recorder.ours()).join(),
      /uses \/home\/dev\/\.kube\/config inside WSL.*set pvcwatch\.kubeconfig/,
    );
    await follows('from-environment');
  });
});
