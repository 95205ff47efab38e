import assert from 'node:assert/strict';
import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import type { Session } from '../../src/session/session.ts';
import { until } from '../support/until.ts';
import { openContractSession } from './contractSession.ts';
import { ContractNamespace, pod, text, waitMs } from './objects.ts';
import type { ContractContext } from './suite.ts';

const gibi = 1024n ** 3n;

/** The product's own client on the cluster: snapshots that follow what happens. */
export function sessionContract(context: () => ContractContext): void {
  describe('a session', () => {
    let home: ContractNamespace;
    let session: Session;
    before(async () => {
      const { client, cluster } = context();
      home = await ContractNamespace.create(client);
      session = openContractSession(cluster, { namespaces: [home.name] });
    });
    after(() => session.dispose());

    const shows = async <T>(what: string, holds: (snapshot: StorageSnapshot) => T) =>
      await until(what, waitMs, () => holds(session.snapshot.value));
    const claims = (snapshot: StorageSnapshot) => [...(snapshot.namespaces.get(home.name)?.claims.values() ?? [])];

    it('becomes live, and knows the cluster by the UID of kube-system', async () => {
      await shows('it is live', ({ synced, connection }) => synced && connection.state === 'live');
      const system = (await context().client.get('/api/v1/namespaces/kube-system')).body;
      const { identity, claimsState, partial, claimedBytes } = session.snapshot.value;
      assert.deepEqual(
        { identity, claimsState, partial, claimedBytes },
        { identity: text(system, 'metadata.uid'), claimsState: 'live', partial: false, claimedBytes: 0n },
      );
    });

    it('counts claims as they come, grow, go and come again under the same name', async () => {
      await home.bound('a', '2Gi');
      await home.create('b', '1536Mi', { storageClass: context().cluster.waitingClass });
      await shows('both count', ({ claimedBytes }) => claimedBytes === (7n * gibi) / 2n);
      await shows('one is bound', (snapshot) => claims(snapshot).some(({ phase }) => phase === 'Bound'));
      await home.resize('a', '5Gi');
      await shows('the growth counts', ({ claimedBytes }) => claimedBytes === (13n * gibi) / 2n);
      assert.equal(session.snapshot.value.classes.get('standard')?.claimedBytes, 5n * gibi);
      const [before] = claims(session.snapshot.value).filter(({ name }) => name === 'a');
      assert.equal(before?.capacityBytes, 2n * gibi);
      await home.delete('a');
      await home.gone('a');
      await home.create('a', '1Gi');
      await shows('only the new one counts', ({ claimedBytes }) => claimedBytes === (5n * gibi) / 2n);
      const [after] = claims(session.snapshot.value).filter(({ name }) => name === 'a');
      assert.notEqual(after?.uid, before?.uid);
      await home.delete('b');
      await shows('it is gone', ({ claimCount }) => claimCount === 1);
    });

    it('charges what is allocated while that is more than what is requested', async () => {
      await home.bound('c', '1Gi');
      const status = {
        allocatedResources: { storage: '4Gi' },
        allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
      };
      const body = { status };
      const contentType = 'application/merge-patch+json';
      await context().client.must('PATCH', `${home.path('c')}/status`, { body, contentType });
      const resizing = await shows('the allocation counts', (snapshot) =>
        claims(snapshot).find(({ name, claimedBytes }) => name === 'c' && claimedBytes === 4n * gibi),
      );
      assert.equal(resizing.resizeStatus, 'ControllerResizeInProgress');
      await home.delete('c');
    });

    it('reads the pods that use claims', async () => {
      await home.create('used');
      const path = `/api/v1/namespaces/${home.name}/pods`;
      await context().client.must('POST', path, { body: pod('user', 'used') });
      const pods = await session.readPods(home.name);
      assert.ok(pods.ok);
      assert.deepEqual(
        pods.value.map(({ name, volumes }) => [name, volumes.map(({ claimName }) => claimName)]),
        [['user', ['used']]],
      );
      await context().client.must('DELETE', `${path}/user?gracePeriodSeconds=0`);
    });

    it('reads the events about a claim, and no others', async () => {
      const { client } = context();
      const claim = await client.must('GET', home.path('used'));
      const involved = (uid: string) => ({
        ...{ kind: 'PersistentVolumeClaim', apiVersion: 'v1', name: 'used', namespace: home.name, uid },
      });
      const uid = text(claim, 'metadata.uid');
      const at = (minute: number) => `2026-01-01T00:0${minute}:00Z`;
      const note = async (name: string, reason: string, of: string, minute: number) =>
        await client.must('POST', `/api/v1/namespaces/${home.name}/events`, {
          body: {
            metadata: { name },
            involvedObject: involved(of),
            ...{ type: 'Warning', reason, message: 'pool is full', count: 3, lastTimestamp: at(minute) },
            source: { component: 'resizer' },
          },
        });
      await note('first', 'VolumeResizeFailed', uid, 1);
      await note('second', 'Resizing', uid, 2);
      await note('other', 'Resizing', 'another', 3);
      const events = await session.readEvents(home.name, uid);
      assert.ok(events.ok);
      const own = events.value.filter(({ source }) => source === 'resizer');
      assert.deepEqual(
        own.map(({ reason, type, message, count, lastMs }) => [reason, type, message, count, lastMs]),
        [
          ['Resizing', 'Warning', 'pool is full', 3, Date.parse(at(2))],
          ['VolumeResizeFailed', 'Warning', 'pool is full', 3, Date.parse(at(1))],
        ],
      );
    });

    it('reads a manifest without managedFields', async () => {
      const manifest = await session.readManifest(home.name, 'used');
      assert.ok(manifest.ok);
      assert.match(manifest.value, /^kind: PersistentVolumeClaim$/m);
      assert.match(manifest.value, /^ {2}name: used$/m);
      assert.doesNotMatch(manifest.value, /managedFields/);
      const missing = await session.readManifest(home.name, 'nope');
      assert.ok(!missing.ok);
      assert.deepEqual(
        [missing.error.reason, missing.error.message],
        ['notFound', 'persistentvolumeclaims "nope" not found'],
      );
    });

    it('follows storage classes while they are wanted', async () => {
      const demand = session.demand('storageClasses');
      await shows('they are live', ({ storageClasses }) => storageClasses.state === 'live');
      const { items } = session.snapshot.value.storageClasses;
      assert.equal(items.get(context().cluster.waitingClass)?.waitsForConsumer, true);
      assert.deepEqual([items.get('standard')?.waitsForConsumer, items.get('standard')?.isDefault], [false, true]);
      demand.dispose();
    });

    it('follows volumes while they are wanted', async () => {
      const demand = session.demand('volumes');
      await home.bound('on-volume');
      const claim = await shows('the claim is bound', (snapshot) =>
        claims(snapshot).find(({ name, volumeName }) => name === 'on-volume' && volumeName !== undefined),
      );
      const name = claim.volumeName ?? '';
      const phase = () => session.snapshot.value.volumes.items.get(name)?.phase;
      await until('its volume is seen', waitMs, () => phase() === 'Bound');
      await home.delete('on-volume');
      await until('it is not bound any more', waitMs, () => phase() !== 'Bound');
      demand.dispose();
      await shows('nobody follows it', ({ volumes }) => volumes.state === 'off');
    });

    it('counts only what a selector selects', async () => {
      await home.create('labelled', '7Gi', { labels: { app: 'chosen' } });
      const other = openContractSession(context().cluster, { labelSelector: 'app in (chosen)' });
      await until('it is live', waitMs, () => other.snapshot.value.synced);
      assert.deepEqual([other.snapshot.value.claimCount, other.snapshot.value.claimedBytes], [1, 7n * gibi]);
      other.dispose();
    });

    for (const [scope, message] of [
      [{ labelSelector: 'a in (x' }, /unable to parse requirement/],
      [{ fieldSelector: 'spec.foo=bar' }, /spec\.foo/],
    ] as const) {
      it(`reports the selector ${JSON.stringify(scope)} as refused`, async () => {
        const other = openContractSession(context().cluster, scope);
        const error = await until('it is refused', waitMs, () => other.snapshot.value.selectorError);
        other.dispose();
        assert.equal(error.reason, 'invalid');
        assert.match(error.message, message);
      });
    }

    it('sees the whole cluster when nothing narrower is wanted', async () => {
      const other = openContractSession(context().cluster);
      await until('it is live', waitMs, () => other.snapshot.value.synced);
      await until('it knows every namespace', waitMs, () => other.snapshot.value.namespaces.has('kube-system'));
      const { namespaces, partial } = other.snapshot.value;
      other.dispose();
      assert.ok((namespaces.get(home.name)?.claims.size ?? 0) >= 2);
      assert.equal(partial, false);
    });
  });
}
