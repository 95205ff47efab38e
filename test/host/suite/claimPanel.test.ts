import assert from 'node:assert/strict';
import { commands, type Tab, TabInputWebview, window } from 'vscode';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { limitMs, summaryWhen } from '../support/product.ts';
import { acceptingFirst } from '../support/quickInput.ts';
import { set } from '../support/settings.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

describe('Show Claim', () => {
  let cluster: SimulatedCluster;

  before(async () => {
    cluster = await SimulatedCluster.start();
    await cluster.createNamespace('shelf');
    await cluster.create('shelf', 'album', '10Gi');
  });
  beforeEach(async () => {
    await set('namespaces', ['shelf']);
    writeKubeconfig(cluster.kubeconfig(['shop eu']));
    await summaryWhen('the claim is there', ({ claimedBytes }) => claimedBytes === 10 * 2 ** 30);
  });
  afterEach(async () => {
    await window.tabGroups.close(panels());
    await cleanWindow();
  });
  after(async () => {
    await cluster.stop();
  });

  it('opens the panel of the claim that is chosen', async () => {
    await acceptingFirst('pvcwatch.showClaim');
    await until('the panel is open', limitMs, () => panels().length === 1);
    assert.equal(panels()[0]?.label, 'album');
  });

  it('brings the panel that is open to the front, and opens no second', async () => {
    await acceptingFirst('pvcwatch.showClaim');
    await until('the panel is open', limitMs, () => panels().length === 1);
    await commands.executeCommand('workbench.action.files.newUntitledFile');
    await until('something else is in front', limitMs, () => panels()[0]?.isActive === false);
    await acceptingFirst('pvcwatch.showClaim');
    await until('the panel is in front', limitMs, () => panels()[0]?.isActive === true);
    assert.equal(panels().length, 1);
  });

  it('opens it anew after it was closed', async () => {
    await acceptingFirst('pvcwatch.showClaim');
    await until('the panel is open', limitMs, () => panels().length === 1);
    await window.tabGroups.close(panels());
    await until('the panel is closed', limitMs, () => panels().length === 0);
    await acceptingFirst('pvcwatch.showClaim');
    await until('the panel is open again', limitMs, () => panels().length === 1);
  });

  function panels(): readonly Tab[] {
    return window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith('pvcwatch.claim'));
  }
});
