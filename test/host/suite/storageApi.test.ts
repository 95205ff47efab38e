import assert from 'node:assert/strict';
import type { StorageSummary } from '../../../src/api.ts';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { claimIn, claimsOf, limitMs, live, nothingFollowed, pvcWatch, summaryWhen } from '../support/product.ts';
import { set } from '../support/settings.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

const gi = 2 ** 30;

describe('API for other extensions', () => {
  let cluster: SimulatedCluster;

  before(async () => {
    cluster = await SimulatedCluster.start();
    await cluster.createNamespace('guests');
  });
  beforeEach(() => set('namespaces', ['guests']));
  afterEach(cleanWindow);
  after(() => cluster.stop());

  it('is plain JSON that says nothing where nothing is followed', async () => {
    const summary = await nothingFollowed();
    assert.deepEqual(summary, JSON.parse(JSON.stringify(summary)));
    assert.deepEqual(
      { ...summary, budgetBytes: 0, ratio: 0 },
      {
        context: null,
        state: 'none',
        asOf: null,
        partial: false,
        claimedBytes: 0,
        budgetBytes: 0,
        ratio: 0,
        breached: false,
        namespaces: [],
      },
    );
  });

  it('is plain JSON of every claim where something is', async () => {
    await set('namespaces', []);
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    const summary = await live('shop-eu');
    assert.deepEqual(summary, JSON.parse(JSON.stringify(summary)));
    assert.equal(new Date(summary.asOf ?? '').toISOString(), summary.asOf);
    assert.ok(summary.namespaces.every(({ access }) => access === 'ok'));
    const claims = claimsOf(summary);
    assert.ok(claims.length > 100);
    const sum = claims.reduce((total, { claimedBytes }) => total + Number(claimedBytes), 0);
    assert.equal(summary.claimedBytes, sum);
    assert.ok(claims.some(({ phase, capacityBytes }) => phase === 'Bound' && capacityBytes !== null));
    assert.ok(claims.every(({ uid, name }) => uid !== '' && name !== ''));
    assert.ok(claims.some(({ storageClass }) => storageClass !== undefined));
  });

  it('tells listeners of a claim that comes, grows and goes', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
    const heard: (number | string | null)[] = [];
    const sizeOf = (summary: StorageSummary) => claimIn(summary, 'guests', 'album')?.claimedBytes ?? null;
    const subscription = (await pvcWatch()).onDidChangeSnapshot((summary) => {
      const size = sizeOf(summary);
      if (heard.at(-1) !== size) heard.push(size);
    });
    try {
      await cluster.create('guests', 'album', '10Gi');
      await until('the claim was heard of', limitMs, () => heard.includes(10 * gi));
      await until('it is bound', limitMs, async () => (await cluster.phase('guests', 'album')) === 'Bound');
      await cluster.resize('guests', 'album', '15Gi');
      await until('its growth was heard of', limitMs, () => heard.includes(15 * gi));
      await cluster.delete('guests', 'album');
      await until('its end was heard of', limitMs, () => heard.length > 0 && heard.at(-1) === null);
      assert.deepEqual(
        heard.filter((size) => size !== null),
        [10 * gi, 15 * gi],
      );
    } finally {
      subscription.dispose();
    }
  });

  it('tells a listener nothing after it was disposed of, once or twice, and the others all', async () => {
    writeKubeconfig(cluster.kubeconfig(['shop-eu']));
    await live('shop-eu');
    const api = await pvcWatch();
    const names: string[] = [];
    const first = api.onDidChangeSnapshot(() => names.push('first'));
    const second = api.onDidChangeSnapshot((summary) => {
      if (claimIn(summary, 'guests', 'late')) names.push('second');
    });
    try {
      first.dispose();
      first.dispose();
      await cluster.create('guests', 'late', '1Gi');
      await until('the other listener was told', limitMs, () => names.includes('second'));
      assert.ok(!names.includes('first'));
    } finally {
      second.dispose();
      await cluster.delete('guests', 'late');
    }
  });

  it('counts in numbers while they are exact, otherwise in decimal strings', async () => {
    await cluster.create('guests', 'small', '1500m');
    await cluster.create('guests', 'huge', '8Pi');
    await cluster.create('guests', 'odd', '8589934593Mi');
    try {
      writeKubeconfig(cluster.kubeconfig(['shop-eu']));
      const summary = await summaryWhen('all three are there', (each) => claimsOf(each).length === 3);
      assert.equal(claimIn(summary, 'guests', 'small')?.claimedBytes, 2);
      assert.equal(claimIn(summary, 'guests', 'huge')?.claimedBytes, '9007199254740992');
      assert.equal(claimIn(summary, 'guests', 'odd')?.requestedBytes, '9007199255789568');
      assert.equal(summary.claimedBytes, String(9007199254740992n + 9007199255789568n + 2n));
      assert.equal(summary.budgetBytes, 200 * gi);
    } finally {
      for (const name of ['small', 'huge', 'odd']) await cluster.delete('guests', name);
    }
  });

  it('is breached strictly above the budget, at once', async () => {
    await cluster.create('guests', 'archive', '10Gi');
    try {
      await set('maxClaims', '10Gi');
      writeKubeconfig(cluster.kubeconfig(['shop-eu']));
      const full = await summaryWhen('the budget is full', ({ claimedBytes }) => claimedBytes === 10 * gi);
      assert.deepEqual([full.budgetBytes, full.ratio, full.breached], [10 * gi, 1, false]);
      await cluster.create('guests', 'drop', '1');
      const over = await summaryWhen('a byte more is claimed', ({ claimedBytes }) => claimedBytes === 10 * gi + 1);
      assert.equal(over.breached, true);
      await cluster.delete('guests', 'drop');
      await summaryWhen('it is back within the budget', ({ breached }) => !breached);
      await set('maxClaims', '');
      const free = await summaryWhen('there is no budget', ({ budgetBytes }) => budgetBytes === null);
      assert.deepEqual([free.ratio, free.breached], [null, false]);
    } finally {
      await cluster.delete('guests', 'archive');
    }
  });

  it('cannot be changed by one extension for the others', async () => {
    const api = (await pvcWatch()) as { snapshot: unknown };
    assert.throws(() => {
      api.snapshot = undefined;
    }, TypeError);
  });
});
