import assert from 'node:assert/strict';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import { eventually } from '../cluster/eventually.ts';
import { claimObject, fakeClusters } from './fakeCluster.ts';

const gi = (count: number) => BigInt(count) * 1024n ** 3n;
const wide = '/api/v1/persistentvolumeclaims';
const claimsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;

function access(snapshot: StorageSnapshot): Record<string, string> {
  return Object.fromEntries([...snapshot.namespaces].map(([name, own]) => [name, own.access]).sort());
}

describe('storage session with few rights', () => {
  const cluster = fakeClusters();
  const synced = () => cluster().shows('it is synced', (snapshot) => snapshot.synced);

  it('follows the namespaces one by one where the whole cluster may not be listed', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().open();
    const snapshot = await synced();
    assert.equal(snapshot.connection.state, 'live');
    assert.equal(snapshot.claimedBytes, gi(65));
    assert.equal(snapshot.partial, false);
    assert.deepEqual(access(snapshot), { blog: 'ok', shop: 'ok' });
    await eventually('both are watched', () => Boolean(cluster().watchOf('shop') && cluster().watchOf('blog')));
    cluster()
      .watchOf('blog')
      ?.event('ADDED', claimObject('blog', 'new', 1, '2'));
    await cluster().shows('the event is applied', ({ claimedBytes }) => claimedBytes === gi(66));
  });

  it('counts what it may read and says that it is a part', async () => {
    cluster().forbidden = (path) => path === wide || path === claimsIn('blog');
    cluster().open();
    const snapshot = await synced();
    assert.equal(snapshot.connection.state, 'live');
    assert.equal(snapshot.claimsState, 'live');
    assert.equal(snapshot.partial, true);
    assert.equal(snapshot.claimedBytes, gi(15));
    assert.deepEqual(access(snapshot), { blog: 'forbidden', shop: 'ok' });
  });

  it('asks for access by a list of one claim, and each refused namespace once per five minutes', async () => {
    cluster().forbidden = (path) => path === wide || path === claimsIn('blog');
    cluster().open();
    await synced();
    const asked = () => cluster().server.requests.filter(({ path }) => path === claimsIn('blog'));
    assert.deepEqual(
      asked().map(({ query }) => query.get('limit')),
      ['1'],
    );
    await cluster().drive(240_000, 10_000);
    assert.equal(asked().length, 1);
    cluster().forbidden = (path) => path === wide;
    const snapshot = await cluster().shows('the new right is seen', ({ partial }) => !partial, 5_000);
    assert.equal(snapshot.claimedBytes, gi(65));
  });

  it("falls back to the context's own namespace where namespaces may not be listed", async () => {
    cluster().forbidden = (path) => path === wide || path === '/api/v1/namespaces';
    cluster().open({}, (target) => ({ ...target, target: { ...target.target, namespace: 'shop' } }));
    const snapshot = await synced();
    assert.deepEqual(access(snapshot), { shop: 'ok' });
    assert.equal(snapshot.claimedBytes, gi(15));
    assert.equal(snapshot.partial, true);
    assert.equal(snapshot.connection.state, 'live');
  });

  it('takes the projects of OpenShift where namespaces may not be listed', async () => {
    cluster().forbidden = (path) => path === wide || path === '/api/v1/namespaces';
    cluster().instead = (exchange) => {
      if (exchange.request.path !== '/apis/project.openshift.io/v1/projects') return false;
      exchange.page([{ metadata: { name: 'blog', uid: 'p' } }], '1');
      return true;
    };
    cluster().open();
    const snapshot = await synced();
    assert.deepEqual(access(snapshot), { blog: 'ok' });
    assert.equal(snapshot.claimedBytes, gi(50));
  });

  it('vouches for no namespace that it has not been able to ask for', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().instead = ({ request }) => request.path === claimsIn('blog');
    cluster().open();
    const snapshot = await cluster().shows('it is synced', ({ synced }) => synced, 1_000);
    assert.deepEqual([access(snapshot), snapshot.partial], [{ blog: 'unknown', shop: 'ok' }, true]);
  });

  it('is forbidden where nothing at all may be read', async () => {
    cluster().forbidden = () => true;
    cluster().open();
    const isForbidden = ({ connection }: StorageSnapshot) => connection.state === 'forbidden';
    const snapshot = await cluster().shows('it is forbidden', isForbidden);
    assert.equal(snapshot.claimsState, 'forbidden');
    assert.equal(snapshot.synced, false);
    assert.ok(snapshot.connection.state === 'forbidden');
    assert.match(snapshot.connection.error.message, /tester cannot read/);
    cluster().forbidden = () => false;
    await cluster().shows('it is live', ({ connection }) => connection.state === 'live', 5_000);
  });

  it('follows only the configured namespaces, and asks for no others', async () => {
    cluster().open({ namespaces: ['blog'] });
    const snapshot = await synced();
    assert.deepEqual(access(snapshot), { blog: 'ok' });
    assert.equal(snapshot.claimedBytes, gi(50));
    const paths = new Set(cluster().server.requests.map(({ path }) => path));
    assert.equal(paths.has(wide), false);
    assert.equal(paths.has(claimsIn('shop')), false);
  });

  it('says which of the configured namespaces it may not read', async () => {
    cluster().forbidden = (path) => path === claimsIn('shop');
    cluster().open({ namespaces: ['shop', 'blog'] });
    const snapshot = await cluster().shows('it is known', ({ partial, synced: done }) => partial && done);
    assert.deepEqual(access(snapshot), { blog: 'ok', shop: 'forbidden' });
    assert.equal(snapshot.connection.state, 'live');
  });

  it('goes back to one watch when the whole cluster may be listed again', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().open();
    await synced();
    await eventually('shop is watched', () => cluster().watchOf('shop') !== undefined);
    cluster().forbidden = () => false;
    for (let step = 0; step < 100 && !cluster().watchOf(); step++) await cluster().drive(5_000, 5_000);
    await eventually('the single watches have ended', () => !cluster().watchOf('shop') && !cluster().watchOf('blog'));
    assert.equal(cluster().snapshot.claimedBytes, gi(65));
    assert.equal(cluster().snapshot.claimCount, 3);
  });

  it('takes up a namespace that comes, and drops one that goes', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().open();
    await synced();
    const namespaces = () =>
      cluster().server.exchanges.find(
        ({ request }) => request.path === '/api/v1/namespaces' && request.query.has('watch'),
      );
    await eventually('namespaces are watched', () => namespaces() !== undefined);
    cluster().claims.late = { first: 7 };
    namespaces()?.event('ADDED', { metadata: { name: 'late', uid: 'ns-late', resourceVersion: '2' } });
    await cluster().shows('it is followed', ({ claimedBytes }) => claimedBytes === gi(72));
    namespaces()?.event('DELETED', { metadata: { name: 'blog', uid: 'ns-blog', resourceVersion: '3' } });
    const snapshot = await cluster().shows('it is dropped', ({ claimedBytes }) => claimedBytes === gi(22));
    assert.deepEqual(access(snapshot), { late: 'ok', shop: 'ok' });
  });

  it('follows a hundred namespaces at most and calls the others unknown', async () => {
    for (let index = 0; index < 120; index++) cluster().claims[`n${index}`] = { data: 1 };
    cluster().forbidden = (path) => path === wide;
    cluster().open();
    const snapshot = await synced();
    const all = Object.values(access(snapshot));
    assert.equal(all.filter((value) => value === 'ok').length, 100);
    assert.equal(all.filter((value) => value === 'unknown').length, 22);
    assert.equal(snapshot.partial, true);
  });

  for (const [what, namesKnown, now] of [
    ['calls forbidden what it knows by name and may not read any more', true, 'forbidden'],
    ['does not vouch for what it only knew from the cluster-wide watch', false, 'unknown'],
  ] as const) {
    it(what, async () => {
      cluster().forbidden = (path) => !namesKnown && path === '/api/v1/namespaces';
      cluster().open({}, (target) => ({ ...target, target: { ...target.target, namespace: 'shop' } }));
      assert.equal((await synced()).partial, false);
      cluster().forbidden = (path) => path === wide || path === '/api/v1/namespaces' || path === claimsIn('blog');
      cluster().server.cutAll();
      await cluster().shows('it is narrowed', (snapshot) => access(snapshot).blog === now, 2_000);
      const snapshot = await cluster().shows('its own is followed', () => cluster().watchOf('shop') !== undefined);
      assert.equal(access(snapshot).shop, 'ok');
      assert.equal(snapshot.partial, true);
      assert.equal(snapshot.connection.state, 'live');
    });
  }
});
