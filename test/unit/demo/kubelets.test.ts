import assert from 'node:assert/strict';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import { claimsResource, podsResource, type Resource, volumesResource } from '../../../src/demo/resources.ts';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { succeed } from '../../../src/domain/apiError.ts';
import { fullRatio, type Reading } from '../../../src/domain/reading.ts';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import { Prometheus } from '../../../src/usage/prometheus.ts';
import { UsageEngine } from '../../../src/usage/usageEngine.ts';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';
import { arrayAt, objectAt, objectOf } from '../../../src/wire/json.ts';
import type { Identified, Kind } from '../../../src/wire/kind.ts';
import { pods } from '../../../src/wire/pods.ts';
import { volumes } from '../../../src/wire/volumes.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { seededRandom } from '../../support/seededRandom.ts';
import { targetAt } from '../cluster/reflectorHarness.ts';

const minuteMs = 60_000;

describe('usage as the demo cluster tells it', () => {
  let clock: FakeClock;
  let server: DemoServer;
  let connection: Connection;
  let engine: UsageEngine;
  const { signal } = new AbortController();

  beforeEach(async () => {
    clock = new FakeClock();
    server = await startDemoServer({ clock, random: seededRandom(7) });
    const credentials = { canRefresh: false, get: async () => succeed({ token: server.token }) };
    connection = new Connection(targetAt(`http://127.0.0.1:${server.port}`), credentials, silentLog);
    const context = { connection, clock, random: () => 0.5, log: silentLog };
    const ports = {
      claims: () => read(claimsResource, claims),
      pods: async () => ({ items: read(podsResource, pods), readable: () => true }),
      volumes: async () => new Map(read(volumesResource, volumes).map((volume) => [volume.name, volume])),
      consent: async () => true,
    };
    engine = new UsageEngine({
      context,
      source: 'kubelet',
      prometheus: new Prometheus({ context, matchers: '' }),
      ports,
    });
  });
  afterEach(async () => {
    connection.dispose();
    await server.stop();
  });

  function read<T extends Identified>(resource: Resource, kind: Kind<T>): readonly T[] {
    const interner = new Interner();
    return server.state.list(resource).flatMap((object) => kind.read(object, interner) ?? []);
  }

  async function pollAfter(minutes: number): Promise<void> {
    await clock.advance(minutes * minuteMs);
    await engine.poll(signal);
  }

  function claimAt(path: string): ClaimRecord {
    const found = read(claimsResource, claims).find(({ namespace, name }) => `${namespace}/${name}` === path);
    return found ?? assert.fail(`${path} is there`);
  }

  function readingOf(path: string): Reading {
    return engine.usage.value.readings.get(claimAt(path).uid) ?? assert.fail(`a reading of ${path}`);
  }

  async function answer(path: string) {
    const found = await connection.json(path, { signal });
    return found.ok ? (objectOf(found.value) ?? {}) : assert.fail(found.error.message);
  }

  it('gives each claim the quality that it is there to show', async () => {
    await pollAfter(0);
    const qualities = {
      'payments/data-ledger-0': 'measured',
      'catalog/data-mongo-0': 'measured',
      'media/originals': 'sharedFilesystem',
      'legacy-erp/oracle-home': 'block',
      'monitoring/storage-loki-1': 'filesystemNotGrown',
      'search/data-snapshots-0': 'notMounted',
    };
    for (const [path, quality] of Object.entries(qualities)) assert.equal(readingOf(path).quality, quality, path);
    assert.equal(readingOf('media/originals').subject, 'filesystem');
    assert.equal(readingOf('catalog/data-mongo-0').inodes, undefined);
    assert.ok((readingOf('payments/data-ledger-0').inodes ?? 0) > 0);
    const mounted = [...engine.usage.value.readings.values()].filter(({ quality }) => quality !== 'notMounted');
    assert.ok(mounted.length > 100 && mounted.every(({ quality }) => quality !== 'notReported'));
  });

  it('says the same of every claim on the shared filesystem', async () => {
    await pollAfter(1);
    const [one, other] = [readingOf('media/originals'), readingOf('catalog/product-images')];
    assert.deepEqual([one.capacityBytes, one.usedBytes], [other.capacityBytes, other.usedBytes]);
  });

  it('has a claim beyond 85 % and 97 % within five minutes', async () => {
    await pollAfter(0);
    assert.ok((fullRatio(readingOf('payments/data-ledger-0')) ?? 1) < 0.85);
    await pollAfter(2);
    assert.ok((fullRatio(readingOf('payments/data-ledger-0')) ?? 0) > 0.85);
    await pollAfter(2);
    assert.ok((fullRatio(readingOf('payments/data-ledger-0')) ?? 0) > 0.97);
  });

  it('reports a claim no more whose pod crash-loops because it is full', async () => {
    const path = 'search/data-opensearch-data-2';
    await pollAfter(3.7);
    const before = readingOf(path);
    assert.equal(before.quality, 'measured');
    await pollAfter(6);
    const { quality, usedBytes, capacityBytes = Number.NaN } = readingOf(path);
    assert.deepEqual([quality, usedBytes], ['lastSeen', before.usedBytes]);
    assert.ok((usedBytes ?? 0) > 0.98 * capacityBytes);
    assert.equal(readingOf('search/data-opensearch-data-1').quality, 'measured');
  });

  it('expands a claim that fills up: then its filesystem is larger, and as much is in it', async () => {
    const path = 'checkout/data-postgres-0';
    const { uid, capacityBytes = 0n } = claimAt(path);
    await pollAfter(3);
    const before = readingOf(path);
    await pollAfter(5);
    const grown = claimAt(path);
    assert.equal(grown.uid, uid);
    assert.ok((grown.capacityBytes ?? 0n) > capacityBytes, `${grown.capacityBytes} from ${capacityBytes}`);
    const reading = readingOf(path);
    assert.equal(reading.quality, 'measured');
    assert.ok((reading.capacityBytes ?? 0) > (before.capacityBytes ?? Number.NaN));
    assert.ok((reading.usedBytes ?? 0) >= (before.usedBytes ?? Number.NaN));
    assert.ok((fullRatio(reading) ?? 1) < (fullRatio(before) ?? 0));
  });

  it('tells what pods write to their node, and names no claim for an emptyDir', async () => {
    await pollAfter(0);
    const summaries = [...engine.usage.value.pods.values()].flat();
    assert.ok(summaries.length > 100);
    for (const { ephemeral, volumes } of summaries) {
      const scratch = volumes.filter(({ claimName }) => claimName === undefined);
      assert.deepEqual(
        scratch.map(({ name }) => name),
        ['scratch'],
      );
      assert.ok((ephemeral?.usedBytes ?? 0) > (scratch[0]?.stats.usedBytes ?? Number.NaN));
    }
  });

  it('has every node that a pod is on, and says which it has not', async () => {
    const nodes = arrayAt(await answer('/api/v1/nodes'), 'items').map(
      (node) => objectAt(objectOf(node) ?? {}, 'metadata').name,
    );
    const used = new Set(read(podsResource, pods).map(({ nodeName }) => nodeName));
    assert.ok(used.size > 1);
    for (const name of used) assert.ok(nodes.includes(name), `${name} is among ${nodes.join(', ')}`);
    const missing = await connection.json('/api/v1/nodes/worker-99/proxy/stats/summary', { signal });
    assert.deepEqual([missing.ok, !missing.ok && missing.error.status], [false, 404]);
  });
});
