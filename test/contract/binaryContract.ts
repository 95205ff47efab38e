import assert from 'node:assert/strict';
import { BinaryList } from '../../src/wire/binaryList.ts';
import { claims } from '../../src/wire/claims.ts';
import { protobufType } from '../../src/wire/envelope.ts';
import { Interner } from '../../src/wire/interner.ts';
import { collectionPath, type Identified, type Kind } from '../../src/wire/kind.ts';
import { readPage } from '../../src/wire/list.ts';
import { namespaces } from '../../src/wire/namespaces.ts';
import { pods } from '../../src/wire/pods.ts';
import { storageClasses } from '../../src/wire/storageClasses.ts';
import { volumes } from '../../src/wire/volumes.ts';
import { readWatchFrame } from '../../src/wire/watchFrame.ts';
import { until } from '../support/until.ts';
import { ContractNamespace, claim, mergeType, pod, waitMs } from './objects.ts';
import type { ContractContext } from './suite.ts';

const accept = `${protobufType},application/json`;
const watched = `${protobufType};stream=watch`;
const since = '2026-05-01T10:00:00Z';

/** Objects with every field that is read, and what our readers make of either form of them. */
export function binaryContract(context: () => ContractContext): void {
  describe('the binary form', () => {
    let home: ContractNamespace;
    before(async () => {
      const { client, cluster } = context();
      home = await ContractNamespace.create(client);
      await home.bound('grows');
      await client.must('PATCH', `${home.path('grows')}/status`, {
        contentType: mergeType,
        body: {
          status: {
            allocatedResources: { storage: '1536Mi' },
            allocatedResourceStatuses: { storage: 'NodeResizePending' },
            conditions: [
              { type: 'Resizing', status: 'True', reason: 'Ünï', message: 'in progress', lastTransitionTime: since },
            ],
          },
        },
      });
      await home.create('waits', '0.9Gi', { storageClass: cluster.waitingClass });
      const legacy = claim('legacy', '1Gi');
      const annotations = { 'volume.beta.kubernetes.io/storage-class': 'old', other: 'x' };
      const metadata = { name: 'legacy', annotations, finalizers: ['example.com/hold'] };
      await client.must('POST', home.path(), { body: { ...legacy, metadata } });
      await home.delete('legacy');
      await client.must('POST', `/api/v1/namespaces/${home.name}/pods`, { body: pod('user', 'waits') });
    });
    after(async () => {
      const { client } = context();
      await client.must('PATCH', home.path('legacy'), {
        contentType: mergeType,
        body: { metadata: { finalizers: null } },
      });
      await client.must('DELETE', `/api/v1/namespaces/${home.name}/pods/user?gracePeriodSeconds=0`);
    });

    for (const kind of [claims, namespaces, storageClasses, pods, volumes] as readonly Kind<Identified>[])
      it(`of ${kind.plural} reads to the same records as JSON`, async () => {
        const { client } = context();
        const path = collectionPath(kind, kind.namespaced ? home.name : undefined);
        const json = readPage((await client.get(path)).body, kind, new Interner());
        assert.ok(json && json.items.length > 0);
        // Of the same moment: controllers write at any time.
        const exactly = `?resourceVersion=${json.resourceVersion}&resourceVersionMatch=Exact`;
        const answer = await client.send('GET', `${path}${exactly}`, { accept });
        assert.ok(answer.contentType.startsWith(protobufType), answer.contentType);
        const list = new BinaryList(kind, new Interner());
        for (let at = 0; at < answer.bytes.length; at += 100) list.push(answer.bytes.subarray(at, at + 100));
        assert.deepEqual(list.end(), json);
      });

    it('of a page has a continue token, and of a watch a length before each event', async () => {
      const { client } = context();
      const page = await client.send('GET', `${home.path()}?limit=1`, { accept });
      const list = new BinaryList(claims, new Interner());
      list.push(page.bytes);
      assert.equal(list.size, 1);
      assert.ok(list.end()?.continueToken);
      const readFirst = async () => {
        const bytes = await client.watchBytes(`${home.path()}?watch=1&timeoutSeconds=10`, watched, 800);
        const event = readWatchFrame(bytes.subarray(4, 4 + bytes.readUInt32BE(0)), claims, new Interner());
        assert.ok(event.type === 'upsert');
        const json = readPage((await client.get(home.path())).body, claims, new Interner());
        const same = json?.items.find(({ uid }) => uid === event.record.uid);
        return same?.resourceVersion === event.record.resourceVersion ? [event.record, same] : undefined;
      };
      const [first, same] = await until('nobody writes between the two', waitMs, readFirst);
      assert.deepEqual(first, same);
    });
  });
}
