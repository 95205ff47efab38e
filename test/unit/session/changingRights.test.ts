import assert from 'node:assert/strict';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import type { Exchange } from '../../support/fakeApiServer.ts';
import { eventually } from '../cluster/eventually.ts';
import { fakeClusters } from './fakeCluster.ts';

const gi = (count: number) => BigInt(count) * 1024n ** 3n;
const wide = '/api/v1/persistentvolumeclaims';
const claimsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;

function access(snapshot: StorageSnapshot): Record<string, string> {
  return Object.fromEntries([...snapshot.namespaces].map(([name, own]) => [name, own.access]).sort());
}

describe('storage session whose rights or namespaces change', () => {
  const cluster = fakeClusters();
  const synced = () => cluster().shows('it is synced', (snapshot) => snapshot.synced);

  function deleteNamespace(name: string): void {
    delete cluster().claims[name];
    const watch = cluster().server.exchanges.findLast(
      ({ request, closed }) => !closed && request.path === '/api/v1/namespaces' && request.query.has('watch'),
    );
    assert.ok(watch);
    watch.event('DELETED', { metadata: { name, uid: `ns-${name}`, resourceVersion: '3' } });
  }

  it('stays live on its namespaces whatever befalls the question for the whole cluster', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().open();
    await synced();
    cluster().instead = (exchange) => {
      if (exchange.request.path !== wide) return false;
      exchange.status(503, 'ServiceUnavailable', 'busy');
      return true;
    };
    const { sequence } = cluster().snapshot;
    await cluster().drive(1_200_000, 5_000);
    const later = cluster().shown.filter((snapshot) => snapshot.sequence > sequence);
    assert.ok(later.length > 5);
    assert.deepEqual([...new Set(later.map(({ connection }) => connection.state))], ['live']);
    assert.ok(later.every(({ claimsState }) => claimsState === 'live'));
  });

  it('does not say that it may read nothing while it asks what it may still read', async () => {
    cluster().open();
    await synced();
    const held: Exchange[] = [];
    const asks = ({ request }: Exchange) => [claimsIn('shop'), claimsIn('blog')].includes(request.path);
    cluster().forbidden = (path) => path === wide;
    cluster().instead = (exchange) => asks(exchange) && held.push(exchange) > 0;
    const { sequence } = cluster().snapshot;
    cluster().server.cutAll();
    for (let second = 0; second < 60 && held.length === 0; second++) await cluster().drive(1_000, 1_000);
    assert.ok(held.length > 0);
    await cluster().drive(2_000, 500);
    cluster().instead = () => false;
    for (const exchange of held) exchange.cut();
    await cluster().shows('single namespaces are followed', (each) => each.connection.state === 'live', 1_000);
    const states = cluster().shown.filter((each) => each.sequence > sequence);
    assert.deepEqual([...new Set(states.map(({ connection }) => connection.state))], ['stale', 'live']);
    // What has been refused is not judged either.
    assert.ok(states.every(({ connection, claimsState }) => connection.state === 'live' || claimsState !== 'live'));
  });

  it('is live as soon as its namespaces are after a long outage', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().open();
    await synced();
    cluster().instead = (exchange) => {
      exchange.status(502, 'BadGateway', 'gateway');
      return true;
    };
    cluster().server.cutAll();
    await cluster().drive(900_000, 5_000);
    assert.equal(cluster().snapshot.connection.state, 'stale');
    cluster().instead = () => false;
    await cluster().drive(30_000, 1_000);
    assert.equal(cluster().snapshot.connection.state, 'live');
  });

  it('no longer counts what it may not read any more, nor what is gone', async () => {
    cluster().open();
    await synced();
    cluster().forbidden = (path) => path === wide || path === claimsIn('blog');
    cluster().server.cutAll();
    const narrowed = await cluster().shows('it is narrowed', (each) => access(each).blog === 'forbidden', 2_000);
    assert.equal(narrowed.partial, true);
    assert.equal(narrowed.claimedBytes, gi(15));
    await cluster().drive(60_000, 5_000);
    deleteNamespace('blog');
    const gone = await cluster().shows('it is whole again', ({ partial }) => !partial);
    assert.deepEqual(access(gone), { shop: 'ok' });
    assert.equal(gone.claimedBytes, gi(15));
  });

  it('forgets a namespace that goes while it is being asked for', async () => {
    cluster().forbidden = (path) => path === wide || path === claimsIn('blog');
    cluster().open();
    await synced();
    let held: Exchange | undefined;
    cluster().instead = (exchange) => {
      if (exchange.request.path !== claimsIn('blog')) return false;
      held = exchange;
      return true;
    };
    for (let step = 0; step < 100 && !held; step++) await cluster().drive(5_000, 5_000);
    deleteNamespace('blog');
    await cluster().drive(1_000, 250);
    held?.status(403, 'Forbidden', 'no');
    await cluster().drive(60_000, 5_000);
    assert.deepEqual(access(cluster().snapshot), { shop: 'ok' });
    assert.equal(cluster().snapshot.partial, false);
  });

  it('calls no namespace readable before it has been listed', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().instead = (exchange) => exchange.request.path === claimsIn('blog');
    cluster().open();
    await cluster().drive(11_000, 250);
    assert.deepEqual(access(cluster().snapshot), { blog: 'unknown', shop: 'ok' });
  });

  it('vouches again for every namespace once the whole cluster may be read again', async () => {
    cluster().forbidden = (path) => path === '/api/v1/namespaces';
    cluster().open({}, (target) => ({ ...target, target: { ...target.target, namespace: 'shop' } }));
    await synced();
    cluster().forbidden = (path) => path === wide || path === '/api/v1/namespaces';
    cluster().server.cutAll();
    await cluster().shows('it is narrowed', (snapshot) => access(snapshot).blog === 'unknown', 2_000);
    cluster().forbidden = (path) => path === '/api/v1/namespaces';
    const snapshot = await cluster().shows('all is read', ({ claimedBytes }) => claimedBytes === gi(65), 5_000);
    assert.deepEqual([access(snapshot), snapshot.partial], [{ blog: 'ok', shop: 'ok' }, false]);
  });

  it('counts a configured namespace again that it may read again', async () => {
    cluster().open({ namespaces: ['blog', 'shop'] });
    await synced();
    cluster().forbidden = (path) => path === claimsIn('blog');
    cluster().server.cutAll();
    await cluster().shows('it is refused', ({ claimedBytes }) => claimedBytes === gi(15), 2_000);
    cluster().forbidden = () => false;
    const snapshot = await cluster().shows('it is read again', ({ claimedBytes }) => claimedBytes === gi(65), 5_000);
    assert.deepEqual([access(snapshot), snapshot.partial], [{ blog: 'ok', shop: 'ok' }, false]);
  });

  it('reads a configured namespace again that was deleted and made anew', async () => {
    cluster().open({ namespaces: ['blog', 'shop'] });
    await synced();
    await eventually('namespaces are watched', () =>
      cluster().server.watches.some(({ path }) => path === '/api/v1/namespaces'),
    );
    deleteNamespace('shop');
    cluster()
      .server.exchanges.findLast(({ request }) => request.path === '/api/v1/namespaces' && request.query.has('watch'))
      ?.event('ADDED', { metadata: { name: 'shop', uid: 'ns-shop-2', resourceVersion: '4' } });
    const snapshot = await cluster().shows('it is back', (each) => each.namespaces.get('shop')?.uid === 'ns-shop-2');
    assert.deepEqual([access(snapshot), snapshot.partial], [{ blog: 'ok', shop: 'ok' }, false]);
  });

  it('sees projects of OpenShift that come later, at once on a retry', async () => {
    cluster().forbidden = (path) => path === wide || path === '/api/v1/namespaces';
    const names = ['blog'];
    cluster().instead = (exchange) => {
      if (exchange.request.path !== '/apis/project.openshift.io/v1/projects') return false;
      exchange.page(
        names.map((name) => ({ metadata: { name, uid: `p-${name}` } })),
        '1',
      );
      return true;
    };
    const session = cluster().open();
    await synced();
    names.push('shop');
    const both = await cluster().shows('it is found', ({ claimedBytes }) => claimedBytes === gi(65), 5_000);
    assert.deepEqual(access(both), { blog: 'ok', shop: 'ok' });
    names.shift();
    session.retry('click');
    const one = await cluster().shows('it is left', ({ claimedBytes }) => claimedBytes === gi(15));
    assert.deepEqual(access(one), { shop: 'ok' });
  });
});
