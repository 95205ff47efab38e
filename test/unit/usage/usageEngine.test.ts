import assert from 'node:assert/strict';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import type { KnownPods } from '../../../src/usage/mounts.ts';
import { Prometheus } from '../../../src/usage/prometheus.ts';
import { UsageEngine, type UsagePorts, type UsageSource } from '../../../src/usage/usageEngine.ts';
import type { Exchange } from '../../support/fakeApiServer.ts';
import { eventually } from '../cluster/eventually.ts';
import { claimOf, gi, minuteMs, podOf, stats } from './observed.ts';
import { UsageServer } from './usageServer.ts';

const reviewPath = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const prometheusPath = '/api/v1/namespaces/monitoring/services/prom:9090/proxy/api/v1/query';
const summaryPath = '/api/v1/nodes/n1/proxy/stats/summary';

describe('the usage engine', () => {
  let usage: UsageServer;
  let stop: AbortController;
  let does: Map<string, (exchange: Exchange) => void>;
  let claims: readonly ClaimRecord[];
  let pods: KnownPods;
  let consent: boolean | undefined;

  beforeEach(async () => {
    stop = new AbortController();
    claims = [claimOf({ createdMs: 0 })];
    pods = { items: [podOf()], readable: () => true };
    consent = undefined;
    does = new Map([
      [reviewPath, (exchange) => exchange.json({ status: { allowed: true } }, 201)],
      [summaryPath, (exchange) => exchange.json(summary())],
    ]);
    usage = await UsageServer.start((exchange) => {
      const handler = does.get(exchange.request.path);
      if (handler) handler(exchange);
      else exchange.json({ kind: 'ServiceList', items: [] });
    });
  });
  afterEach(async () => {
    stop.abort();
    await usage.close();
  });

  const summary = () => {
    const time = new Date(usage.clock.now()).toISOString();
    const podRef = { uid: 'p1', namespace: 'shop', name: 'db-0' };
    return { node: { nodeName: 'n1' }, pods: [{ podRef, volume: [{ name: 'v', time, ...stats }] }] };
  };

  function prometheusIsThere(): void {
    const item = { metadata: { namespace: 'monitoring', name: 'prom' }, spec: { ports: [{ port: 9090 }] } };
    does.set('/api/v1/services', (exchange) => exchange.json({ items: [item] }));
    does.set(prometheusPath, (exchange) => {
      const seconds = usage.clock.now() / 1000;
      const query = exchange.request.query.get('query') ?? '';
      const value = /^timestamp/.test(query) ? seconds : /capacity/.test(query) ? 10 * gi : gi;
      const metric = { namespace: 'shop', persistentvolumeclaim: 'data' };
      exchange.json({
        status: 'success',
        data: { resultType: 'vector', result: [{ metric, value: [seconds, String(value)] }] },
      });
    });
  }

  function engineOf(source: UsageSource, answer = true): UsageEngine {
    const ports: UsagePorts = {
      claims: () => claims,
      pods: async () => pods,
      volumes: async () => new Map(),
      consent: async () => {
        consent = answer;
        return answer;
      },
    };
    const { context } = usage;
    return new UsageEngine({ context, source, ports, prometheus: new Prometheus({ context, matchers: '' }) });
  }

  async function polled(source: UsageSource, answer = true) {
    const engine = engineOf(source, answer);
    await engine.poll(stop.signal);
    const reading = engine.usage.value.readings.get('c1') ?? assert.fail('no reading');
    return [reading.quality, reading.source];
  }

  it('reads a Prometheus first, and asks nobody about kubelets then', async () => {
    prometheusIsThere();
    assert.deepEqual(await polled('auto'), ['measured', 'prometheus']);
    assert.equal(consent, undefined);
    assert.ok(!usage.paths.some((path) => path === reviewPath || path === summaryPath));
  });

  it('reads kubelets where there is no Prometheus, once the user has said yes', async () => {
    assert.deepEqual(await polled('auto'), ['measured', 'kubelet']);
    assert.equal(consent, true);
  });

  it('reads kubelets where a central Prometheus knows the claims of other clusters alone', async () => {
    prometheusIsThere();
    claims = [claimOf({ createdMs: 0 }), claimOf({ uid: 'c2', name: 'other' })];
    assert.deepEqual(await polled('auto'), ['measured', 'prometheus']);
    claims = [claimOf({ name: 'else' })];
    pods = { items: [podOf({ volumes: [{ name: 'v', claimName: 'else' }] })], readable: () => true };
    assert.deepEqual(await polled('auto'), ['measured', 'kubelet']);
  });

  it('reads no kubelet when the user has said no, and says so', async () => {
    const engine = engineOf('auto', false);
    await engine.poll(stop.signal);
    const { quality, reason } = engine.usage.value.readings.get('c1') ?? assert.fail('no reading');
    assert.equal(quality, 'notReported');
    assert.match(reason, /Kubelets are not read, as nobody has said yes to that/);
    assert.ok(!usage.paths.includes(summaryPath));
  });

  it('does not even ask the user where the API server would refuse', async () => {
    does.set(reviewPath, (exchange) => exchange.json({ status: { allowed: false } }, 201));
    assert.deepEqual(await polled('auto'), ['forbidden', undefined]);
    assert.equal(consent, undefined);
    assert.ok(!usage.paths.includes(summaryPath));
  });

  it('reads nothing but what it is told to', async () => {
    assert.deepEqual(await polled('prometheus'), ['notReported', undefined]);
    prometheusIsThere();
    const before = usage.paths.length;
    assert.deepEqual(await polled('kubelet'), ['measured', 'kubelet']);
    assert.deepEqual(usage.paths.slice(before), [reviewPath, summaryPath]);
  });

  it('asks no kubelet, and nobody about it, where no pod mounts a claim', async () => {
    pods = { items: [], readable: () => true };
    assert.deepEqual(await polled('kubelet'), ['notMounted', undefined]);
    assert.deepEqual([usage.paths, consent], [[], undefined]);
  });

  it('polls every one to two minutes, and no more once it is stopped', async () => {
    const engine = engineOf('kubelet');
    const running = engine.run(stop.signal);
    const polls = () => usage.paths.filter((path) => path === summaryPath).length;
    for (let poll = 1; poll <= 3; poll++) {
      await eventually('it has polled', () => polls() === poll && usage.clock.pendingTimers === 1);
      await usage.clock.advance(1.5 * minuteMs - 1);
      assert.equal(polls(), poll);
      await usage.clock.advance(1);
    }
    await eventually('it has polled', () => usage.clock.pendingTimers === 1);
    stop.abort();
    await running;
    assert.equal(usage.clock.pendingTimers, 0);
  });

  it('looks ever less often where nobody tells anything, and as often as ever once somebody does', async () => {
    let allowed = false;
    let looks = 0;
    does.set(reviewPath, (exchange) => {
      looks++;
      exchange.json({ status: { allowed } }, 201);
    });
    const running = engineOf('kubelet').run(stop.signal);
    const looked = async (count: number) =>
      await eventually('it has looked', () => looks === count && usage.clock.pendingTimers === 1);
    const pause = 1.5 * minuteMs;
    await looked(1);
    for (const [before, times] of [1, 2, 4, 8, 8].entries()) {
      await usage.clock.advance(times * pause - 1);
      assert.equal(looks, before + 1, `${times} times as long`);
      if (before === 4) allowed = true;
      await usage.clock.advance(1);
      await looked(before + 2);
    }
    await usage.clock.advance(pause);
    await looked(7);
    stop.abort();
    await running;
  });

  it('shows nothing of a poll that was stopped', async () => {
    const engine = engineOf('kubelet');
    does.set(summaryPath, () => {});
    const polling = engine.poll(stop.signal);
    await eventually('a kubelet is asked', () => usage.paths.includes(summaryPath));
    stop.abort();
    await polling;
    assert.equal(engine.usage.value.readings.size, 0);
  });
});
