import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commands, window } from 'vscode';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { CredentialPlugin, credential } from '../support/credentialPlugin.ts';
import { kubeconfigFile, temporaryFolder, writeKubeconfig } from '../support/kubeconfigFile.ts';
import { limitMs, live, summaryWhen } from '../support/product.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

describe('credential plugin', () => {
  let cluster: SimulatedCluster;
  let plugin: CredentialPlugin;

  before(async () => {
    cluster = await SimulatedCluster.start();
  });
  beforeEach(() => {
    plugin = new CredentialPlugin();
  });
  afterEach(cleanWindow);
  after(() => cluster.stop());

  const signInNeeded = () =>
    summaryWhen('it asks to sign in', ({ context, state }) => context === 'prod' && state === 'signIn');

  it('is run once, told that nobody can answer it, and connects', async () => {
    plugin.succeedWith(cluster.token);
    writeKubeconfig(cluster.kubeconfig(['prod'], plugin.user));
    await live('prod');
    assert.equal(plugin.runs.length, 1);
    assert.equal((JSON.parse(plugin.runs[0] ?? '') as { spec: { interactive: boolean } }).spec.interactive, false);
  });

  it('that has failed is not run again by itself', async () => {
    writeKubeconfig(cluster.kubeconfig(['prod'], plugin.user));
    await signInNeeded();
    assert.equal(plugin.runs.length, 1);
    // Whatever else happens: looking again, another session for the same cluster.
    await commands.executeCommand('pvcwatch.refresh');
    await sleep(2_000);
    writeKubeconfig({ ...cluster.kubeconfig(['prod'], plugin.user), contexts: inNamespace('prod', 'elsewhere') });
    await sleep(4_000);
    await signInNeeded();
    assert.equal(plugin.runs.length, 1);
  });

  it('prints nothing that diagnostics would show', async () => {
    writeKubeconfig(cluster.kubeconfig(['prod'], plugin.user));
    await signInNeeded();
    await commands.executeCommand('pvcwatch.diagnostics');
    const report = window.activeTextEditor?.document.getText() ?? '';
    assert.match(report, /exit code 3/);
    assert.ok(!report.includes('hunter2'));
  });

  it('is run again on Sign In, after kubectl has reached the cluster in a terminal', async () => {
    const kubectl = fakeKubectl();
    try {
      writeKubeconfig(cluster.kubeconfig(['prod'], plugin.user));
      await signInNeeded();
      kubectl.succeedsBy(plugin.answerFile, credential(cluster.token));
      await commands.executeCommand('pvcwatch.signIn');
      await live('prod');
      assert.equal(plugin.runs.length, 2);
      assert.deepEqual(kubectl.calls(), [`${kubeconfigFile()}: --context prod get --raw /readyz`]);
    } finally {
      kubectl.remove();
    }
  });

  it('is left alone when kubectl has not reached the cluster', async () => {
    const kubectl = fakeKubectl();
    try {
      writeKubeconfig(cluster.kubeconfig(['prod'], plugin.user));
      await signInNeeded();
      void commands.executeCommand('pvcwatch.signIn');
      await until('kubectl was run', limitMs, () => kubectl.calls().length > 0);
      await sleep(2_000);
      await signInNeeded();
      assert.equal(plugin.runs.length, 1);
    } finally {
      kubectl.remove();
    }
  });
});

function inNamespace(name: string, namespace: string): readonly object[] {
  return [{ name, context: { cluster: 'simulated', user: 'me', namespace } }];
}

interface FakeKubectl {
  /** From now on it writes a file, as a sign-in in the browser would leave a token, and succeeds. */
  succeedsBy(file: string, content: string): void;
  /** KUBECONFIG and arguments of each call. */
  calls(): readonly string[];
  remove(): void;
}

/** A kubectl in the folder that comes first on the PATH of the tests; it fails until it is told otherwise. */
function fakeKubectl(): FakeKubectl {
  const folder = join(temporaryFolder(), 'bin');
  const [file, log] = [join(folder, 'kubectl'), join(folder, 'calls')];
  mkdirSync(folder, { recursive: true });
  const write = (end: string) => {
    writeFileSync(file, `#!/bin/sh\necho "$KUBECONFIG: $*" >> '${log}'\n${end}\n`);
    chmodSync(file, 0o755);
  };
  writeFileSync(log, '');
  write('exit 1');
  return {
    succeedsBy: (written, content) => write(`printf '%s' '${content}' > '${written}'`),
    calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
