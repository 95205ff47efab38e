import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { commands, window } from 'vscode';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { limitMs, live, nothingFollowed, summaryWhen } from '../support/product.ts';
import { accepting, acceptingFirst } from '../support/quickInput.ts';
import { set, userValue, withWorkspaceSetting } from '../support/settings.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

const gi = 2 ** 30;

describe('window commands', () => {
  let cluster: SimulatedCluster;

  before(async () => {
    cluster = await SimulatedCluster.start();
    await cluster.createNamespace('shop');
    await cluster.create('shop', 'orders', '100Gi');
  });
  afterEach(cleanWindow);
  after(() => cluster.stop());

  async function followed(): Promise<void> {
    await set('namespaces', ['shop']);
    writeKubeconfig(cluster.kubeconfig(['shop-eu', 'shop-us', 'shop-ap']));
    await summaryWhen('the claim is there', ({ claimedBytes }) => claimedBytes === 100 * gi);
    await until('all is read', limitMs, async () => (await diagnostics()).includes('| synced | `true` |'));
  }

  it('Diagnostics opens a Markdown report of the connection, without the token', async () => {
    await followed();
    const report = await diagnostics();
    assert.match(report, /\| context \| `shop-eu` \|/);
    assert.match(report, /State: \*\*live\*\*/);
    assert.match(report, /\| claims \| `1` \|/);
    assert.match(report, /\| `\/api\/v1\/namespaces\/shop\/persistentvolumeclaims` \| live \| 1 \|/);
    assert.ok(!report.includes(cluster.token));
  });

  it('Diagnostics says why nothing is followed', async () => {
    await set('context', 'nowhere');
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await nothingFollowed();
    await until('the kubeconfig is read', limitMs, async () => /There is no context nowhere/.test(await diagnostics()));
  });

  it('Set Budget writes the budget of this context into pvcwatch.contexts, before all patterns', async () => {
    await set('contexts', { 'shop-*': { label: 'SHOP', maxClaims: '60Gi' } });
    await followed();
    await summaryWhen('the pattern counts', ({ budgetBytes }) => budgetBytes === 60 * gi);
    await acceptingFirst('pvcwatch.setBudget');
    assert.equal(
      JSON.stringify(userValue('contexts')),
      JSON.stringify({ 'shop-eu': { maxClaims: '110Gi' }, 'shop-*': { label: 'SHOP', maxClaims: '60Gi' } }),
    );
    await summaryWhen('the new budget counts', ({ budgetBytes }) => budgetBytes === 110 * gi);
  });

  it('Set Budget counts in a workspace that has such settings, whatever patterns the user has', async () => {
    await set('contexts', { '*': { maxClaims: '60Gi' } });
    await withWorkspaceSetting('contexts', { 'shop-*': { label: 'SHOP' } }, async () => {
      await followed();
      await summaryWhen("the user's pattern counts", ({ budgetBytes }) => budgetBytes === 60 * gi);
      await acceptingFirst('pvcwatch.setBudget');
      await summaryWhen('the new budget counts', ({ budgetBytes }) => budgetBytes === 110 * gi);
      assert.deepEqual(userValue('contexts'), { '*': { maxClaims: '60Gi' } });
    });
  });

  it('Set Budget can say that there is none here', async () => {
    await set('contexts', {});
    await followed();
    await accepting('pvcwatch.setBudget', 2);
    assert.deepEqual(userValue('contexts'), { 'shop-eu': { maxClaims: '' } });
    await summaryWhen('there is no budget', ({ budgetBytes }) => budgetBytes === null);
  });

  it('Switch Context pins a context against every change of the kubeconfig, and follows it again', async () => {
    await followed();
    await accepting('pvcwatch.switchContext', 2);
    await live('shop-us');
    writeKubeconfig(cluster.kubeconfig(['shop-ap', 'shop-us']));
    await set('context', 'shop-ap');
    await sleep(4_000);
    await live('shop-us');
    assert.match(await diagnostics(), /`shop-us \(pinned\)`/);
    await acceptingFirst('pvcwatch.switchContext');
    await live('shop-ap');
  });

  it('Refresh leaves what is live as it is', async () => {
    await followed();
    await commands.executeCommand('pvcwatch.refresh');
    await sleep(2_000);
    assert.equal((await live('shop-eu')).claimedBytes, 100 * gi);
  });

  it('every command ends well where nothing is followed', async () => {
    await nothingFollowed();
    for (const name of ['findClaim', 'showManifest', 'copyName', 'copyKubectlCommand', 'setBudget', 'snooze'])
      await commands.executeCommand(`pvcwatch.${name}`);
    for (const name of ['showClaims', 'showSnoozes', 'signIn', 'showLog', 'refresh', 'closeDemoCluster'])
      await commands.executeCommand(`pvcwatch.${name}`);
    await nothingFollowed();
  });

  it('a command that is given something else than it takes does what it does without', async () => {
    await followed();
    const episode = { kind: 'claim', key: 'k', openedMs: 1, subject: 'claim:x/y', contextLabel: 'x' };
    for (const given of ['text', 7, null, [], [episode, 1], {}, { episode }, { claim: 'x' }, { contextName: 1 }])
      for (const name of ['snooze', 'findClaim', 'showClaim', 'showManifest', 'copyName', 'copyKubectlCommand']) {
        const command = commands.executeCommand(`pvcwatch.${name}`, given);
        const closing = setInterval(() => commands.executeCommand('workbench.action.closeQuickOpen'), 100);
        await command;
        clearInterval(closing);
      }
    assert.equal((await live('shop-eu')).claimedBytes, 100 * gi);
  });

  async function diagnostics(): Promise<string> {
    await commands.executeCommand('pvcwatch.diagnostics');
    const document = window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'markdown');
    return document?.getText() ?? '';
  }
});
