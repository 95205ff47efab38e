import assert from 'node:assert/strict';
import type { Exchange } from '../../support/fakeApiServer.ts';
import { eventually } from '../cluster/eventually.ts';
import { claimObject, fakeClusters } from './fakeCluster.ts';

const gi = (count: number) => BigInt(count) * 1024n ** 3n;
const wide = '/api/v1/persistentvolumeclaims';
const claimsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;

describe('storage session on a slow or quiet cluster', () => {
  const cluster = fakeClusters();

  /** Leaves requests for a path without an answer, and returns them. */
  function hold(path: string): Exchange[] {
    const held: Exchange[] = [];
    cluster().instead = (exchange) => {
      if (exchange.request.path !== path) return false;
      held.push(exchange);
      return true;
    };
    return held;
  }

  it('judges nothing but shows what it has after ten seconds while one namespace hangs', async () => {
    const held = hold(claimsIn('blog'));
    cluster().open({ namespaces: ['shop', 'blog'] });
    await cluster().drive(9_500, 500);
    assert.equal(cluster().snapshot.synced, false);
    await cluster().drive(1_000, 500);
    const { snapshot } = cluster();
    assert.equal(snapshot.synced, true);
    assert.equal(snapshot.partial, true);
    assert.equal(snapshot.claimsState, 'loading');
    assert.equal(snapshot.connection.state, 'live');
    assert.equal(snapshot.claimedBytes, gi(15));
    assert.equal(snapshot.namespaces.get('blog')?.access, 'unknown');
    held[0]?.page([claimObject('blog', 'media', 50)], '1');
    cluster().instead = () => false;
    const whole = await cluster().shows('all is listed', ({ partial }) => !partial);
    assert.equal(whole.claimsState, 'live');
    assert.equal(whole.claimedBytes, gi(65));
  });

  it('calls its sums a part while it is still asking which namespaces it may read', async () => {
    cluster().forbidden = (path) => path === wide;
    const held = hold(claimsIn('blog'));
    cluster().open();
    await cluster().drive(10_500, 500);
    const { snapshot } = cluster();
    assert.deepEqual([snapshot.synced, snapshot.partial, snapshot.claimedBytes], [true, true, gi(15)]);
    cluster().instead = () => false;
    held[0]?.page([claimObject('blog', 'media', 50)], '1');
    const whole = await cluster().shows('all is listed', ({ partial }) => !partial);
    assert.equal(whole.claimedBytes, gi(65));
    await cluster().drive(301_000, 1_000);
    assert.ok(cluster().shown.every(({ sequence, partial }) => sequence <= whole.sequence || !partial));
  });

  it('says that a namespace which keeps failing is missing', async () => {
    cluster().instead = (exchange) => {
      if (exchange.request.path !== claimsIn('blog')) return false;
      exchange.status(500, 'InternalError', 'etcd');
      return true;
    };
    cluster().open({ namespaces: ['shop', 'blog'] });
    await cluster().drive(11_000, 500);
    const { snapshot } = cluster();
    assert.deepEqual([snapshot.synced, snapshot.partial, snapshot.claimsState], [true, true, 'stale']);
  });

  it('waits for the identity of the cluster for ten seconds at most', async () => {
    hold('/api/v1/namespaces/kube-system');
    cluster().open();
    await cluster().drive(9_500, 500);
    assert.equal(cluster().snapshot.synced, false);
    await cluster().drive(1_000, 500);
    assert.equal(cluster().snapshot.synced, true);
    assert.equal(cluster().snapshot.identity, undefined);
    assert.equal(cluster().snapshot.partial, false);
  });

  it('connects for ten seconds, and then says how long the first list has been arriving', async () => {
    const held = hold(wide);
    cluster().open();
    const messageNow = () => {
      const { connection } = cluster().snapshot;
      return connection.state === 'failing' ? connection.error.message : connection.state;
    };
    for (const seconds of [8, 16, 24, 32]) {
      await cluster().drive(8_000, 500);
      if (seconds < 10) assert.equal(messageNow(), 'connecting');
      else {
        const said = / has not sent the whole list yet: (\d+) s so far\.$/.exec(messageNow())?.[1];
        assert.ok(Number(said) > seconds - 6 && Number(said) <= seconds, messageNow());
      }
      const pages = held.length;
      held.at(-1)?.page([claimObject('shop', `data-${pages}`, 1)], '1', `page-${pages + 1}`);
      await eventually('the next page is asked for', () => held.length === pages + 1);
    }
    await cluster().drive(20_000, 500);
    assert.match(messageNow(), /has not sent the whole list yet, and nothing for (1[5-9]|20) s\.$/);
    held.at(-1)?.page([], '1');
    cluster().instead = () => false;
    const snapshot = await cluster().shows('it is live', ({ connection }) => connection.state === 'live');
    assert.equal(snapshot.claimCount, 4);
    const states = cluster().shown.map(({ connection }) => connection.state);
    assert.equal(states.lastIndexOf('connecting') < states.indexOf('failing'), true);
  });

  it('does not connect again after it has failed, be it within ten seconds', async () => {
    cluster().instead = (exchange) => {
      if (exchange.request.path !== wide) return false;
      exchange.status(500, 'InternalError', 'etcd');
      return true;
    };
    cluster().open();
    await cluster().shows('it fails', ({ connection }) => connection.state === 'failing');
    cluster().forbidden = (path) => path === wide;
    hold(claimsIn('shop'));
    await cluster().drive(9_000, 250);
    const states = cluster().shown.map(({ connection }) => connection.state);
    assert.equal(states.slice(states.indexOf('failing')).includes('connecting'), false);
  });

  it('says at least once a minute when it last heard of a quiet cluster', async () => {
    cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    let oldestMs = 0;
    for (let passedMs = 0; passedMs < 600_000; passedMs += 5_000) {
      cluster().watchOf()?.bookmark('2');
      await cluster().drive(5_000, 5_000);
      oldestMs = Math.max(oldestMs, cluster().clock.now() - (cluster().snapshot.heardMs ?? 0));
    }
    assert.ok(oldestMs <= 70_000, `${oldestMs} ms`);
  });

  it('asks once for a version that it may not read', async () => {
    cluster().forbidden = (path) => path === '/version';
    cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    await cluster().drive(200_000, 5_000);
    assert.equal(cluster().server.requests.filter(({ path }) => path === '/version').length, 1);
  });

  it('when woken, asks only for what waits', async () => {
    cluster().claims.secret = { key: 1 };
    cluster().forbidden = (path) => path === wide || path === claimsIn('secret');
    const session = cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    const failing = cluster().watchOf('blog');
    cluster().instead = (exchange) => {
      if (exchange.request.path !== claimsIn('blog')) return false;
      exchange.cut();
      return true;
    };
    failing?.cut();
    await cluster().shows('it is stale', ({ connection }) => connection.state === 'stale');
    await cluster().drive(20_000, 1_000);
    const before = cluster().server.requests.length;
    const shop = cluster().watchOf('shop');
    cluster().instead = () => false;
    session.wake();
    await cluster().shows('it is live', ({ claimsState }) => claimsState === 'live');
    const paths = new Set(
      cluster()
        .server.requests.slice(before)
        .map(({ path }) => path),
    );
    paths.delete('/api/v1/namespaces/kube-system');
    assert.deepEqual([...paths], [claimsIn('blog')]);
    assert.equal(cluster().watchOf('shop'), shop);
    assert.equal(shop?.closed, false);
  });

  it('when woken, leaves alone what is live', async () => {
    const session = cluster().open();
    await cluster().shows('it is synced', ({ synced }) => synced);
    await eventually('it watches', () => cluster().server.watches.length >= 2);
    const before = cluster().server.requests.length;
    session.wake();
    await cluster().drive(1_000, 250);
    assert.equal(cluster().server.requests.length, before);
  });
});
