import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { commands } from 'vscode';
import { cleanWindow } from '../support/cleanWindow.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { claimsOf, live, summaryWhen } from '../support/product.ts';
import { set } from '../support/settings.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

const gi = 2 ** 30;

describe('settings', () => {
  let cluster: SimulatedCluster;

  before(async () => {
    cluster = await SimulatedCluster.start();
    for (const namespace of ['red', 'blue']) await cluster.createNamespace(namespace);
    await cluster.create('red', 'database', '3Gi', { app: 'db' });
    await cluster.create('red', 'cache', '1Gi', { app: 'cache' });
    await cluster.create('blue', 'database', '5Gi', { app: 'db' });
  });
  beforeEach(async () => {
    await set('namespaces', ['red', 'blue']);
    writeKubeconfig(cluster.kubeconfig(['shop-eu', 'prod-eu']));
    await claimed(9);
  });
  afterEach(cleanWindow);
  after(() => cluster.stop());

  const claimed = (gibibytes: number) =>
    summaryWhen(
      `${gibibytes} Gi are claimed`,
      ({ state, claimedBytes }) => state === 'live' && claimedBytes === gibibytes * gi,
    );
  const budget = (gibibytes: number | null) =>
    summaryWhen(
      `the budget is ${gibibytes} Gi`,
      ({ budgetBytes }) => budgetBytes === (gibibytes === null ? null : gibibytes * gi),
    );

  it('namespaces: narrows what is counted at once, and widens it again', async () => {
    await set('namespaces', ['blue']);
    const { namespaces } = await claimed(5);
    assert.deepEqual(
      namespaces.map(({ name }) => name),
      ['blue'],
    );
    await set('namespaces', undefined);
    await summaryWhen('all namespaces count', (summary) => claimsOf(summary).length > 100);
  });

  it('labelSelector and fieldSelector: count only what they select', async () => {
    await set('labelSelector', 'app=db');
    await claimed(8);
    await set('fieldSelector', 'metadata.namespace!=blue');
    await claimed(3);
    await set('labelSelector', '');
    await claimed(4);
    await set('fieldSelector', '');
    await claimed(9);
  });

  it('labelSelector: counts a claim as soon as it is labelled so', async () => {
    await set('labelSelector', 'app=db');
    await claimed(8);
    try {
      await cluster.label('red', 'cache', { app: 'db' });
      await claimed(9);
    } finally {
      await cluster.label('red', 'cache', { app: 'cache' });
    }
    await claimed(8);
  });

  it('labelSelector: the last good one stays in force where the server refuses the value', async () => {
    await set('labelSelector', 'app=cache');
    await claimed(1);
    await set('labelSelector', 'app==!db,,');
    // What VS Code tells of a setting has arrived everywhere by then.
    await sleep(500);
    await claimed(1);
    await set('labelSelector', 'app in (db)');
    await claimed(8);
  });

  it('maxClaims: moves the budget at once, and keeps the last good one where the value is wrong', async () => {
    await budget(200);
    await set('maxClaims', '12Gi');
    await budget(12);
    for (const wrong of ['0', '-5Gi', 'abc', '1e400', '8Ei']) {
      await set('maxClaims', wrong);
      // What VS Code tells of a setting has arrived everywhere by then.
      await sleep(500);
      await budget(12);
    }
    await set('maxClaims', '');
    await budget(null);
    await set('maxClaims', undefined);
    await budget(200);
  });

  it('a wrong value leaves the others in force', async () => {
    await set('namespaces', ['Not a namespace!']);
    await set('maxClaims', '12Gi');
    await budget(12);
    await claimed(9);
  });

  it('contexts: overrides the flat settings for the contexts it fits', async () => {
    await set('maxClaims', '12Gi');
    await set('contexts', { 'prod-*': { maxClaims: '60Gi', namespaces: ['red'] } });
    await budget(12);
    await set('context', 'prod-eu');
    await live('prod-eu');
    await claimed(4);
    await budget(60);
  });

  it('connect: manual waits for the user, and a click connects', async () => {
    await set('contexts', { 'prod-*': { connect: 'manual' } });
    await set('context', 'prod-eu');
    await summaryWhen('prod-eu waits', ({ context, state }) => context === 'prod-eu' && state === 'none');
    await commands.executeCommand('pvcwatch.refresh');
    await live('prod-eu');
  });
});
