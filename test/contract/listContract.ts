import assert from 'node:assert/strict';
import { at, ContractNamespace, items, names, text } from './objects.ts';
import { assertRefused } from './refusal.ts';
import type { ContractContext } from './suite.ts';

/** Reading: addresses, shapes, pages, and what is refused. */
export function listContract(context: () => ContractContext): void {
  describe('reading', () => {
    let home: ContractNamespace;
    before(async () => {
      home = await ContractNamespace.create(context().client);
      for (const name of ['a', 'b', 'c', 'd', 'e']) await home.create(name, '1Gi', { labels: { app: 'x' } });
    });

    it('says that it is ready, and its version', async () => {
      const { client } = context();
      for (const path of ['/readyz', '/livez']) assert.equal((await client.get(path)).text, 'ok');
      assert.match(text((await client.get('/version')).body, 'gitVersion'), /^v1\.\d+\.\d+/);
    });

    it('refuses a wrong token with 401', async () => {
      const answer = await context().client.send('GET', home.path(), { token: 'wrong' });
      assertRefused(answer, 401, 'Unauthorized', 'Unauthorized');
    });

    it('lists with kind, apiVersion and resourceVersion; items without kind', async () => {
      const { client } = context();
      for (const [path, kind, apiVersion] of [
        ['/api/v1/namespaces', 'NamespaceList', 'v1'],
        ['/api/v1/persistentvolumeclaims', 'PersistentVolumeClaimList', 'v1'],
        [home.path(), 'PersistentVolumeClaimList', 'v1'],
        ['/api/v1/persistentvolumes', 'PersistentVolumeList', 'v1'],
        ['/api/v1/pods', 'PodList', 'v1'],
        [`/api/v1/namespaces/${home.name}/pods`, 'PodList', 'v1'],
        ['/apis/storage.k8s.io/v1/storageclasses', 'StorageClassList', 'storage.k8s.io/v1'],
      ] as const) {
        const { status, body } = await client.get(path);
        assert.equal(status, 200, path);
        assert.deepEqual([body.kind, body.apiVersion], [kind, apiVersion]);
        assert.match(text(body, 'metadata.resourceVersion'), /^\d+$/);
        for (const item of items(body)) assert.equal(item.kind, undefined);
      }
    });

    it('lists an empty namespace as an empty list', async () => {
      const { body } = await context().client.get('/api/v1/namespaces/no-such-namespace/persistentvolumeclaims');
      assert.deepEqual(body.items, []);
    });

    it('gives a single object its kind and apiVersion, and what the server adds to it', async () => {
      const { body } = await context().client.get(home.path('a'));
      assert.deepEqual([body.kind, body.apiVersion], ['PersistentVolumeClaim', 'v1']);
      assert.match(text(body, 'metadata.uid'), /^[0-9a-f-]{36}$/);
      assert.match(text(body, 'metadata.resourceVersion'), /^\d+$/);
      assert.match(text(body, 'metadata.creationTimestamp'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(text(body, 'spec.storageClassName'), 'standard');
      assert.equal(text(body, 'spec.volumeMode'), 'Filesystem');
      assert.deepEqual(at(body, 'metadata.finalizers'), ['kubernetes.io/pvc-protection']);
      assert.ok(Array.isArray(at(body, 'metadata.managedFields')));
    });

    it('answers 404 with a Status for objects and paths that are not there', async () => {
      const { client } = context();
      const missing = await client.get(home.path('nope'));
      assertRefused(missing, 404, 'NotFound', 'persistentvolumeclaims "nope" not found');
      assert.deepEqual(missing.body.details, { name: 'nope', kind: 'persistentvolumeclaims' });
      const unknown = await client.get('/api/v1/foos');
      assertRefused(unknown, 404, 'NotFound', 'the server could not find the requested resource');
      const noClass = await client.get('/apis/storage.k8s.io/v1/storageclasses/nope');
      assertRefused(noClass, 404, 'NotFound', 'storageclasses.storage.k8s.io "nope" not found');
    });

    it('answers 405 with a Status for methods that make no sense', async () => {
      const { client } = context();
      const refusal = 'the server does not allow this method on the requested resource';
      const patch = { body: {}, contentType: 'application/merge-patch+json' };
      assertRefused(await client.send('PATCH', home.path(), patch), 405, 'MethodNotAllowed', refusal);
      assertRefused(await client.send('POST', home.path('a'), { body: {} }), 405, 'MethodNotAllowed', refusal);
      assertRefused(await client.send('DELETE', '/version'), 405, 'MethodNotAllowed', refusal);
    });

    it('pages by limit and continue, all pages of one resourceVersion', async () => {
      const { client } = context();
      const first = (await client.get(`${home.path()}?limit=2`)).body;
      assert.deepEqual(names(first), ['a', 'b']);
      assert.equal(at(first, 'metadata.remainingItemCount'), 3);
      await home.create('bb');
      await home.delete('d');
      const seen = [...names(first)];
      for (let page = first; text(page, 'metadata.continue') !== ''; ) {
        const token = encodeURIComponent(text(page, 'metadata.continue'));
        page = (await client.get(`${home.path()}?limit=2&continue=${token}`)).body;
        assert.equal(text(page, 'metadata.resourceVersion'), text(first, 'metadata.resourceVersion'));
        seen.push(...names(page));
      }
      assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e']);
    });

    it('refuses continue tokens, limits and resourceVersions that make no sense', async () => {
      const { client } = context();
      const get = async (query: string) => await client.get(`${home.path()}?${query}`);
      assertRefused(await get('limit=2&continue=abc'), 400, 'BadRequest', /^invalid continue token: /);
      const token = encodeURIComponent(text((await get('limit=1')).body, 'metadata.continue'));
      const both = 'specifying resource version is not allowed when using continue';
      assertRefused(await get(`limit=1&resourceVersion=5&continue=${token}`), 400, 'BadRequest', both);
      assertRefused(await get('limit=x'), 400, 'BadRequest', 'strconv.ParseInt: parsing "x": invalid syntax');
      assertRefused(await get('resourceVersion=x'), 400, 'BadRequest', /^invalid resource version: /);
    });

    it('asks for patience when a resourceVersion lies in the future', async () => {
      const answer = await context().client.get(`${home.path()}?resourceVersion=900000000`);
      assertRefused(answer, 504, 'Timeout', /^Timeout: Too large resource version: 900000000, current: \d+$/);
      assert.equal(at(answer.body, 'details.retryAfterSeconds'), 1);
    });

    it('lists nodes, and knows no kubelet of one that is not there', async () => {
      const { client } = context();
      const nodes = await client.get('/api/v1/nodes');
      assert.deepEqual([nodes.status, nodes.body.kind, nodes.body.apiVersion], [200, 'NodeList', 'v1']);
      assert.ok(Array.isArray(nodes.body.items));
      const missing = await client.get('/api/v1/nodes/nowhere/proxy/stats/summary');
      assertRefused(missing, 404, 'NotFound', 'nodes "nowhere" not found');
    });
  });
}
