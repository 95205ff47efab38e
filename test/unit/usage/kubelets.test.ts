import assert from 'node:assert/strict';
import { Kubelets } from '../../../src/usage/kubelets.ts';
import type { Exchange } from '../../support/fakeApiServer.ts';
import { eventually } from '../cluster/eventually.ts';
import { UsageServer } from './usageServer.ts';

const { signal } = new AbortController();
const minuteMs = 60_000;
const nodes = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
const summary = (node: string) => ({ node: { nodeName: node }, pods: [] });
const nodeOf = ({ request }: Exchange) =>
  /^\/api\/v1\/nodes\/([^/]+)\/proxy\/stats\/summary$/.exec(request.path)?.[1] ?? '';

describe('kubelets', () => {
  /** What each node does instead of answering well. */
  let instead: Map<string, (exchange: Exchange) => void>;
  let usage: UsageServer;
  let kubelets: Kubelets;

  beforeEach(async () => {
    instead = new Map();
    usage = await UsageServer.start((exchange) => {
      const node = nodeOf(exchange);
      const other = instead.get(node) ?? instead.get('*');
      if (other) other(exchange);
      else exchange.json(summary(node));
    });
    kubelets = new Kubelets(usage.context);
  });
  afterEach(async () => await usage.close());

  const asked = () => usage.server.requests.splice(0).map(({ path }) => path.split('/')[4] ?? '');
  const said = async (names: readonly string[]) => {
    const answers = await kubelets.ask(names, signal);
    assert.deepEqual([...answers.keys()], names);
    return [...answers.values()].map((answer) => (answer.ok ? 'heard' : answer.error.reason));
  };

  it('are asked for their summary through the API server, each once', async () => {
    assert.deepEqual(await said(nodes(9)), Array(9).fill('heard'));
    assert.deepEqual(asked().sort(), nodes(9));
  });

  it('are asked at most four at a time', async () => {
    const waiting: Exchange[] = [];
    instead.set('*', (exchange) => waiting.push(exchange));
    const answers = kubelets.ask(nodes(10), signal);
    for (let done = 0; done < 10; done++) {
      await eventually('the next is asked', () => waiting.length === Math.min(4, 10 - done));
      await usage.server.quiet();
      assert.ok(waiting.length <= 4);
      const exchange = waiting.shift() ?? assert.fail();
      exchange.json(summary(nodeOf(exchange)));
      await eventually('it has its answer', () => exchange.closed);
    }
    assert.ok([...(await answers).values()].every(({ ok }) => ok));
  });

  const bad: readonly [what: string, handler: (exchange: Exchange) => void, reason: string][] = [
    [
      'is not reached by the API server',
      (exchange) =>
        exchange.status(
          503,
          'ServiceUnavailable',
          'error trying to reach service: dial tcp 192.0.2.10:10250: connect: connection refused',
        ),
      'server',
    ],
    ['has an error', (exchange) => exchange.text('oops', 'text/plain', 500), 'server'],
    ['does not let the API server in', (exchange) => exchange.text('Unauthorized', 'text/plain', 401), 'unauthorized'],
    [
      'refuses the API server',
      (exchange) => exchange.text('Forbidden (user=kube-apiserver)', 'text/plain', 403),
      'forbidden',
    ],
    ['is gone', (exchange) => exchange.status(404, 'NotFound', 'nodes "n0" not found'), 'notFound'],
    ['sends no summary', (exchange) => exchange.json({ kind: 'Other' }), 'malformed'],
    ['sends no JSON', (exchange) => exchange.text('hello', 'text/plain'), 'malformed'],
    ['hangs up', (exchange) => exchange.cut(), 'unreachable'],
    [
      'stops halfway',
      (exchange) => exchange.begin().raw('{"node"') && setTimeout(() => exchange.cut(), 5),
      'unreachable',
    ],
  ];
  for (const [what, handler, reason] of bad)
    it(`cost each other nothing: one that ${what} is left alone for a while, by itself`, async () => {
      instead.set('n0', handler);
      assert.deepEqual(await said(nodes(6)), [reason, ...Array(5).fill('heard')]);
      asked();
      assert.deepEqual(await said(nodes(6)), [reason, ...Array(5).fill('heard')]);
      assert.deepEqual(asked().sort(), nodes(6).slice(1));
      instead.clear();
      await usage.clock.advance(minuteMs);
      assert.deepEqual(await said(nodes(6)), Array(6).fill('heard'));
    });

  it('that are slow are given up after ten seconds, while the others are heard', async () => {
    for (const node of ['n0', 'n1', 'n2']) instead.set(node, () => {});
    const answers = said(nodes(12));
    await eventually('all have been asked', () => usage.server.requests.length === 12);
    await eventually(
      'all good ones have their answer',
      () => usage.server.exchanges.filter(({ closed }) => closed).length === 9,
    );
    await usage.clock.advance(10_000);
    assert.deepEqual(await answers, [...Array(3).fill('unreachable'), ...Array(9).fill('heard')]);
    assert.equal(usage.clock.pendingTimers, 0);
  });

  it('that failed before are asked last', async () => {
    instead.set('n0', (exchange) => exchange.text('oops', 'text/plain', 500));
    await said(nodes(8));
    await usage.clock.advance(minuteMs);
    asked();
    await said(nodes(8));
    assert.equal(asked().at(-1), 'n0');
  });

  it('that keep failing are asked less and less often, every half hour at least', async () => {
    instead.set('n0', (exchange) => exchange.text('oops', 'text/plain', 500));
    const minutes: number[] = [];
    for (let minute = 0; minute < 180; minute++) {
      await said(['n0', 'n1']);
      if (asked().includes('n0')) minutes.push(minute);
      await usage.clock.advance(minuteMs);
    }
    const waits = minutes.slice(1).map((minute, index) => minute - (minutes[index] ?? 0));
    assert.deepEqual(waits.slice(0, 7), [1, 2, 3, 6, 12, 23, 23]);
  });

  it('are not asked one by one for a right that nobody has', async () => {
    const message = 'nodes "n0" is forbidden: User "dev" cannot get resource "nodes/proxy"';
    instead.set('*', (exchange) => exchange.status(403, 'Forbidden', message));
    assert.deepEqual(await said(nodes(50)), Array(50).fill('forbidden'));
    assert.ok(asked().length < 8);
    assert.deepEqual(await said(nodes(50)), Array(50).fill('forbidden'));
    assert.deepEqual(asked(), []);
    instead.clear();
    await usage.clock.advance(minuteMs);
    assert.deepEqual(await said(nodes(5)), Array(5).fill('heard'));
  });

  it('are heard where only some of them may be asked', async () => {
    for (const node of ['n0', 'n1', 'n2'])
      instead.set(node, (exchange) => exchange.status(403, 'Forbidden', `nodes "${node}" is forbidden`));
    assert.deepEqual(await said(nodes(20)), [...Array(3).fill('forbidden'), ...Array(17).fill('heard')]);
  });

  it('are left in peace for as long as the API server asks', async () => {
    instead.set('*', (exchange) => exchange.status(429, 'TooManyRequests', 'busy', { 'retry-after': '300' }));
    assert.deepEqual(await said(nodes(20)), Array(20).fill('throttled'));
    assert.ok(asked().length <= 4);
    await usage.clock.advance(299_000);
    await said(nodes(20));
    assert.deepEqual(asked(), []);
  });

  it('are not blamed when the API server cannot be reached', async () => {
    const listen = await usage.server.shut();
    assert.deepEqual(await said(nodes(20)), Array(20).fill('unreachable'));
    await listen();
    await usage.clock.advance(minuteMs);
    assert.deepEqual(await said(nodes(20)), Array(20).fill('heard'));
  });

  it('are asked no more once that is stopped', async () => {
    const stop = new AbortController();
    instead.set('*', () => {});
    const answers = kubelets.ask(nodes(9), stop.signal);
    await eventually('four are asked', () => usage.server.requests.length === 4);
    stop.abort();
    for (const answer of (await answers).values()) assert.equal(answer.ok || answer.error.reason, 'aborted');
    assert.equal(usage.server.requests.length, 4);
    assert.equal(usage.clock.pendingTimers, 0);
  });

  it('may be asked if the API server says so beforehand', async () => {
    for (const allowed of [true, false]) {
      usage.server.handler = (exchange) => exchange.json({ kind: 'SelfSubjectAccessReview', status: { allowed } }, 201);
      assert.deepEqual(await kubelets.permitted(signal), { ok: true, value: allowed });
    }
    usage.server.handler = (exchange) => exchange.json({});
    assert.deepEqual(await kubelets.permitted(signal), { ok: true, value: false });
  });
});
