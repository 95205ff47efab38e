import assert from 'node:assert/strict';
import type { StorageSummary } from '../../../src/api.ts';
import { createClaim, deleteClaim, phaseOf, resizeClaim, writeStatus } from '../../support/claimWriter.ts';
import { ControlPlane, type User } from '../../support/controlPlane.ts';
import { createNamespace } from '../../support/rights.ts';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { CredentialPlugin } from '../support/credentialPlugin.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { claimIn, claimsOf, limitMs, live, pvcWatch, summaryWhen } from '../support/product.ts';
import { set } from '../support/settings.ts';

const gi = 2 ** 30;

describe('a real API server', () => {
  let plane: ControlPlane;

  before(async function () {
    this.timeout(240_000);
    plane = await ControlPlane.start({ controllerManager: true });
    await createNamespace(plane.admin, 'hidden');
    await createClaim(plane.admin, 'hidden', 'secret', '7Gi');
    await createClaim(plane.admin, 'shop', 'orders', '3Gi', { labels: { app: 'db' } });
    await createClaim(plane.admin, 'blog', 'posts', '2Gi');
    await bound('shop', 'orders');
  });
  afterEach(cleanWindow);
  after(async function () {
    this.timeout(60_000);
    await plane.stop();
  });

  const follow = (user: User, namespace?: string) =>
    writeKubeconfig(plane.kubeconfigObject(user, `as-${user}`, namespace));

  const bound = (namespace: string, name: string) =>
    until(`${name} is bound`, limitMs, async () => (await phaseOf(plane.admin, namespace, name)) === 'Bound');

  const claimed = (gibibytes: number) =>
    summaryWhen(
      `${gibibytes} Gi are claimed`,
      ({ state, claimedBytes }) => state === 'live' && claimedBytes === gibibytes * gi,
    );

  const accessIn = ({ namespaces }: StorageSummary) =>
    Object.fromEntries(namespaces.map(({ name, access }) => [name, access]));

  it('shows its claims come, bind, grow, and go', async () => {
    follow('viewer');
    const before = await claimed(12);
    assert.equal(before.partial, false);
    await createClaim(plane.admin, 'shop', 'album', '10Gi');
    await claimed(22);
    await bound('shop', 'album');
    const there = await summaryWhen(
      'it is seen bound',
      (summary) => claimIn(summary, 'shop', 'album')?.phase === 'Bound',
    );
    assert.deepEqual(
      [claimIn(there, 'shop', 'album')?.capacityBytes, claimIn(there, 'shop', 'album')?.storageClass],
      [10 * gi, 'standard'],
    );

    await resizeClaim(plane.admin, 'shop', 'album', '15Gi');
    const growing = await claimed(27);
    assert.deepEqual(sizes(growing, 'album'), [15 * gi, 15 * gi, 10 * gi]);
    await writeStatus(plane.admin, 'shop', 'album', { capacity: { storage: '15Gi' } });
    const grown = await summaryWhen(
      'the volume has grown',
      (summary) => claimIn(summary, 'shop', 'album')?.capacityBytes === 15 * gi,
    );
    assert.deepEqual(sizes(grown, 'album'), [15 * gi, 15 * gi, 15 * gi]);

    await deleteClaim(plane.admin, 'shop', 'album');
    const after = await claimed(12);
    assert.equal(claimIn(after, 'shop', 'album'), undefined);
  });

  it('counts what an expansion holds on to although less is asked for', async () => {
    await createClaim(plane.admin, 'shop', 'failed', '10Gi');
    await bound('shop', 'failed');
    await writeStatus(plane.admin, 'shop', 'failed', { allocatedResources: { storage: '20Gi' } });
    follow('viewer');
    const summary = await claimed(32);
    assert.deepEqual(sizes(summary, 'failed'), [10 * gi, 20 * gi, 10 * gi]);
    await deleteClaim(plane.admin, 'shop', 'failed');
    await claimed(12);
  });

  it('takes a claim that was made again under its name for another one', async () => {
    await createClaim(plane.admin, 'shop', 'again', '1Gi');
    follow('viewer');
    const first = claimIn(await claimed(13), 'shop', 'again')?.uid;
    await deleteClaim(plane.admin, 'shop', 'again');
    await claimed(12);
    await createClaim(plane.admin, 'shop', 'again', '1Gi');
    const second = claimIn(await claimed(13), 'shop', 'again')?.uid;
    assert.ok(first && second && first !== second);
    await deleteClaim(plane.admin, 'shop', 'again');
    await claimed(12);
  });

  it('selects as kubectl does', async () => {
    follow('viewer');
    await set('labelSelector', 'app=db');
    await claimed(3);
    await set('labelSelector', '');
    await set('fieldSelector', 'metadata.namespace!=hidden');
    await claimed(5);
    // A field that claims do not know is refused; the last good selector stays in force.
    await set('fieldSelector', 'spec.volumeName=x');
    await createClaim(plane.admin, 'hidden', 'unselected', '1Gi');
    await createClaim(plane.admin, 'shop', 'selected', '1Gi');
    await claimed(6);
    await deleteClaim(plane.admin, 'hidden', 'unselected');
    await deleteClaim(plane.admin, 'shop', 'selected');
    await claimed(5);
    await set('fieldSelector', '');
    await claimed(12);
  });

  it('admits a user by client certificate', async () => {
    follow('certificate');
    await claimed(12);
  });

  it('admits a user by the token of a credential plugin', async () => {
    const plugin = new CredentialPlugin();
    plugin.succeedWith(plane.token('viewer'));
    const config = plane.kubeconfigObject('viewer', 'as-plugin');
    writeKubeconfig({ ...config, users: [{ name: 'viewer', user: plugin.user }] });
    await live('as-plugin');
    await claimed(12);
    assert.equal(plugin.runs.length, 1);
  });

  it('shows one who may list namespaces, but claims in some only, those, and names the others', async () => {
    follow('lister');
    const summary = await claimed(5);
    assert.equal(summary.partial, true);
    assert.deepEqual(
      claimsOf(summary)
        .map(({ name }) => name)
        .sort(),
      ['orders', 'posts'],
    );
    const access = accessIn(summary);
    assert.deepEqual([access.shop, access.blog, access.hidden], ['ok', 'ok', 'forbidden']);
  });

  it("shows one who may not list namespaces either the context's own", async () => {
    follow('namespaced', 'blog');
    const summary = await claimed(2);
    assert.equal(summary.partial, true);
    assert.deepEqual(accessIn(summary), { blog: 'ok' });
  });

  it('shows one who may not list namespaces either those of the setting', async () => {
    await set('namespaces', ['shop', 'blog']);
    follow('namespaced');
    const all = await claimed(5);
    assert.equal(all.partial, false);
    await set('namespaces', ['shop', 'hidden']);
    // The one may have been listed before the other is refused.
    const some = await summaryWhen('both have been asked for', (summary) => {
      const { shop, hidden = 'unknown' } = accessIn(summary);
      return summary.state === 'live' && shop === 'ok' && hidden !== 'unknown';
    });
    assert.equal(some.partial, true);
    assert.equal(some.claimedBytes, 3 * gi);
    assert.deepEqual(accessIn(some), { shop: 'ok', hidden: 'forbidden' });
  });

  it('shows one without any permission nothing, and says so', async () => {
    follow('nobody');
    const summary = await summaryWhen('it is forbidden', ({ state }) => state === 'forbidden');
    assert.deepEqual([summary.context, summary.claimedBytes], ['as-nobody', 0]);
    assert.deepEqual(claimsOf(summary), []);
  });

  it('refuses an unknown token, and is never taken for live', async () => {
    const states = new Set<string>();
    const subscription = (await pvcWatch()).onDidChangeSnapshot(({ context, state }) => {
      if (context === 'as-stranger') states.add(state);
    });
    try {
      const config = plane.kubeconfigObject('viewer', 'as-stranger');
      writeKubeconfig({ ...config, users: [{ name: 'viewer', user: { token: 'stranger' } }] });
      await summaryWhen('it fails', ({ context, state }) => context === 'as-stranger' && state === 'failing');
      assert.deepEqual([...states].sort(), ['connecting', 'failing']);
    } finally {
      subscription.dispose();
    }
  });

  it('that dies leaves its claims as they were, and is followed again once it is back', async () => {
    follow('viewer');
    await claimed(12);
    const sums = new Set<StorageSummary['claimedBytes']>();
    const subscription = (await pvcWatch()).onDidChangeSnapshot(({ claimedBytes }) => sums.add(claimedBytes));
    try {
      await plane.killApiServer();
      const stale = await summaryWhen('contact is lost', ({ state }) => state === 'stale');
      assert.equal(stale.claimedBytes, 12 * gi);
      assert.equal(claimsOf(stale).length, 3);
      await plane.restartApiServer();
      await claimed(12);
      await createClaim(plane.admin, 'blog', 'afterwards', '1Gi');
      await claimed(13);
      assert.deepEqual([...sums], [12 * gi, 13 * gi]);
    } finally {
      subscription.dispose();
    }
    await deleteClaim(plane.admin, 'blog', 'afterwards');
    await claimed(12);
  });

  it('is told from another that cannot be trusted', async () => {
    const config = plane.kubeconfigObject('viewer', 'untrusted-server');
    const [cluster] = config.clusters as { name: string; cluster: { server: string } }[];
    writeKubeconfig({ ...config, clusters: [{ name: cluster?.name, cluster: { server: cluster?.cluster.server } }] });
    await summaryWhen(
      'its certificate is refused',
      ({ context, state }) => context === 'untrusted-server' && state === 'failing',
    );
  });

  function sizes(summary: StorageSummary, name: string): unknown[] {
    const claim = claimIn(summary, 'shop', name);
    return [claim?.requestedBytes, claim?.claimedBytes, claim?.capacityBytes];
  }
});
