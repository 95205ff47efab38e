import assert from 'node:assert/strict';
import type { ResolvedTarget } from '../../../src/cluster/resolvedTarget.ts';
import { failure } from '../../support/fakeApiServer.ts';
import { eventually } from '../cluster/eventually.ts';
import { targetAt } from '../cluster/reflectorHarness.ts';
import { fakeClusters } from './fakeCluster.ts';

const kubeSystem = '/api/v1/namespaces/kube-system';

describe('storage session on a cluster that may have been recreated', () => {
  const cluster = fakeClusters();

  async function connect(): Promise<void> {
    cluster().open();
    await cluster().shows('it is live', ({ synced, identity }) => synced && identity !== undefined);
  }

  /** Takes the server away for a while. */
  async function lose(): Promise<void> {
    cluster().instead = (exchange) => {
      exchange.cut();
      return true;
    };
    cluster().server.cutAll();
    await cluster().shows('it is stale', ({ connection }) => connection.state === 'stale');
  }

  async function isTold(): Promise<void> {
    await cluster().shows('it is told', () => cluster().foreign > 0, 1_000);
  }

  const asked = () => cluster().server.requests.filter(({ path }) => path === kubeSystem).length;
  const rotated = (): ResolvedTarget => ({ ...targetAt(cluster().server.url), fingerprint: 'rotated' });

  it('tells its owner when another cluster answers after the contact was lost, and lets nothing of it be judged', async () => {
    await connect();
    await lose();
    const before = cluster().shown.length;
    cluster().uid = 'another-uid';
    cluster().claims.shop = { data: 1 };
    cluster().instead = () => false;
    await isTold();
    assert.equal(cluster().foreign, 1);
    assert.deepEqual(
      cluster()
        .shown.slice(before)
        .filter(({ claimsState }) => claimsState === 'live'),
      [],
    );
  });

  it('is live again when it is the same cluster', async () => {
    await connect();
    await lose();
    const before = asked();
    cluster().instead = () => false;
    const isLive = await cluster().shows('it is live', ({ claimsState }) => claimsState === 'live', 1_000);
    assert.equal(isLive.identity, 'cluster-uid');
    assert.equal(isLive.connection.state, 'live');
    await cluster().drive(5_000, 500);
    assert.equal(asked(), before + 1);
    assert.equal(cluster().foreign, 0);
  });

  it('asks again until it knows', async () => {
    await connect();
    await lose();
    cluster().uid = 'another-uid';
    cluster().instead = (exchange) => {
      if (exchange.request.path !== kubeSystem) return false;
      exchange.json(failure(500, 'InternalError', 'etcd'), 500);
      return true;
    };
    const snapshot = await cluster().shows('it is live', ({ connection }) => connection.state === 'live', 1_000);
    assert.notEqual(snapshot.claimsState, 'live');
    await cluster().drive(30_000, 500);
    assert.equal(cluster().foreign, 0);
    assert.notEqual(cluster().snapshot.claimsState, 'live');
    cluster().instead = () => false;
    await isTold();
  });

  it('goes on where the UID may not be read any more', async () => {
    await connect();
    await lose();
    cluster().instead = () => false;
    cluster().forbidden = (path) => path === kubeSystem;
    await cluster().shows('it is live', ({ claimsState }) => claimsState === 'live', 1_000);
    assert.equal(cluster().foreign, 0);
  });

  it('looks also when it was given new certificates or credentials', async () => {
    await connect();
    cluster().uid = 'another-uid';
    cluster().session?.reconnect(rotated());
    await eventually('it is told', () => cluster().foreign === 1);
  });

  it('does not wait for an answer over the old connection', async () => {
    await connect();
    const before = asked();
    let held = 0;
    cluster().instead = (exchange) => {
      return exchange.request.path === kubeSystem && held++ === 0;
    };
    cluster().session?.reconnect(rotated());
    await eventually('it has asked', () => held === 1);
    cluster().uid = 'another-uid';
    cluster().session?.reconnect({ ...rotated(), fingerprint: 'rotated again' });
    await eventually('it is told', () => cluster().foreign === 1);
    assert.equal(asked(), before + 2);
  });

  it('does not take a hash for the UID of another cluster', async () => {
    cluster().forbidden = (path) => path === kubeSystem;
    await connect();
    const { identity } = cluster().snapshot;
    cluster().forbidden = () => false;
    await lose();
    cluster().instead = () => false;
    await cluster().shows('it is live', ({ claimsState }) => claimsState === 'live', 1_000);
    cluster().session?.reconnect(rotated());
    await cluster().drive(5_000, 500);
    assert.equal(cluster().foreign, 0);
    assert.equal(cluster().snapshot.identity, identity);
    assert.equal(cluster().snapshot.claimsState, 'live');
  });
});
