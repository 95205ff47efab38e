import assert from 'node:assert/strict';
import { commands, env, tasks } from 'vscode';
import { cleanWindow } from '../support/cleanWindow.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { claimsOf, live, nothingFollowed } from '../support/product.ts';
import { acceptingFirst } from '../support/quickInput.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

describe('demo cluster', () => {
  afterEach(cleanWindow);

  it('opens without a kubeconfig, with a cluster worth looking at, and closes to nothing', async () => {
    await nothingFollowed();
    await commands.executeCommand('pvcwatch.openDemoCluster');
    const summary = await live('demo');
    const count = claimsOf(summary).length;
    assert.ok(count > 150 && count < 260, `${count} claims`);
    assert.ok(summary.namespaces.filter(({ claims }) => claims.length > 0).length >= 10);
    assert.equal(summary.partial, false);
    await commands.executeCommand('pvcwatch.closeDemoCluster');
    await nothingFollowed();
  });

  it('stands in for the followed cluster only while it is open', async () => {
    const cluster = await SimulatedCluster.start();
    try {
      writeKubeconfig(cluster.kubeconfig(['shop-eu']));
      await live('shop-eu');
      await commands.executeCommand('pvcwatch.openDemoCluster');
      await live('demo');
      await commands.executeCommand('pvcwatch.closeDemoCluster');
      await live('shop-eu');
    } finally {
      await cluster.stop();
    }
  });

  it('gives out kubectl commands of its own context, and asks nobody to sign in to it', async () => {
    await commands.executeCommand('pvcwatch.openDemoCluster');
    await live('demo');
    await acceptingFirst('pvcwatch.copyKubectlCommand');
    assert.match(await env.clipboard.readText(), /^kubectl --context demo -n [a-z-]+ get pvc [a-z0-9-]+$/);
    await commands.executeCommand('pvcwatch.signIn');
    assert.deepEqual(tasks.taskExecutions, []);
  });

  it('is one cluster however often it is opened', async () => {
    const open = () => commands.executeCommand('pvcwatch.openDemoCluster');
    await Promise.all([open(), open()]);
    const before = await live('demo');
    await open();
    const known = new Set(claimsOf(before).map(({ uid }) => uid));
    const same = claimsOf(await live('demo')).filter(({ uid }) => known.has(uid)).length;
    assert.ok(same > known.size * 0.9, `${same} of ${known.size} claims are the same`);
  });
});
