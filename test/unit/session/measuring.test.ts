import assert from 'node:assert/strict';
import type { MeasureOptions } from '../../../src/session/session.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { eventually } from '../cluster/eventually.ts';
import { FakeCluster } from './fakeCluster.ts';

const gi = 2 ** 30;

const fromKubelets: MeasureOptions = {
  source: 'kubelet',
  access: async () => ({}),
  proxies: { env: {}, editor: { url: '', noProxy: [] } },
  consent: async () => true,
};

describe('measuring', () => {
  let server: FakeApiServer;
  let cluster: FakeCluster;
  let forbiddenPods: RegExp;
  let pagesOfPods: string[];

  beforeEach(async () => {
    server = await FakeApiServer.start();
    cluster = new FakeCluster(server);
    forbiddenPods = /^$/;
    pagesOfPods = [];
    cluster.instead = (exchange) => {
      const { path } = exchange.request;
      if (/\/pods$/.test(path)) {
        pagesOfPods.push(path);
        if (forbiddenPods.test(path)) exchange.status(403, 'Forbidden', 'pods is forbidden');
        else exchange.page(/blog/.test(path) ? [] : [pod], '1');
        return true;
      }
      if (path.endsWith('/persistentvolumes')) {
        exchange.status(403, 'Forbidden', 'persistentvolumes is forbidden');
        return true;
      }
      if (path.endsWith('/selfsubjectaccessreviews')) {
        exchange.json({ status: { allowed: true } });
        return true;
      }
      if (!path.endsWith('/nodes/n1/proxy/stats/summary')) return false;
      exchange.json(summary);
      return true;
    };
  });
  afterEach(async () => {
    cluster.session?.dispose();
    await server.close();
  });

  /** Quality of each claim, after one look of a live session. */
  async function qualities(scope: { readonly namespaces?: readonly string[] } = {}) {
    const session = cluster.open(scope);
    await cluster.shows('all claims', ({ synced, claimsState }) => synced && claimsState === 'live');
    const measuring = session.measure(fromKubelets);
    await eventually('there are readings', () => measuring.readings.value.size > 0, 2_000);
    const claims = [...cluster.snapshot.namespaces.values()].flatMap(({ claims: all }) => [...all.values()]);
    return {
      measuring,
      of: Object.fromEntries(
        claims.map(({ namespace, name, uid }) => [`${namespace}/${name}`, measuring.readings.value.get(uid)?.quality]),
      ),
    };
  }

  it('reads what is mounted from the kubelet of its node', async () => {
    const { of } = await qualities();
    assert.deepEqual(of, { 'shop/data': 'measured', 'shop/cache': 'notMounted', 'blog/media': 'notMounted' });
    assert.deepEqual(pagesOfPods, ['/api/v1/pods']);
  });

  it('asks for the pods of each namespace where all may not be read', async () => {
    forbiddenPods = /^\/api\/v1\/pods$|\/blog\//;
    const { of } = await qualities();
    assert.equal(of['shop/data'], 'measured');
    assert.equal(of['shop/cache'], 'notMounted');
    // Nobody may say whether a pod mounts it.
    assert.equal(of['blog/media'], 'forbidden');
    assert.deepEqual(pagesOfPods.toSorted(), [
      '/api/v1/namespaces/blog/pods',
      '/api/v1/namespaces/shop/pods',
      '/api/v1/pods',
    ]);
  });

  it('asks for no pods outside of the configured namespaces', async () => {
    await qualities({ namespaces: ['shop'] });
    assert.deepEqual(pagesOfPods, ['/api/v1/namespaces/shop/pods']);
  });

  it('ends when it is disposed, and with the session', async () => {
    const { measuring } = await qualities();
    const looks = () => pagesOfPods.length;
    const first = looks();
    await cluster.drive(130_000, 10_000);
    assert.ok(looks() > first);
    measuring.dispose();
    const second = looks();
    await cluster.drive(260_000, 20_000);
    assert.equal(looks(), second);
    cluster.session?.measure(fromKubelets);
    await eventually('it looks again', () => looks() > second, 2_000);
    cluster.session?.dispose();
    const third = looks();
    await cluster.drive(260_000, 20_000);
    assert.equal(looks(), third);
  });
});

const pod = {
  metadata: { name: 'db-0', namespace: 'shop', uid: 'p1', resourceVersion: '1' },
  spec: { nodeName: 'n1', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
  status: { phase: 'Running' },
};

const volume = {
  name: 'v',
  time: '2026-01-01T12:00:00Z',
  capacityBytes: 10 * gi,
  availableBytes: 2 * gi,
  usedBytes: 7 * gi,
};
const summary = {
  node: { nodeName: 'n1' },
  pods: [{ podRef: { name: 'db-0', namespace: 'shop', uid: 'p1' }, volume: [volume] }],
};
