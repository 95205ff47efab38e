import assert from 'node:assert/strict';
import { until } from '../support/until.ts';
import { at, ContractNamespace, claim, mergeType, pod, text, waitMs } from './objects.ts';
import { assertRefused } from './refusal.ts';
import type { ContractContext } from './suite.ts';

/** Writing: claims are created, bound, patched and deleted, and refused where they should be. */
export function writeContract(context: () => ContractContext): void {
  describe('writing', () => {
    let home: ContractNamespace;
    before(async () => {
      home = await ContractNamespace.create(context().client);
      await home.bound('one', '2Gi', { labels: { app: 'x' } });
    });

    it('binds a claim whose class binds at once to a volume of its own', async () => {
      const { client } = context();
      const { body } = await client.get(home.path('one'));
      assert.equal(text(body, 'status.capacity.storage'), '2Gi');
      const volume = (await client.get(`/api/v1/persistentvolumes/${text(body, 'spec.volumeName')}`)).body;
      assert.equal(text(volume, 'spec.claimRef.uid'), text(body, 'metadata.uid'));
      assert.equal(text(volume, 'status.phase'), 'Bound');
    });

    it('leaves a claim Pending whose class waits for a pod', async () => {
      await home.create('waits', '1Gi', { storageClass: context().cluster.waitingClass });
      await home.bound('later');
      assert.equal(text((await context().client.get(home.path('waits'))).body, 'status.phase'), 'Pending');
    });

    it('refuses to create what is there, has no namespace, or is invalid', async () => {
      const { client } = context();
      const post = async (body: unknown, path = home.path()) => await client.send('POST', path, { body });
      const there = await post(claim('one', '1Gi'));
      assertRefused(there, 409, 'AlreadyExists', 'persistentvolumeclaims "one" already exists');
      const nowhere = '/api/v1/namespaces/no-such-namespace/persistentvolumeclaims';
      assertRefused(
        await post(claim('x', '1Gi'), nowhere),
        404,
        'NotFound',
        'namespaces "no-such-namespace" not found',
      );
      const badName = await post(claim('Bad_Name', '1Gi'));
      assertRefused(
        badName,
        422,
        'Invalid',
        /^PersistentVolumeClaim "Bad_Name" is invalid: metadata.name: Invalid value: /,
      );
      const sizeless = { metadata: { name: 'z' }, spec: { accessModes: ['ReadWriteOnce'] } };
      const required = 'PersistentVolumeClaim "z" is invalid: spec.resources[storage]: Required value';
      assertRefused(await post(sizeless), 422, 'Invalid', required);
      const negative =
        'PersistentVolumeClaim "z" is invalid: spec.resources[storage]: Invalid value: "-5Gi": must be greater than zero';
      assertRefused(await post(claim('z', '-5Gi')), 422, 'Invalid', negative);
      assertRefused(await post(claim('z', 'abc')), 400, 'BadRequest', /quantities must match the regular expression/);
      assertRefused(
        await post({ ...claim('z', '1Gi'), metadata: { name: 'z', namespace: 'other' } }),
        400,
        'BadRequest',
        /namespace/,
      );
    });

    it('stores nothing in a dry run', async () => {
      const { client } = context();
      const created = await client.send('POST', `${home.path()}?dryRun=All`, { body: claim('dry', '1Gi') });
      assert.equal(created.status, 201);
      assert.equal((await client.get(home.path('dry'))).status, 404);
      const resize = { body: { spec: { resources: { requests: { storage: '4Gi' } } } }, contentType: mergeType };
      const patched = await client.must('PATCH', `${home.path('one')}?dryRun=All`, resize);
      assert.equal(text(patched, 'spec.resources.requests.storage'), '4Gi');
      assert.equal(text((await client.get(home.path('one'))).body, 'spec.resources.requests.storage'), '2Gi');
    });

    it('merges patches, and removes what is null', async () => {
      await home.patch('one', { metadata: { labels: { extra: 'yes' } } });
      const both = await home.patch('one', { metadata: { labels: { more: 'yes' } } });
      assert.deepEqual(at(both, 'metadata.labels'), { app: 'x', extra: 'yes', more: 'yes' });
      const less = await home.patch('one', { metadata: { labels: { extra: null, more: null } } });
      assert.deepEqual(at(less, 'metadata.labels'), { app: 'x' });
    });

    it('keeps the resourceVersion when a patch changes nothing', async () => {
      const version = async () =>
        text(await home.patch('one', { metadata: { labels: { app: 'x' } } }), 'metadata.resourceVersion');
      // Controllers may write in between, but not for ever.
      await until('two patches agree', waitMs, async () => {
        const first = await version();
        return (await version()) === first;
      });
    });

    it('refuses a patch on a resourceVersion that is no longer current with 409', async () => {
      const { client } = context();
      const stale = text((await client.get(home.path('one'))).body, 'metadata.resourceVersion');
      await home.patch('one', { metadata: { labels: { round: '1' } } });
      const body = { metadata: { resourceVersion: stale, labels: { round: '2' } } };
      const answer = await client.send('PATCH', home.path('one'), { body, contentType: mergeType });
      const message =
        'Operation cannot be fulfilled on persistentvolumeclaims "one": the object has been modified; ' +
        'please apply your changes to the latest version and try again';
      assertRefused(answer, 409, 'Conflict', message);
      await until('a patch on the current one is taken', waitMs, async () => {
        const resourceVersion = text((await client.get(home.path('one'))).body, 'metadata.resourceVersion');
        const current = { metadata: { resourceVersion, labels: { round: '2' } } };
        return (await client.send('PATCH', home.path('one'), { body: current, contentType: mergeType })).status === 200;
      });
    });

    it('refuses a shrunk, immutable, unknown or unreadable patch', async () => {
      const { client } = context();
      const patch = async (body: unknown, name = 'one', contentType = mergeType) =>
        await client.send('PATCH', home.path(name), { body, contentType });
      const size = (storage: string) => ({ spec: { resources: { requests: { storage } } } });
      const shrunk = await patch(size('1Gi'));
      const lessThan =
        'PersistentVolumeClaim "one" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity';
      assertRefused(shrunk, 422, 'Invalid', lessThan);
      assert.equal(at(shrunk.body, 'details.causes.0.field'), 'spec.resources.requests.storage');
      const immutable = /is invalid: spec: Forbidden: spec is immutable after creation except resources\.requests/;
      assertRefused(await patch({ spec: { storageClassName: 'other' } }), 422, 'Invalid', immutable);
      assertRefused(await patch(size('5Gi'), 'waits'), 422, 'Invalid', immutable);
      const uid = /is invalid: metadata\.uid: Invalid value: "1234": field is immutable$/;
      assertRefused(await patch({ metadata: { uid: '1234' } }), 422, 'Invalid', uid);
      assertRefused(await patch({}, 'nope'), 404, 'NotFound', 'persistentvolumeclaims "nope" not found');
      assertRefused(await patch({}, 'one', 'application/json'), 415, 'UnsupportedMediaType', /Unsupported Media Type/);
    });

    it('keeps status and the rest apart, and joins conditions by their type', async () => {
      const { client } = context();
      const write = async (status: unknown, contentType: string) =>
        await client.must('PATCH', `${home.path('one')}/status`, {
          body: { status, spec: { volumeName: 'elsewhere' } },
          contentType,
        });
      const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: null });
      const resizing = { conditions: [condition('Resizing')], allocatedResources: { storage: '3Gi' } };
      const first = await write(resizing, mergeType);
      assert.equal(text(first, 'status.allocatedResources.storage'), '3Gi');
      assert.notEqual(text(first, 'spec.volumeName'), 'elsewhere');
      const pending = { conditions: [condition('FileSystemResizePending')] };
      const second = await write(pending, 'application/strategic-merge-patch+json');
      const types = (at(second, 'status.conditions') as readonly unknown[]).map((each) => text(each, 'type'));
      assert.ok(types.includes('Resizing') && types.includes('FileSystemResizePending'), types.join());
      const ignored = await home.patch('one', { status: { phase: 'Lost' } });
      assert.equal(text(ignored, 'status.phase'), 'Bound');
    });

    it('keeps a deleted claim Terminating while a pod uses it', async () => {
      const { client } = context();
      await home.bound('held');
      const pods = `/api/v1/namespaces/${home.name}/pods`;
      const placed = pod('holder', 'held');
      await client.must('POST', pods, {
        body: { ...placed, spec: { ...(placed.spec as object), nodeName: 'node-1' } },
      });
      await home.delete('held');
      const { body } = await client.get(home.path('held'));
      assert.match(text(body, 'metadata.deletionTimestamp'), /^\d{4}-/);
      await client.must('DELETE', `${pods}/holder?gracePeriodSeconds=0`);
      await home.gone('held');
    });

    it('deletes a claim, and its volume after it', async () => {
      const { client } = context();
      const { spec } = (await home.bound('short')) as { readonly spec: { readonly volumeName: string } };
      await home.delete('short');
      await home.gone('short');
      await until(
        'the volume is gone',
        waitMs,
        async () => (await client.get(`/api/v1/persistentvolumes/${spec.volumeName}`)).status === 404,
      );
      const again = await client.send('DELETE', home.path('short'));
      assertRefused(again, 404, 'NotFound', 'persistentvolumeclaims "short" not found');
    });

    it('deletes only what preconditions name', async () => {
      const { client } = context();
      const created = await home.create('meant');
      const uid = text(created, 'metadata.uid');
      const remove = async (preconditions: unknown) =>
        await client.send('DELETE', home.path('meant'), { body: { preconditions } });
      const refused = 'Operation cannot be fulfilled on PersistentVolumeClaim "meant": the';
      const recreated = `${refused} UID in the precondition (1234) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
      assertRefused(await remove({ uid: '1234' }), 409, 'Conflict', recreated);
      const modified = `${refused} ResourceVersion in the precondition (1) does not match the ResourceVersion in record (`;
      const answer = await remove({ resourceVersion: '1' });
      assertRefused(answer, 409, 'Conflict', /The object might have been modified$/);
      assert.equal(text(answer.body, 'message').slice(0, modified.length), modified);
      assert.equal((await remove({ uid })).status, 200);
      await home.gone('meant');
    });

    it('answers a deletion with what was deleted', async () => {
      const { client } = context();
      const path = '/apis/storage.k8s.io/v1/storageclasses';
      const name = `${home.name}-brief`;
      const created = await client.must('POST', path, {
        body: { metadata: { name }, provisioner: 'example.com/none' },
      });
      const answer = await client.must('DELETE', `${path}/${name}`);
      assert.equal(answer.kind, 'StorageClass');
      assert.equal(text(answer, 'metadata.uid'), text(created, 'metadata.uid'));
      assert.equal((await client.get(`${path}/${name}`)).status, 404);
    });

    it('keeps a deleted namespace Terminating until it is empty', async () => {
      const { client } = context();
      const doomed = await ContractNamespace.create(client);
      const path = `/api/v1/namespaces/${doomed.name}`;
      await doomed.create('held');
      await doomed.patch('held', { metadata: { finalizers: ['example.com/hold'] } });
      await doomed.create('free');
      const answer = await client.must('DELETE', path);
      assert.equal(answer.kind, 'Namespace');
      assert.equal(text(answer, 'status.phase'), 'Terminating');
      await doomed.gone('free');
      const held = (await client.get(doomed.path('held'))).body;
      assert.match(text(held, 'metadata.deletionTimestamp'), /^\d{4}-/);
      assert.equal(text((await client.get(path)).body, 'status.phase'), 'Terminating');
      const late = await client.send('POST', doomed.path(), { body: claim('late', '1Gi') });
      const why = `persistentvolumeclaims "late" is forbidden: unable to create new content in namespace ${doomed.name} because it is being terminated`;
      assertRefused(late, 403, 'Forbidden', why);
      await doomed.patch('held', { metadata: { finalizers: null } });
      await until('the namespace is gone', waitMs, async () => (await client.get(path)).status === 404);
      assert.equal((await client.get(doomed.path('held'))).status, 404);
    });

    it('reviews access', async () => {
      const spec = { resourceAttributes: { verb: 'list', resource: 'persistentvolumeclaims' } };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const answer = await context().client.send('POST', path, { body: { spec } });
      assert.equal(answer.status, 201);
      assert.deepEqual(
        [answer.body.kind, at(answer.body, 'status.allowed'), text(answer.body, 'spec.resourceAttributes.verb')],
        ['SelfSubjectAccessReview', true, 'list'],
      );
    });
  });
}
