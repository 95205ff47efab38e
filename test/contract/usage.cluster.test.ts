import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { Disposable } from '../../src/base/disposable.ts';
import { silentLog } from '../../src/base/log.ts';
import { constantSignal, SignalSource } from '../../src/base/signal.ts';
import { Connection } from '../../src/cluster/connection.ts';
import { readAll } from '../../src/cluster/listPager.ts';
import { fail, succeed } from '../../src/domain/apiError.ts';
import type { ClaimsPast } from '../../src/domain/pastWindows.ts';
import { readPlace } from '../../src/domain/prometheusPlace.ts';
import { fullRatio } from '../../src/domain/reading.ts';
import { SharedUsageFiles } from '../../src/host/sharedUsage.ts';
import { CurrentUsage } from '../../src/session/currentUsage.ts';
import { connectTo } from '../../src/usage/directConnection.ts';
import { directWay } from '../../src/usage/directPrometheus.ts';
import type { Sources } from '../../src/usage/findings.ts';
import { Kubelets, type UsageContext } from '../../src/usage/kubelets.ts';
import { Mounts } from '../../src/usage/mounts.ts';
import { Prometheus } from '../../src/usage/prometheus.ts';
import { nextUsage, nothingKnown } from '../../src/usage/usage.ts';
import { claims } from '../../src/wire/claims.ts';
import { Interner } from '../../src/wire/interner.ts';
import type { Identified, Kind } from '../../src/wire/kind.ts';
import { pods } from '../../src/wire/pods.ts';
import { ClusterWithKubelet, summaryOf } from '../support/clusterWithKubelet.ts';
import type { ControlPlane, User } from '../support/controlPlane.ts';
import type { FakeApiServer } from '../support/fakeApiServer.ts';
import { FastClock } from '../support/fastClock.ts';
import { Followed } from '../support/followedSession.ts';
import { Authority } from '../support/pki.ts';
import { PrometheusProgram, prometheusBinary } from '../support/prometheusProgram.ts';
import { createNamespace, grant } from '../support/rights.ts';
import { targetOfText } from '../support/textTarget.ts';
import { until } from '../support/until.ts';

const { signal } = new AbortController();
const mergeType = 'application/merge-patch+json';
const prometheusAddress = '192.0.2.20';
const gi = 2 ** 30;

/** `viewer` may see everything but pass no request on; `lister` may ask kubelets; `nobody` may ask one service and nothing else. */
describe('usage, through a real kube-apiserver', () => {
  let cluster: ClusterWithKubelet;
  let folder: string;
  let plane: ControlPlane;
  let kubelet: FakeApiServer;
  let podUid = '';
  const opened: Connection[] = [];

  before(async function () {
    this.timeout(120_000);
    cluster = await ClusterWithKubelet.start();
    ({ folder, plane, kubelet } = cluster);
    await cluster.node('n2', '192.0.2.11');
    podUid = await cluster.mounted('shop', 'data', 'db-0', 'n1');
    await cluster.mounted('shop', 'lost', 'db-1', 'n2');
    await cluster.grantKubelets('lister');
  });
  beforeEach(() => {
    kubelet.handler = (exchange) => exchange.json(summary(podUid));
  });
  afterEach(() => {
    for (const connection of opened.splice(0)) connection.dispose();
  });
  after(async () => await cluster?.stop());

  function contextOf(user: User): UsageContext & { readonly connection: Connection } {
    const target = targetOfText(readFileSync(plane.kubeconfig(user), 'utf8'));
    const credentials = { canRefresh: false, get: async () => succeed({ token: plane.token(user) }) };
    const connection = new Connection(target, credentials, silentLog);
    opened.push(connection);
    return { connection, clock: systemClock, random: () => 0.5, log: silentLog };
  }

  /** Claims and pods of `shop` as the viewer reads them, with what the sources said. */
  async function usageOf(sources: Sources) {
    const { connection } = contextOf('viewer');
    const list = async <T extends Identified>(kind: Kind<T>) => {
      const page = await readAll({
        connection,
        collection: { kind, namespace: 'shop' },
        interner: new Interner(),
        signal,
      });
      return page.ok ? page.value.items : assert.fail(page.error.message);
    };
    const [all, items] = [await list(claims), await list(pods)];
    const known = { items, readable: () => true };
    const { readings } = nextUsage(nothingKnown, {
      nowMs: Date.now(),
      claims: all,
      pods: known,
      volumes: new Map(),
      ...sources,
    });
    const byName = new Map(all.map(({ name, uid }) => [name, readings.get(uid)]));
    return { nodes: new Mounts(known).nodes, reading: (name: string) => byName.get(name) ?? assert.fail(name) };
  }

  it('is read from the kubelets by who has nodes/proxy, and a node that is not there costs the other nothing', async () => {
    const kubelets = new Kubelets(contextOf('lister'));
    assert.deepEqual(await kubelets.permitted(signal), succeed(true));
    const { nodes } = await usageOf({});
    assert.deepEqual([...nodes].sort(), ['n1', 'n2']);
    const { reading } = await usageOf({ kubelets: await kubelets.ask(nodes, signal) });
    assert.deepEqual([reading('data').quality, fullRatio(reading('data'))], ['measured', 0.8]);
    assert.equal(reading('lost').quality, 'notReported');
    assert.match(reading('lost').reason, /error trying to reach service|HTTP 50\d/);
    assert.equal(kubelet.requests.at(-1)?.path, '/stats/summary');
  });

  it('is forbidden to who has not, and no kubelet hears of it', async () => {
    const before = kubelet.requests.length;
    const kubelets = new Kubelets(contextOf('viewer'));
    assert.deepEqual(await kubelets.permitted(signal), succeed(false));
    const { reading } = await usageOf({ kubelets: await kubelets.ask(['n1', 'n2'], signal) });
    assert.equal(reading('data').quality, 'forbidden');
    assert.match(reading('data').reason, /cannot get resource "nodes\/proxy"/);
    assert.equal(kubelet.requests.length, before);
  });

  it('is told from a refusal of the kubelet itself', async () => {
    kubelet.handler = (exchange) => exchange.text('Unauthorized', 'text/plain', 401);
    const answers = await new Kubelets(contextOf('lister')).ask(['n1'], signal);
    assert.deepEqual(
      answers.get('n1'),
      fail('unauthorized', 'The kubelet of n1 answers with HTTP 401.', { status: 401, foreign: true }),
    );
  });

  it('goes from the session of one window to the readings that another window shows', async () => {
    const { session } = new Followed(readFileSync(plane.kubeconfig('admin'), 'utf8'), new FastClock(1));
    const asked: string[] = [];
    const answers = new SignalSource<ReadonlyMap<string, boolean>>(new Map());
    const heard = kubelet.requests.length;
    const windows = [new SignalSource(true), new SignalSource(false)].map(
      (held) =>
        new CurrentUsage({
          session: constantSignal(session),
          snapshot: session.snapshot,
          planFor: () => ({ source: 'kubelet', prometheus: undefined, editorProxy: { url: '', noProxy: [] } }),
          access: { of: async () => ({}), changes: constantSignal(undefined) },
          env: {},
          plansChanged: constantSignal(undefined),
          leases: { take: () => ({ held, confirm: async () => held.value, dispose: () => {} }) },
          shared: new SharedUsageFiles(folder, systemClock, silentLog),
          consent: { answers, ask: (_, name) => asked.push(name), reconsider: () => {} },
          clock: systemClock,
        }),
    );
    try {
      await until('the user is asked', 20_000, () => asked.length > 0);
      assert.equal(kubelet.requests.length, heard);
      const { identity = '' } = session.snapshot.value;
      answers.set(new Map([[identity, true]]));
      const uid = session.snapshot.value.namespaces.get('shop')?.claims.get('data')?.uid ?? assert.fail('no claim');
      for (const { readings } of windows) {
        await until('it is read', 20_000, () => readings.value.get(uid)?.quality === 'measured');
        assert.equal(fullRatio(readings.value.get(uid) ?? {}), 0.8);
      }
      assert.equal(kubelet.requests.length, heard + 1);
    } finally {
      for (const window of windows) window.dispose();
      session.dispose();
    }
  });

  const binary = prometheusBinary();
  if (binary === undefined) console.log('Not run: tests on a real Prometheus; set PVCWATCH_PROMETHEUS to its binary.');
  else
    describe('from a real Prometheus', () => {
      let prometheus: PrometheusProgram;

      before(async function () {
        this.timeout(120_000);
        prometheus = await PrometheusProgram.start(binary, folder, metrics);
        cluster.passage.lead(`${prometheusAddress}:9090`, prometheus.port);
        await createNamespace(plane.admin, 'monitoring');
        const root = '/api/v1/namespaces/monitoring';
        const metadata = { name: 'prometheus-operated', labels: { 'operated-prometheus': 'true' } };
        const ports = [{ name: 'web', port: 9090 }];
        await plane.admin.must('POST', `${root}/services`, { metadata, spec: { clusterIP: 'None', ports } });
        // The API server passes nothing on but to an endpoint that is a pod, and that has this address.
        const pod = { metadata: { name: 'prometheus-0' }, spec: { containers: [{ name: 'c', image: 'none' }] } };
        await plane.admin.must('POST', `${root}/pods`, pod);
        const status = { phase: 'Running', podIP: prometheusAddress, podIPs: [{ ip: prometheusAddress }] };
        await plane.admin.must('PATCH', `${root}/pods/prometheus-0/status`, { status }, { contentType: mergeType });
        const targetRef = { kind: 'Pod', namespace: 'monitoring', name: 'prometheus-0' };
        await plane.admin.must('POST', '/apis/discovery.k8s.io/v1/namespaces/monitoring/endpointslices', {
          metadata: { name: 'prometheus-operated-1', labels: { 'kubernetes.io/service-name': 'prometheus-operated' } },
          addressType: 'IPv4',
          endpoints: [{ addresses: [prometheusAddress], conditions: { ready: true }, targetRef }],
          ports,
        });
        const rule = { apiGroups: [''], resources: ['services/proxy'], verbs: ['get'] };
        await grant(plane.admin, 'nobody', 'monitoring', [{ ...rule, resourceNames: ['prometheus-operated:9090'] }]);
      });
      after(async () => await prometheus?.stop());

      const placeOf = (text: string) => readPlace(text).place ?? assert.fail(text);
      const figures = {
        capacityBytes: 10 * gi,
        availableBytes: 2 * gi,
        usedBytes: 7 * gi,
        inodes: 1000,
        inodesUsed: 100,
      };
      const read = async (source: Prometheus) => {
        const answer = await source.ask(signal);
        return answer?.ok ? answer.value.get('shop/data') : (answer?.error.reason ?? 'none');
      };

      it('is found and read', async () => {
        const source = new Prometheus({ context: contextOf('admin'), matchers: '' });
        const series = await read(source);
        assert.ok(typeof series === 'object' && series.stats && series.atMs !== undefined);
        assert.deepEqual({ ...series.stats }, figures);
        assert.ok(Math.abs(Date.now() - series.atMs) < 60_000);
        assert.deepEqual(source.place, placeOf('monitoring/prometheus-operated:9090'));
      });

      it('is no reading of a claim that was made a moment ago', async () => {
        const prometheus = await new Prometheus({ context: contextOf('admin'), matchers: '' }).ask(signal);
        const { reading } = await usageOf({ prometheus });
        // What was scraped may be of another one of the same name.
        assert.equal(reading('data').quality, 'notReported');
      });

      it('is read by who may ask that one service and nothing else, if it is named', async () => {
        const place = placeOf('monitoring/prometheus-operated:9090');
        assert.equal(
          typeof (await read(new Prometheus({ context: contextOf('nobody'), matchers: '', place }))),
          'object',
        );
        assert.equal(await read(new Prometheus({ context: contextOf('nobody'), matchers: '' })), 'forbidden');
        assert.equal(await read(new Prometheus({ context: contextOf('viewer'), matchers: '', place })), 'forbidden');
      });

      it('tells of the past, through the service proxy too', async () => {
        const source = new Prometheus({ context: contextOf('admin'), matchers: '' });
        const stepMs = 1_000;
        const minute = () => {
          const toMs = Math.floor(Date.now() / stepMs) * stepMs;
          return { fromMs: toMs - 60_000, toMs, stepMs };
        };
        assert.equal(source.past(Date.now(), signal), undefined, 'before it is found');
        await source.ask(signal);
        const reader = source.past(Date.now(), signal) ?? assert.fail();
        assert.ok(reader.windows.length > 1);
        let past: ClaimsPast | undefined;
        await until('there is a past', 20_000, async () => {
          const answer = await reader.read(minute());
          past = answer.ok ? answer.value : assert.fail(answer.error.message);
          return past.of('shop', 'data').length > 1;
        });
        const [{ atMs, ...first } = assert.fail(), next] = past?.of('shop', 'data') ?? [];
        assert.deepEqual(first, figures);
        assert.equal(next?.atMs, atMs + stepMs);
        assert.deepEqual(past?.of('shop', 'shared'), [], 'of two clusters');
        assert.deepEqual(past?.of('shop', 'none'), []);
        const { toMs } = minute();
        const tooMany = await reader.read({ fromMs: toMs - 20_000_000, toMs, stepMs });
        assert.match(tooMany.ok === false ? tooMany.error.message : '', /HTTP 400/);
      });

      it('is read at its URL', async () => {
        const url = `http://127.0.0.1:${prometheus.port}`;
        const direct = connectTo({ url, setting: 'pvcwatch.usage.prometheus' }, silentLog, systemClock);
        opened.push(direct);
        const series = await read(
          new Prometheus({ context: contextOf('nobody'), matchers: '', place: placeOf(url), direct }),
        );
        assert.ok(typeof series === 'object' && series.stats);
        assert.deepEqual({ ...series.stats }, figures);
      });

      it('with TLS and users is read by its authority and with what it wants to know', async () => {
        const own = join(folder, 'secured');
        mkdirSync(own);
        const authority = new Authority(own);
        const { certFile, keyFile } = authority.issue('prometheus', '/CN=prometheus', true);
        // The hash of "test" in Prometheus' own guide to basic authentication.
        const hash = '$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay';
        const web = {
          tls_server_config: { cert_file: certFile, key_file: keyFile },
          basic_auth_users: { reader: hash },
        };
        const secured = await PrometheusProgram.start(binary, own, metrics, web);
        const place = placeOf(`https://127.0.0.1:${secured.port}`);
        const ways: Disposable[] = [];
        const login = { Authorization: `Basic ${Buffer.from('reader:test').toString('base64')}` };
        const answerTo = async (headers: Readonly<Record<string, string>>, caFile?: string) => {
          const way = directWay(
            { place, matchers: '', ...(caFile === undefined ? {} : { caFile }) },
            {
              access: async () => ({ headers }),
              proxies: { env: {}, editor: { url: '', noProxy: [] } },
              ...{ log: silentLog, clock: systemClock },
            },
          );
          ways.push(way.lifetime);
          const { direct, headers: more } = way;
          const source = new Prometheus({ context: contextOf('nobody'), matchers: '', place, direct, headers: more });
          const answer = await source.ask(signal);
          return answer?.ok ? answer.value.get('shop/data') : answer?.error.message;
        };
        try {
          await until('it has scraped', 60_000, async () => {
            const series = await answerTo(login, authority.caFile);
            return typeof series === 'object' && series.stats?.inodesUsed !== undefined;
          });
          assert.match(String(await answerTo({}, authority.caFile)), /HTTP 401\. .*Set Credentials of Prometheus/);
          assert.match(String(await answerTo(login)), /certificate/);
        } finally {
          for (const way of ways) way.dispose();
          await secured.stop();
        }
      });

      it('is of two clusters without a matcher, and of one with it', async () => {
        const place = placeOf('monitoring/prometheus-operated:9090');
        const twice = (matchers: string) => new Prometheus({ context: contextOf('admin'), matchers, place });
        const name = 'shop/shared';
        const ask = async (matchers: string) => {
          const answer = await twice(matchers).ask(signal);
          return answer?.ok ? answer.value.get(name) : assert.fail();
        };
        assert.deepEqual(await ask(''), { ambiguous: ['cluster'] });
        const one = await ask('cluster="prod-us"');
        assert.equal(one?.stats?.capacityBytes, 20);
        assert.equal(await ask('cluster="elsewhere"'), undefined);
        const wrong = await twice('cluster=~"("').ask(signal);
        assert.match(wrong?.ok === false ? wrong.error.message : '', /HTTP 400\. Check the label matchers/);
      });
    });
});

function summary(podUid: string): object {
  const names = { namespace: 'shop', claimName: 'data', podName: 'db-0' };
  return summaryOf([{ ...names, podUid, capacityBytes: 10 * gi, availableBytes: 2 * gi, usedBytes: 7 * gi }]);
}

/** What a kubelet exports of one claim, and what two clusters would of another of the same name. */
function metrics(): string {
  const lines = (labels: string, capacity: number, available: number, used: number) => [
    `kubelet_volume_stats_capacity_bytes{${labels}} ${capacity}`,
    `kubelet_volume_stats_available_bytes{${labels}} ${available}`,
    `kubelet_volume_stats_used_bytes{${labels}} ${used}`,
    `kubelet_volume_stats_inodes{${labels}} 1000`,
    `kubelet_volume_stats_inodes_free{${labels}} 900`,
    `kubelet_volume_stats_inodes_used{${labels}} 100`,
  ];
  const shared = 'namespace="shop",persistentvolumeclaim="shared"';
  return [
    ...lines('namespace="shop",persistentvolumeclaim="data"', 10 * gi, 2 * gi, 7 * gi),
    ...lines(shared, 10, 1, 9),
    ...lines(`${shared},cluster="prod-us"`, 20, 2, 18),
    '',
  ].join('\n');
}
