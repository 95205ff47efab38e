import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanWindow } from '../support/cleanWindow.ts';
import { otherKubeconfig, removeKubeconfig, writeKubeconfig } from '../support/kubeconfigFile.ts';
import { claimIn, live, nothingFollowed, pvcWatch, summaryWhen } from '../support/product.ts';
import { set } from '../support/settings.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

describe('kubeconfig', () => {
  let cluster: SimulatedCluster;
  let other: SimulatedCluster;

  before(async () => {
    cluster = await SimulatedCluster.start();
    other = await SimulatedCluster.start();
    await cluster.createNamespace('here');
    await cluster.create('here', 'claim', '1Gi');
    await other.createNamespace('there');
    await other.create('there', 'claim', '2Gi');
  });
  afterEach(cleanWindow);
  after(async () => {
    await cluster.stop();
    await other.stop();
  });

  it('is followed as soon as it is written, and not any more once it is removed', async () => {
    await nothingFollowed();
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    const summary = await live('shop-eu');
    assert.ok(claimIn(summary, 'here', 'claim'));
    removeKubeconfig();
    await nothingFollowed();
  });

  it('leads to another cluster when another one is written into it', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
    const mixed: string[] = [];
    const subscription = (await pvcWatch()).onDidChangeSnapshot((summary) => {
      const foreign = summary.context === 'shop-eu' ? 'there' : 'here';
      if (claimIn(summary, foreign, 'claim')) mixed.push(`${summary.context} shows ${foreign}`);
    });
    try {
      writeKubeconfig(other.kubeconfig(['blog-us']));
      const summary = await live('blog-us');
      assert.ok(claimIn(summary, 'there', 'claim'));
      assert.equal(claimIn(summary, 'here', 'claim'), undefined);
      assert.deepEqual(mixed, []);
    } finally {
      subscription.dispose();
    }
  });

  it('keeps what is followed while the file is half-written', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
    const contexts: (string | null)[] = [];
    const subscription = (await pvcWatch()).onDidChangeSnapshot(({ context }) => {
      if (contexts.at(-1) !== context) contexts.push(context);
    });
    try {
      const whole = JSON.stringify(cluster.kubeconfig(['shop-us']));
      writeKubeconfig(whole.slice(0, whole.length / 2));
      await sleep(2_500);
      writeKubeconfig(whole);
      await live('shop-us');
      assert.deepEqual(
        contexts.filter((context) => context !== 'shop-eu'),
        ['shop-us'],
      );
    } finally {
      subscription.dispose();
    }
  });

  it('is given up once it stays broken, and followed again once it is whole', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
    writeKubeconfig('apiVersion: v1\nkind: Config\ncontexts: [ {{{\n');
    await nothingFollowed();
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
  });

  it('is left alone by changes that change nothing', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
    const states = new Set<string>();
    const subscription = (await pvcWatch()).onDidChangeSnapshot(({ state }) => states.add(state));
    try {
      writeKubeconfig({ ...cluster.kubeconfig(['shop-eu']), preferences: { colors: true } });
      await sleep(3_000);
      await cluster.create('here', 'after', '1Gi');
      await summaryWhen('the session goes on', (summary) => claimIn(summary, 'here', 'after') !== undefined);
      assert.deepEqual([...states], ['live']);
    } finally {
      subscription.dispose();
      await cluster.delete('here', 'after');
    }
  });

  it('has its new token used in the same session', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu'], { token: 'outdated' }));
    await summaryWhen('the old token is refused', ({ context, state }) => context === 'shop-eu' && state === 'failing');
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
  });

  it('is the one that pvcwatch.kubeconfig names', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
    await set('kubeconfig', otherKubeconfig('other.kubeconfig', other.kubeconfig(['blog-us'])));
    await live('blog-us');
    await set('kubeconfig', undefined);
    await live('shop-eu');
  });

  it('is named relative to the workspace folder', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of VS Code, not of JavaScript
    await set('kubeconfig', '${workspaceFolder}/../inside.kubeconfig');
    otherKubeconfig('inside.kubeconfig', cluster.kubeconfig(['inside']));
    await live('inside');
  });

  it('has the context followed that pvcwatch.context names', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu', 'shop-us']));
    await live('shop-eu');
    await set('context', 'shop-us');
    await live('shop-us');
    await set('context', 'shop-mars');
    await nothingFollowed();
    await set('context', '');
    await live('shop-eu');
  });
});
