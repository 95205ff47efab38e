import assert from 'node:assert/strict';
import { ObjectStore } from '../../../src/demo/objectStore.ts';
import { claimsResource, namespacesResource } from '../../../src/demo/resources.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { seededRandom } from '../../support/seededRandom.ts';

describe('the object store of the demo server', () => {
  it('counts every change of every kind in one resourceVersion', () => {
    const store = newStore();
    store.create(namespacesResource, { metadata: { name: 'shop' } });
    const claim = store.create(claimsResource, { metadata: { name: 'a', namespace: 'shop' } });
    assert.equal(claim.metadata.resourceVersion, '2');
    const changed = store.replace(claimsResource, claim, { ...claim, status: { phase: 'Bound' } });
    assert.equal(changed.metadata.resourceVersion, '3');
    store.remove(claimsResource, changed);
    assert.equal(store.resourceVersion, 4);
    assert.deepEqual(
      store.eventsAfter(1)?.map(({ type, object }) => [type, object.metadata.resourceVersion]),
      [
        ['ADDED', '2'],
        ['MODIFIED', '3'],
        ['DELETED', '4'],
      ],
    );
  });

  it('lists each version as it was, asked for again and again', () => {
    const store = newStore();
    store.create(claimsResource, { metadata: { name: 'a', namespace: 'shop' } });
    const then = store.resourceVersion;
    assert.deepEqual(names(store.listAt(claimsResource, then)), ['a']);
    store.create(claimsResource, { metadata: { name: 'b', namespace: 'blog' } });
    assert.deepEqual(names(store.listAt(claimsResource, then)), ['a']);
    assert.deepEqual(names(store.listAt(claimsResource, store.resourceVersion)), ['b', 'a']);
    assert.deepEqual(names(store.listAt(claimsResource, store.resourceVersion, 'shop')), ['a']);
    assert.deepEqual(names(store.listAt(namespacesResource, store.resourceVersion)), []);
    store.compact();
    assert.equal(store.listAt(claimsResource, then), undefined);
  });

  it('changes nothing when the content is the same', () => {
    const store = newStore();
    const claim = store.create(claimsResource, { metadata: { name: 'a', namespace: 'shop' } });
    assert.equal(store.replace(claimsResource, claim, { ...claim }), claim);
    assert.equal(store.resourceVersion, 1);
  });

  it('gives a recreated object another UID, and does not remove it in the place of the first', () => {
    const store = newStore();
    const first = store.create(claimsResource, { metadata: { name: 'a', namespace: 'shop' } });
    store.remove(claimsResource, first);
    const second = store.create(claimsResource, { metadata: { name: 'a', namespace: 'shop' } });
    assert.notEqual(second.metadata.uid, first.metadata.uid);
    assert.match(second.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    store.remove(claimsResource, first);
    assert.ok(store.get(claimsResource, 'a', 'shop'));
  });

  it('lists a collection as it was', () => {
    const store = newStore();
    const a = store.create(claimsResource, { metadata: { name: 'a', namespace: 'shop' } });
    store.create(claimsResource, { metadata: { name: 'b', namespace: 'shop' } });
    const then = store.resourceVersion;
    store.replace(claimsResource, a, { ...a, status: { phase: 'Bound' } });
    store.remove(claimsResource, a);
    store.create(claimsResource, { metadata: { name: 'c', namespace: 'shop' } });
    assert.deepEqual(names(store.listAt(claimsResource, then)), ['a', 'b']);
    assert.equal(store.listAt(claimsResource, then)?.[0], a);
    assert.deepEqual(names(store.list(claimsResource)), ['b', 'c']);
  });

  it('forgets what is compacted, and only that', () => {
    const store = newStore();
    for (let index = 0; index < 5; index++) store.create(namespacesResource, { metadata: { name: `n${index}` } });
    store.compact(3);
    assert.equal(store.eventsAfter(2), undefined);
    assert.equal(store.listAt(namespacesResource, 2), undefined);
    assert.equal(store.eventsAfter(3)?.length, 2);
    store.compact();
    assert.equal(store.eventsAfter(4), undefined);
    assert.deepEqual(store.eventsAfter(5), []);
  });

  it('keeps a bounded history', () => {
    const store = newStore(100);
    for (let index = 0; index < 1000; index++) store.create(namespacesResource, { metadata: { name: `n${index}` } });
    assert.equal(store.eventsAfter(500), undefined);
    assert.equal(store.eventsAfter(900)?.length, 100);
  });
});

function newStore(historyLimit?: number): ObjectStore {
  const options = { clock: new FakeClock(), random: seededRandom(1) };
  return new ObjectStore(historyLimit === undefined ? options : { ...options, historyLimit });
}

function names(objects: ReturnType<ObjectStore['listAt']>): readonly string[] | undefined {
  return objects?.map(({ metadata }) => metadata.name);
}
