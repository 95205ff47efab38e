import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Exchange, failure } from '../../support/fakeApiServer.ts';
import { eventually } from '../cluster/eventually.ts';
import { httpProxy } from '../cluster/fakeProxies.ts';
import { targetAt } from '../cluster/reflectorHarness.ts';
import { claimObject, fakeClusters } from './fakeCluster.ts';

const gi = (count: number) => BigInt(count) * 1024n ** 3n;

describe('storage session', () => {
  const cluster = fakeClusters();

  it('connects, lists and is live, with the identity of the cluster', async () => {
    const session = cluster().open();
    assert.equal(session.snapshot.value.connection.state, 'connecting');
    assert.equal(session.snapshot.value.synced, false);
    const snapshot = await cluster().shows('it is synced', ({ synced }) => synced);
    assert.equal(snapshot.connection.state, 'live');
    assert.equal(snapshot.claimsState, 'live');
    assert.equal(snapshot.identity, 'cluster-uid');
    assert.equal(snapshot.partial, false);
    assert.equal(snapshot.claimCount, 3);
    assert.equal(snapshot.claimedBytes, gi(65));
    assert.equal(snapshot.namespaces.get('shop')?.claimedBytes, gi(15));
    assert.equal(snapshot.namespaces.get('shop')?.uid, 'ns-shop');
    assert.equal(session.diagnostics().serverVersion, 'v1.99.0');
  });

  it('moves with every kind of event, and names the largest growth', async () => {
    cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    cluster()
      .watchOf()
      ?.event('MODIFIED', claimObject('shop', 'data', 30, '2'))
      .event('ADDED', claimObject('blog', 'new', 1, '3'))
      .event('DELETED', claimObject('shop', 'cache', 5, '4'));
    const snapshot = await cluster().shows('all is applied', ({ claimedBytes }) => claimedBytes === gi(81));
    assert.deepEqual(snapshot.latest, { namespace: 'shop', name: 'data', deltaBytes: gi(20) });
    assert.deepEqual([...(snapshot.namespaces.get('shop')?.claims.keys() ?? [])], ['data']);
  });

  it('shows the claims as soon as they are listed, whatever came on the way', async () => {
    const held: Exchange[] = [];
    cluster().instead = (exchange) => /persistentvolumeclaims$/.test(exchange.request.path) && held.push(exchange) > 0;
    cluster().open();
    await cluster().drive(30, 10);
    cluster().instead = () => false;
    const before = cluster().clock.now();
    for (const exchange of held) cluster().server.handler(exchange);
    await cluster().shows('it is synced', ({ synced }) => synced, 10);
    assert.ok(cluster().clock.now() - before <= 20, `after ${cluster().clock.now() - before} ms`);
  });

  it('publishes at most once per 250 ms, and always the last state', async () => {
    cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    await cluster().drive(500, 50);
    const before = cluster().shown.length;
    const watch = cluster().watchOf();
    for (let version = 2; version < 102; version++) {
      watch?.event('MODIFIED', claimObject('shop', 'data', version, String(version)));
      if (version % 10 === 0) await cluster().drive(50, 50);
    }
    await cluster().drive(500, 50);
    const published = cluster().shown.length - before;
    assert.ok(published >= 2 && published <= 5, `${published} snapshots in 1 s`);
    assert.equal(cluster().snapshot.claimedBytes, gi(101 + 55));
  });

  it('keeps its values as stale while the contact is lost, and is live again afterwards', async () => {
    cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    cluster().instead = (exchange) => {
      exchange.cut();
      return true;
    };
    const lostMs = cluster().clock.now();
    cluster().server.cutAll();
    const stale = await cluster().shows('it is stale', ({ connection }) => connection.state === 'stale');
    assert.ok(stale.connection.state === 'stale');
    assert.equal(stale.connection.error.reason, 'unreachable');
    assert.ok(stale.connection.sinceMs >= lostMs);
    assert.equal(stale.claimsState, 'stale');
    assert.equal(stale.claimedBytes, gi(65));
    assert.ok(stale.heardMs !== undefined && stale.heardMs <= cluster().clock.now());
    cluster().instead = () => false;
    await cluster().shows('it is live', ({ connection }) => connection.state === 'live', 1_000);
  });

  it('has lost a server that fell silent when it was last heard', async () => {
    cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    await eventually('it watches', () => cluster().watchOf() !== undefined);
    await cluster().server.quiet();
    cluster().instead = (exchange) => {
      exchange.cut();
      return true;
    };
    const { heardMs } = cluster().snapshot;
    const { connection } = await cluster().shows(
      'it is stale',
      ({ connection }) => connection.state === 'stale',
      1_000,
    );
    assert.ok(connection.state === 'stale' && heardMs !== undefined);
    assert.ok(cluster().clock.now() - heardMs >= 75_000);
    assert.ok(Math.abs(connection.sinceMs - heardMs) < 1_000, `${connection.sinceMs - heardMs} ms`);
  });

  it('never connected is failing, and recovers by itself', async () => {
    cluster().instead = (exchange) => {
      exchange.text('<html>', 'text/html');
      return true;
    };
    cluster().open();
    const failing = await cluster().shows('it fails', ({ connection }) => connection.state === 'failing');
    assert.ok(failing.connection.state === 'failing');
    assert.match(failing.connection.error.message, /a web page/);
    assert.equal(failing.heardMs !== undefined, true);
    cluster().instead = () => false;
    await cluster().shows('it is live', ({ connection }) => connection.state === 'live', 1_000);
  });

  it('tries again when a certificate that could not be read is there, long before it would by itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-session-'));
    const file = join(folder, 'ca.crt');
    try {
      cluster().open({}, (target) => ({ ...target, cluster: { ...target.cluster, ca: { file } } }));
      await cluster().shows('it fails', ({ connection }) => connection.state === 'failing', 1_000);
      // Far into a wait of minutes.
      await cluster().drive(900_000, 30_000);
      writeFileSync(file, '-----BEGIN CERTIFICATE-----');
      // Files are read on a time of their own; by itself it would not try for minutes.
      await cluster().shows('it is live', ({ connection }) => connection.state === 'live');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is connecting for ten seconds at most', async () => {
    cluster().instead = () => true;
    cluster().open();
    await cluster().drive(9_500, 500);
    assert.equal(cluster().snapshot.connection.state, 'connecting');
    await cluster().drive(1_000, 500);
    const { connection } = cluster().snapshot;
    assert.ok(connection.state === 'failing');
    assert.match(connection.error.message, /has not answered yet/);
  });

  it('is connecting for ten seconds at most also when the wall clock is set back meanwhile', async () => {
    cluster().instead = () => true;
    cluster().open();
    await cluster().drive(2_000, 500);
    cluster().clock.jumpWallClock(-3_600_000);
    await cluster().drive(8_500, 500);
    assert.equal(cluster().snapshot.connection.state, 'failing');
  });

  it('reports a selector that the server refuses as the error of the setting', async () => {
    cluster().instead = (exchange) => {
      if (!exchange.request.query.get('labelSelector')) return false;
      exchange.status(400, 'BadRequest', 'unable to parse requirement');
      return true;
    };
    cluster().open({ labelSelector: '===' });
    const snapshot = await cluster().shows('it is told', ({ selectorError }) => selectorError !== undefined);
    assert.equal(snapshot.selectorError?.reason, 'invalid');
    assert.match(snapshot.selectorError?.message ?? '', /unable to parse requirement/);
    assert.equal(snapshot.synced, false);
  });

  it('passes selectors to lists and watches of claims, not of namespaces', async () => {
    cluster().open({ labelSelector: 'app=web', fieldSelector: 'metadata.name=data' });
    await cluster().shows('it is live', ({ connection }) => connection.state === 'live');
    await eventually('it watches', () => cluster().server.watches.length >= 2);
    for (const { path, query } of [...cluster().server.lists, ...cluster().server.watches]) {
      const selected = path.endsWith('persistentvolumeclaims');
      assert.equal(query.get('labelSelector'), selected ? 'app=web' : null, path);
      assert.equal(query.get('fieldSelector'), selected ? 'metadata.name=data' : null, path);
    }
  });

  it('asks for the identity of the cluster in no storm while that cannot be read', async () => {
    let asked = 0;
    cluster().instead = (exchange) => {
      if (exchange.request.path !== '/api/v1/namespaces/kube-system') return false;
      asked++;
      exchange.json(failure(500, 'InternalError', 'etcd'), 500);
      return true;
    };
    cluster().open();
    await cluster().shows('it is live', ({ connection }) => connection.state === 'live');
    await cluster().drive(60_000, 250);
    assert.ok(asked >= 3 && asked <= 12, `asked ${asked} times in a minute`);
    assert.equal(cluster().snapshot.identity, undefined);
    assert.equal(cluster().snapshot.synced, true);
    cluster().instead = () => false;
    const snapshot = await cluster().shows('it is known', ({ identity }) => identity !== undefined, 1_000);
    assert.equal(snapshot.identity, 'cluster-uid');
  });

  it('takes a hash of server and authority where kube-system may not be read', async () => {
    cluster().forbidden = (path) => path === '/api/v1/namespaces/kube-system';
    cluster().open();
    const { identity } = await cluster().shows('it is synced', ({ synced }) => synced);
    assert.match(identity ?? '', /^[0-9a-f]{64}$/);
  });

  it('follows storage classes only while somebody needs them, over one watch', async () => {
    const classes = () => cluster().server.requests.filter(({ path }) => path.endsWith('/storageclasses'));
    const session = cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    assert.equal(classes().length, 0);
    assert.equal(cluster().snapshot.storageClasses.state, 'off');
    const demands = [session.demand('storageClasses'), session.demand('storageClasses')];
    const snapshot = await cluster().shows(
      'classes are there',
      ({ storageClasses }) => storageClasses.state === 'live',
    );
    assert.deepEqual([...snapshot.storageClasses.items.keys()], ['fast']);
    await eventually('they are watched', () => classes().length === 2);
    demands[0]?.dispose();
    assert.equal(cluster().snapshot.storageClasses.state, 'live');
    demands[1]?.dispose();
    await cluster().shows('they are off', ({ storageClasses }) => storageClasses.state === 'off');
    const watch = cluster().server.exchanges.find(({ request }) => request === classes()[1]);
    await eventually('their watch has ended', () => watch?.closed === true);
  });

  it('relists at once when it is retried while it is live', async () => {
    const session = cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    cluster().claims.shop = { data: 10 };
    session.retry('click');
    await cluster().shows('the new state is there', ({ claimedBytes }) => claimedBytes === gi(60));
  });

  it('uses new credentials at once for the same target, and keeps what it knows', async () => {
    const session = cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    const old = cluster().watchOf();
    const base = session.target;
    session.reconnect({
      target: base,
      cluster: { name: 'fake', server: cluster().server.url, insecureSkipTlsVerify: true },
      user: { name: 'tester' },
      fingerprint: 'another',
      files: [],
    });
    await eventually('the old watch has ended', () => old?.closed === true);
    await eventually('there is a new one', () => cluster().watchOf() !== undefined);
    assert.equal(cluster().snapshot.claimedBytes, gi(65));
    assert.equal(cluster().snapshot.connection.state, 'live');
  });

  it('does not get credentials anew that have not changed, when the way to the server has', async () => {
    const session = cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    const target = targetAt(cluster().server.url);
    const proxy = await httpProxy();
    try {
      const way = { ...target.cluster, proxy: `http://me:p%40ss@127.0.0.1:${proxy.port}/` };
      session.reconnect({ ...target, cluster: way, fingerprint: 'other' });
      await cluster().shows('it goes through the proxy', () => proxy.asked.length > 1);
      assert.equal(cluster().credentialsMade, 1);
      assert.equal(cluster().snapshot.connection.state, 'live');
      session.reconnect({ ...target, user: { ...target.user, token: 'x' }, fingerprint: 'another' });
      assert.equal(cluster().credentialsMade, 2);
    } finally {
      session.dispose();
      await proxy.close();
    }
  });

  it('shows and asks nothing more after its end', async () => {
    const session = cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    const watch = cluster().watchOf();
    session.dispose();
    session.dispose();
    await eventually('the watch has ended', () => watch?.closed === true);
    const [asked, shown] = [cluster().server.requests.length, cluster().shown.length];
    session.retry('click');
    await cluster().drive(600_000, 60_000);
    assert.deepEqual([cluster().server.requests.length, cluster().shown.length], [asked, shown]);
    assert.equal(cluster().clock.pendingTimers, 0);
  });

  it('reads the manifest of a claim without managedFields, and says why it cannot', async () => {
    cluster().instead = (exchange) => {
      if (!exchange.request.path.endsWith('/persistentvolumeclaims/data')) return false;
      exchange.json({
        ...claimObject('shop', 'data', 1),
        metadata: { name: 'data', managedFields: [{}] },
        newer: true,
      });
      return true;
    };
    const session = cluster().open();
    const manifest = await session.readManifest('shop', 'data');
    assert.ok(manifest.ok);
    assert.match(manifest.value, /name: data/);
    assert.match(manifest.value, /newer: true/);
    assert.doesNotMatch(manifest.value, /managedFields/);
    const missing = await session.readManifest('shop', 'gone');
    assert.equal(missing.ok || missing.error.reason, 'notFound');
  });

  it('reads the events of a claim, and says why it cannot', async () => {
    const event = (uid: string) => ({ metadata: { uid: `about-${uid}` }, involvedObject: { uid }, reason: 'Resizing' });
    cluster().instead = (exchange) => {
      const { path, query } = exchange.request;
      if (!path.endsWith('/events')) return false;
      if (path.includes('/shop/')) exchange.json({ kind: 'EventList', items: [event('u-1'), event('u-2')] });
      else if (path.includes('/odd/')) exchange.json({ kind: 'Table', rows: [] });
      else exchange.status(403, 'Forbidden', 'events is forbidden');
      assert.equal(query.get('fieldSelector'), 'involvedObject.uid=u-1');
      return true;
    };
    const session = cluster().open();
    const events = await session.readEvents('shop', 'u-1');
    assert.ok(events.ok);
    assert.deepEqual(
      events.value.map(({ uid, reason }) => [uid, reason]),
      [['about-u-1', 'Resizing']],
    );
    const refused = await session.readEvents('closed', 'u-1');
    assert.equal(refused.ok || refused.error.reason, 'forbidden');
    const odd = await session.readEvents('odd', 'u-1');
    assert.equal(odd.ok || odd.error.reason, 'malformed');
  });

  it('reads the pods that use a claim', async () => {
    const pod = (name: string, volumes: readonly unknown[]) => ({
      metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1' },
      spec: { volumes },
    });
    cluster().instead = (exchange) => {
      if (!exchange.request.path.endsWith('/namespaces/shop/pods')) return false;
      const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
      exchange.page([pod('web-0', volumes), pod('other', [])], '1');
      return true;
    };
    const pods = await cluster().open().readPods('shop');
    assert.deepEqual(pods.ok && pods.value.map(({ name, volumes }) => [name, volumes]), [
      ['web-0', [{ name: 'v', claimName: 'data' }]],
    ]);
  });
});
