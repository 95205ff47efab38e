import assert from 'node:assert/strict';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import type { Exchange } from '../../support/fakeApiServer.ts';
import { fakeClusters } from './fakeCluster.ts';

const wide = '/api/v1/persistentvolumeclaims';
const claimsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const oneNamespace = /^\/api\/v1\/namespaces\/([^/]+)\/persistentvolumeclaims$/;

function access(snapshot: StorageSnapshot): Record<string, string> {
  return Object.fromEntries([...snapshot.namespaces].map(([name, own]) => [name, own.access]).sort());
}

describe('asking which namespaces may be read', () => {
  const cluster = fakeClusters();
  const isProbe = ({ request }: Exchange) => oneNamespace.test(request.path) && request.query.get('limit') === '1';
  const probes = () => cluster().server.exchanges.filter(isProbe).length;
  const synced = () => cluster().shows('it is synced', (snapshot) => snapshot.synced);

  /** Answers all questions for access in the place of the cluster. */
  function answerProbes(answer: (exchange: Exchange) => void): void {
    cluster().instead = (exchange) => {
      if (!isProbe(exchange)) return false;
      answer(exchange);
      return true;
    };
  }

  function manyNamespaces(count: number): void {
    for (let index = 0; index < count; index++) cluster().claims[`n${index}`] = { data: 1 };
    cluster().forbidden = (path) => path === wide || oneNamespace.test(path);
  }

  it('obeys Retry-After of a server that throttles, with one question at a time', async () => {
    manyNamespaces(400);
    answerProbes((exchange) => exchange.status(429, 'TooManyRequests', 'slow down', { 'retry-after': '30' }));
    cluster().open();
    await cluster().drive(250_000, 1_000);
    assert.ok(probes() >= 8 && probes() <= 6 + 8, `${probes()} questions`);
    assert.equal(new Set(Object.values(access(cluster().snapshot))).has('forbidden'), false);
  });

  for (const [what, answer] of [
    ['fails', (exchange: Exchange) => exchange.status(500, 'InternalError', 'etcd')],
    ['cannot be reached', (exchange: Exchange) => exchange.cut()],
    ['wants another credential', (exchange: Exchange) => exchange.status(401, 'Unauthorized', 'who?')],
    ['is a captive portal', (exchange: Exchange) => exchange.text('<html>', 'text/html')],
  ] as const) {
    it(`backs off from a server that ${what}`, async () => {
      manyNamespaces(400);
      answerProbes(answer);
      cluster().open();
      await cluster().drive(250_000, 1_000);
      assert.ok(probes() >= 8 && probes() <= 30, `${probes()} questions`);
    });
  }

  it('asks for every namespace in the end where the server throttles now and then', async () => {
    manyNamespaces(60);
    let asked = 0;
    cluster().instead = (exchange) => {
      if (!isProbe(exchange) || ++asked % 10 !== 0) return false;
      exchange.status(429, 'TooManyRequests', 'slow down', { 'retry-after': '1' });
      return true;
    };
    cluster().open();
    await cluster().shows(
      'all are known',
      (each) => Object.values(access(each)).every((own) => own === 'forbidden'),
      500,
    );
    assert.ok(probes() <= 62 + 10, `${probes()} questions`);
  });

  it('lets one namespace that keeps failing hold up no other', async () => {
    manyNamespaces(20);
    cluster().instead = (exchange) => {
      if (exchange.request.path !== claimsIn('shop')) return false;
      exchange.status(500, 'InternalError', 'etcd');
      return true;
    };
    cluster().open();
    await cluster().drive(30_000, 500);
    const { shop, ...others } = access(cluster().snapshot);
    assert.deepEqual([shop, new Set(Object.values(others))], ['unknown', new Set(['forbidden'])]);
  });

  it('is told neither forbidden nor live as long as the server throttles the first questions', async () => {
    cluster().forbidden = (path) => path === wide;
    answerProbes((exchange) => exchange.status(429, 'TooManyRequests', 'slow down', { 'retry-after': '5' }));
    cluster().open();
    const failing = await cluster().shows('it fails', ({ connection }) => connection.state === 'failing');
    assert.ok(failing.connection.state === 'failing');
    assert.equal(failing.connection.error.reason, 'throttled');
    assert.equal(
      cluster().shown.some(({ connection }) => connection.state === 'forbidden'),
      false,
    );
    cluster().instead = () => false;
    assert.equal((await synced()).partial, false);
  });

  it('keeps what it knew of a namespace that it cannot ask for again', async () => {
    cluster().forbidden = (path) => path === wide || path === claimsIn('blog');
    cluster().open();
    await synced();
    answerProbes((exchange) => exchange.status(503, 'ServiceUnavailable', 'busy', { 'retry-after': '60' }));
    const before = probes();
    await cluster().drive(600_000, 5_000);
    assert.ok(probes() > before + 2);
    assert.deepEqual(access(cluster().snapshot), { blog: 'forbidden', shop: 'ok' });
    assert.equal(cluster().snapshot.connection.state, 'live');
  });

  it('judges nothing while it cannot ask for what the cluster-wide watch had read', async () => {
    cluster().open();
    await synced();
    cluster().forbidden = (path) => path === wide;
    cluster().instead = (exchange) => {
      if (exchange.request.path !== claimsIn('blog')) return false;
      exchange.status(503, 'ServiceUnavailable', 'busy', { 'retry-after': '20' });
      return true;
    };
    cluster().server.cutAll();
    await cluster().shows('shop is followed', () => cluster().watchOf('shop') !== undefined, 1_000);
    await cluster().drive(5_000, 1_000);
    assert.deepEqual(access(cluster().snapshot), { blog: 'ok', shop: 'ok' });
    assert.equal(cluster().snapshot.claimsState, 'loading');
    cluster().instead = () => false;
    await cluster().shows('both are followed', ({ claimsState }) => claimsState === 'live', 1_000);
    assert.ok(cluster().watchOf('blog'));
  });

  it('asks at once when it is retried, and when it is woken', async () => {
    manyNamespaces(10);
    answerProbes((exchange) => exchange.status(429, 'TooManyRequests', 'slow down', { 'retry-after': '300' }));
    const session = cluster().open();
    await cluster().drive(10_000, 1_000);
    const [first] = [probes()];
    session.retry('click');
    await cluster().drive(1_000, 500);
    assert.equal(probes(), first + 1);
    session.wake();
    await cluster().drive(1_000, 500);
    assert.equal(probes(), first + 2);
  });

  it('says why it does not know yet for which namespaces to ask', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().instead = (exchange) => {
      if (exchange.request.path !== '/api/v1/namespaces') return false;
      exchange.status(500, 'InternalError', 'etcd is gone');
      return true;
    };
    cluster().open();
    const failing = await cluster().shows('it fails', ({ connection }) => connection.state === 'failing', 500);
    await cluster().drive(60_000, 1_000);
    for (const { connection } of [failing, cluster().snapshot])
      assert.ok(connection.state === 'failing' && connection.error.reason === 'server', JSON.stringify(connection));
    cluster().instead = () => false;
    assert.equal((await cluster().shows('it is synced', (each) => each.synced, 1_000)).partial, false);
  });

  it('takes no selector for wrong because of how the list of namespaces is refused', async () => {
    cluster().forbidden = (path) => path === wide;
    cluster().instead = (exchange) => {
      if (exchange.request.path !== '/api/v1/namespaces') return false;
      exchange.status(400, 'BadRequest', 'not so');
      return true;
    };
    cluster().open({ labelSelector: 'app=shop' });
    await cluster().drive(30_000, 1_000);
    assert.equal(cluster().snapshot.connection.state, 'failing');
    assert.ok(cluster().shown.every(({ selectorError }) => selectorError === undefined));
  });

  it('forgets what it was not answered when the whole cluster may be read after all', async () => {
    cluster().forbidden = (path) => path === wide;
    const held: Exchange[] = [];
    answerProbes((exchange) =>
      held.push(exchange) > 1 ? exchange.status(503, 'ServiceUnavailable', 'busy', { 'retry-after': '60' }) : undefined,
    );
    const session = cluster().open();
    await cluster().drive(2_000, 500);
    assert.equal(held.length, 2);
    cluster().forbidden = () => false;
    session.retry('click');
    await cluster().shows('all is read', ({ claimsState }) => claimsState === 'live');
    held[0]?.page([], '1');
    await cluster().drive(2_000, 500);
    cluster().forbidden = (path) => path === wide;
    held.length = 0;
    answerProbes((exchange) => held.push(exchange));
    const { sequence } = cluster().snapshot;
    cluster().server.cutAll();
    for (let second = 0; second < 60 && held.length === 0; second++) await cluster().drive(1_000, 1_000);
    await cluster().drive(1_000, 500);
    const busy = cluster().shown.filter(
      ({ sequence: at, connection }) =>
        at > sequence && 'error' in connection && connection.error.message.includes('busy'),
    );
    assert.deepEqual(busy, []);
  });

  it('asks no more after its end', async () => {
    manyNamespaces(10);
    answerProbes((exchange) => exchange.status(500, 'InternalError', 'etcd'));
    const session = cluster().open();
    await cluster().drive(5_000, 1_000);
    const before = probes();
    session.dispose();
    await cluster().drive(120_000, 1_000);
    assert.equal(probes(), before);
    assert.equal(cluster().clock.pendingTimers, 0);
  });
});
