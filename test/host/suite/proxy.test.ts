import assert from 'node:assert/strict';
import { ConfigurationTarget, workspace } from 'vscode';
import { cleanWindow } from '../support/cleanWindow.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { live, summaryWhen } from '../support/product.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

describe("VS Code's own proxy", () => {
  let cluster: SimulatedCluster;

  before(async () => {
    cluster = await SimulatedCluster.start();
  });
  afterEach(async () => {
    await setHttp('proxy', undefined);
    await setHttp('noProxy', undefined);
    await setHttp('proxySupport', undefined);
    await cleanWindow();
  });
  after(() => cluster.stop());

  const setHttp = (name: string, value: unknown) =>
    workspace.getConfiguration('http').update(name, value, ConfigurationTarget.Global);
  const unreachable = () => summaryWhen('it is not reached', ({ state }) => state === 'failing' || state === 'stale');

  it('leads to a server as soon as it is set, and no more as soon as it is not for it', async () => {
    const config = cluster.kubeconfig(['far']);
    const [
      {
        cluster: { server },
      } = assert.fail(),
    ] = config.clusters as [{ cluster: { server: string } }];
    writeKubeconfig({ ...config, clusters: [{ name: 'simulated', cluster: { server: 'http://cluster.invalid' } }] });
    await unreachable();
    // The simulated cluster takes requests as a proxy gets them: with the whole address.
    await setHttp('proxy', server);
    await live('far');
    await setHttp('noProxy', ['.invalid']);
    await unreachable();
    await setHttp('noProxy', undefined);
    await live('far');
    await setHttp('proxySupport', 'off');
    await unreachable();
  });
});
