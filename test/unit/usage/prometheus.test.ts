import assert from 'node:assert/strict';
import { silentLog } from '../../../src/base/log.ts';
import { placeText, readPlace, servicePath } from '../../../src/domain/prometheusPlace.ts';
import { connectTo } from '../../../src/usage/directConnection.ts';
import { Prometheus, type PrometheusOptions } from '../../../src/usage/prometheus.ts';
import { prometheusSelectors } from '../../../src/wire/prometheusServices.ts';
import type { Exchange } from '../../support/fakeApiServer.ts';
import { eventually } from '../cluster/eventually.ts';
import { UsageServer } from './usageServer.ts';

const { signal } = new AbortController();
const minuteMs = 60_000;
const seconds = 1_767_268_800.5;

/** What a Prometheus that scrapes one claim answers to any of our queries. */
function answerOf(query: string, cluster?: string) {
  const values: Readonly<Record<string, number>> = {
    capacity_bytes: 100,
    available_bytes: 20,
    used_bytes: 70,
    inodes_used: 1,
    inodes: 10,
  };
  const figure = Object.keys(values).find((name) => query.includes(`kubelet_volume_stats_${name}`)) ?? '';
  const value = query.startsWith('timestamp(') ? seconds - 30 : values[figure];
  const metric = { namespace: 'shop', persistentvolumeclaim: 'data', instance: 'n1', ...(cluster ? { cluster } : {}) };
  return vectorOf([{ metric, value: [seconds, String(value)] }]);
}
const vectorOf = (result: readonly unknown[]) => ({ status: 'success', data: { resultType: 'vector', result } });
const service = (
  namespace: string,
  name: string,
  ports: readonly unknown[] = [{ name: 'web', port: 9090 }],
  labels = {},
) => ({
  metadata: { namespace, name, labels },
  spec: { ports },
});
const stats = { capacityBytes: 100, availableBytes: 20, usedBytes: 70, inodes: 10, inodesUsed: 1 };

describe('a prometheus', () => {
  /** Services by the selector they are found by; what each does, by its path. */
  let found: Map<string, readonly unknown[]>;
  let does: Map<string, (exchange: Exchange, query: string) => void>;
  let usage: UsageServer;

  const well = (exchange: Exchange, query: string) => exchange.json(answerOf(query));
  const pathOf = (namespace: string, port: string) => `/api/v1/namespaces/${namespace}/services/${port}/proxy`;

  beforeEach(async () => {
    found = new Map();
    does = new Map();
    usage = await UsageServer.start((exchange) => {
      const { path, query } = exchange.request;
      if (path === '/api/v1/services') {
        exchange.json({ kind: 'ServiceList', items: found.get(query.get('labelSelector') ?? '') ?? [] });
        return;
      }
      const handler = does.get(path.replace(/\/api\/v1\/query$/, ''));
      if (handler && path.endsWith('/api/v1/query')) handler(exchange, query.get('query') ?? '');
      else exchange.status(404, 'NotFound', `nothing is at ${path}`);
    });
  });
  afterEach(async () => await usage.close());

  const make = (more: Partial<PrometheusOptions> = {}) =>
    new Prometheus({ context: usage.context, matchers: '', ...more });
  const placeOf = (text: string) => readPlace(text).place ?? assert.fail(text);
  const ask = async (prometheus: Prometheus) => {
    const answer = await prometheus.ask(signal);
    if (!answer) return 'none';
    return answer.ok ? (answer.value.get('shop/data') ?? 'unknown claim') : answer.error.message;
  };
  const heard = { stats, atMs: (seconds - 30) * 1000 };

  for (const selector of prometheusSelectors)
    it(`is found by ${selector}, through the service proxy`, async () => {
      found.set(selector, [service('monitoring', 'prom')]);
      does.set(pathOf('monitoring', 'prom:9090'), well);
      const prometheus = make();
      assert.deepEqual(await ask(prometheus), heard);
      assert.equal(prometheus.place && placeText(prometheus.place), 'monitoring/prom:9090');
      const lists = usage.paths.filter((path) => path === '/api/v1/services').length;
      assert.equal(lists, prometheusSelectors.indexOf(selector) + 1);
      await ask(prometheus);
      assert.equal(usage.paths.filter((path) => path === '/api/v1/services').length, lists, 'it is looked for once');
    });

  it('is asked for all figures of one moment', async () => {
    const place = placeOf('monitoring/prom:9090');
    does.set(pathOf('monitoring', 'prom:9090'), well);
    await ask(make({ place }));
    const [first, ...others] = usage.server.requests.map(({ query }) => query.get('time'));
    assert.equal(first, null);
    assert.deepEqual(others, Array(5).fill(String(seconds)));
  });

  it('is asked with the matchers', async () => {
    const place = placeOf('monitoring/prom:9090');
    does.set(pathOf('monitoring', 'prom:9090'), well);
    await ask(make({ place, matchers: 'cluster="prod-eu"' }));
    assert.equal(usage.server.requests.length, 6);
    for (const { query } of usage.server.requests) assert.match(query.get('query') ?? '', /\{cluster="prod-eu"\}/);
  });

  it('of many clusters makes a claim ambiguous', async () => {
    const place = placeOf('monitoring/prom:9090');
    does.set(pathOf('monitoring', 'prom:9090'), (exchange, query) => {
      const [eu, us] = ['eu', 'us'].map((cluster) => answerOf(query, cluster).data.result);
      exchange.json(vectorOf([...(eu ?? []), ...(us ?? [])]));
    });
    assert.deepEqual(await ask(make({ place })), { ambiguous: ['cluster'] });
  });

  it('that knows no claim gives way to one that does', async () => {
    found.set('app=prometheus', [service('apps', 'a'), service('monitoring', 'b')]);
    does.set(pathOf('apps', 'a:9090'), (exchange) => exchange.json(vectorOf([])));
    does.set(pathOf('monitoring', 'b:9090'), well);
    assert.deepEqual(await ask(make()), heard);
  });

  it('that does not answer gives way to one that does', async () => {
    found.set('operated-prometheus=true', [service('apps', 'a'), service('monitoring', 'b')]);
    does.set(pathOf('apps', 'a:9090'), (exchange) =>
      exchange.status(503, 'ServiceUnavailable', 'no endpoints available'),
    );
    does.set(pathOf('monitoring', 'b:9090'), well);
    assert.deepEqual(await ask(make()), heard);
  });

  it('that knows no claim is what there is, where there is no other', async () => {
    found.set('app=prometheus', [service('apps', 'a')]);
    does.set(pathOf('apps', 'a:9090'), (exchange) => exchange.json(vectorOf([])));
    const prometheus = make();
    assert.equal(await ask(prometheus), 'unknown claim');
    const before = usage.paths.length;
    assert.equal(await ask(prometheus), 'unknown claim');
    assert.equal(usage.paths.length, before, 'another is looked for only now and then');
    does.set(pathOf('apps', 'a:9090'), well);
    await usage.clock.advance(minuteMs);
    assert.deepEqual(await ask(prometheus), heard);
  });

  it('is none where no service is labelled as one, and is looked for again later', async () => {
    const prometheus = make();
    assert.equal(await ask(prometheus), 'none');
    found.set('app=prometheus', [service('monitoring', 'b')]);
    does.set(pathOf('monitoring', 'b:9090'), well);
    assert.equal(await ask(prometheus), 'none');
    await usage.clock.advance(minuteMs);
    assert.deepEqual(await ask(prometheus), heard);
  });

  it('has to be named where services may not be listed', async () => {
    usage.server.handler = (exchange) => exchange.status(403, 'Forbidden', 'services is forbidden');
    assert.match(String(await ask(make())), /name one in pvcwatch\.usage\.prometheus/);
  });

  it('that has moved is found again', async () => {
    found.set('app=prometheus', [service('monitoring', 'old')]);
    does.set(pathOf('monitoring', 'old:9090'), well);
    const prometheus = make();
    assert.deepEqual(await ask(prometheus), heard);
    does.clear();
    found.set('app=prometheus', [service('monitoring', 'new')]);
    does.set(pathOf('monitoring', 'new:9090'), well);
    assert.match(String(await ask(prometheus)), /nothing is at/);
    await usage.clock.advance(minuteMs);
    assert.deepEqual(await ask(prometheus), heard);
  });

  const bad: readonly [what: string, handler: (exchange: Exchange) => void, says: RegExp][] = [
    [
      'refuses the matchers',
      (exchange) => exchange.json({ status: 'error', error: 'parse error' }, 400),
      /HTTP 400\. Check the label matchers/,
    ],
    [
      'wants a token',
      (exchange) => exchange.text('Unauthorized', 'text/plain', 401),
      /HTTP 401\. It wants a token, which service proxies strip/,
    ],
    ['forbids', (exchange) => exchange.text('Forbidden', 'text/plain', 403), /HTTP 403\. It does not accept/],
    [
      'is something else',
      (exchange) => exchange.json({ hello: 'world' }),
      /sends an answer that is not one of a Prometheus/,
    ],
    ['says an error with 200', (exchange) => exchange.json({ status: 'error', error: 'too slow' }), /sends too slow/],
    ['is a web page', (exchange) => exchange.text('<html>', 'text/html'), /HTTP 200\. Is it one\?/],
    [
      'is not permitted by the API server',
      (exchange) => exchange.status(403, 'Forbidden', 'services "prom" is forbidden'),
      /^services "prom" is forbidden$/,
    ],
  ];
  for (const [what, handler, says] of bad)
    it(`that ${what} says so, and is left alone for a while`, async () => {
      does.set(pathOf('monitoring', 'prom:9090'), handler);
      const prometheus = make({ place: placeOf('monitoring/prom:9090') });
      assert.match(String(await ask(prometheus)), says);
      assert.match(String(await ask(prometheus)), says);
      assert.equal(usage.paths.length, 1);
    });

  it('that is slow is given up after half a minute', async () => {
    does.set(pathOf('monitoring', 'prom:9090'), () => {});
    const answer = ask(make({ place: placeOf('monitoring/prom:9090') }));
    await eventually('it is asked', () => usage.paths.length === 1);
    await usage.clock.advance(30_000);
    assert.match(String(await answer), /monitoring\/prom:9090 did not answer within 30 s/);
  });

  it('at a URL is asked directly, with its token and headers', async () => {
    usage.server.handler = (exchange) => exchange.json(answerOf(exchange.request.query.get('query') ?? ''));
    const url = `${usage.server.url}/prefix`;
    const direct = connectTo({ url, setting: 'a.setting', token: async () => 'secret' }, silentLog, usage.clock);
    try {
      const prometheus = make({ place: placeOf(url), direct, headers: async () => ({ 'x-scope-orgid': 'shop' }) });
      assert.deepEqual(await ask(prometheus), heard);
      for (const { path, headers } of usage.server.requests) {
        assert.equal(path, '/prefix/api/v1/query');
        assert.deepEqual([headers.authorization, headers['x-scope-orgid']], ['Bearer secret', 'shop']);
      }
    } finally {
      direct.dispose();
    }
  });
});

describe('the place of a prometheus', () => {
  const good: readonly [text: string, path: string][] = [
    ['monitoring/prometheus-k8s:9090', '/api/v1/namespaces/monitoring/services/prometheus-k8s:9090/proxy'],
    [
      'openshift-monitoring/https:prometheus:9091',
      '/api/v1/namespaces/openshift-monitoring/services/https:prometheus:9091/proxy',
    ],
  ];
  for (const [text, path] of good)
    it(`is read from ${text}`, () => {
      const { place } = readPlace(text);
      assert.equal(place?.kind === 'service' && servicePath(place.service), path);
    });

  it('may have routes that begin with a path', () => {
    const { place } = readPlace('monitoring/prometheus:9090/prometheus');
    assert.equal(place?.kind === 'service' && place.path, '/prometheus');
  });

  it('may be a URL', () => {
    assert.deepEqual(readPlace(' https://prom.example.com:9090/x/ ').place, {
      kind: 'url',
      url: 'https://prom.example.com:9090/x',
    });
  });

  for (const text of [
    '',
    'prometheus',
    'a/b',
    'a/b:0',
    'a/b:99999',
    'a/../b:9090',
    'a/b:9090/..%2f',
    'a/b:9090?x',
    'https://me:secret@prom',
    'https://prom?x=1',
    'ftp://prom',
    'https://',
  ])
    it(`is not read from ${JSON.stringify(text)}`, () => assert.ok(readPlace(text).problem));

  it('that is refused is not repeated with its password', () => {
    assert.doesNotMatch(readPlace('https://me:secret@prom').problem ?? '', /secret/);
  });
});
