import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClaimIndex } from '../../../src/domain/claimIndex.ts';
import type { ClaimRecord } from '../../../src/domain/records.ts';

let version = 0;

function claim(
  namespace: string,
  name: string,
  bytes: bigint | undefined,
  more: Partial<ClaimRecord> = {},
): ClaimRecord {
  return {
    uid: `uid-${namespace}-${name}`,
    namespace,
    name,
    resourceVersion: String(++version),
    phase: 'Bound',
    terminating: false,
    ...(bytes === undefined ? { problem: 'is negative' } : { claimedBytes: bytes }),
    accessModes: [],
    conditions: [],
    ...more,
  };
}

describe('claim index', () => {
  it('sums by namespace, by class and in total', () => {
    const index = new ClaimIndex();
    index.upsert(claim('shop', 'a', 10n, { storageClass: 'gp3' }));
    index.upsert(claim('shop', 'b', 5n));
    index.upsert(claim('blog', 'a', 7n, { storageClass: 'gp3' }));
    const picture = index.picture();
    assert.equal(picture.claimedBytes, 22n);
    assert.equal(picture.namespaces.get('shop')?.claimedBytes, 15n);
    assert.deepEqual(picture.classes.get('gp3'), { name: 'gp3', claims: 2, claimedBytes: 17n });
    assert.deepEqual(picture.classes.get(''), { name: '', claims: 1, claimedBytes: 5n });
  });

  it('counts a resized claim once, at its new size', () => {
    const index = new ClaimIndex();
    index.upsert(claim('shop', 'a', 10n));
    index.upsert(claim('shop', 'a', 30n));
    assert.equal(index.picture().claimedBytes, 30n);
    assert.equal(index.picture().claimCount, 1);
  });

  it('leaves a claim of unknown size out of the sum and says so', () => {
    const index = new ClaimIndex();
    index.upsert(claim('shop', 'a', undefined));
    index.upsert(claim('shop', 'b', 4n));
    assert.equal(index.picture().claimedBytes, 4n);
    assert.equal(index.picture().uncounted, 1);
    index.upsert(claim('shop', 'a', 6n));
    assert.equal(index.picture().claimedBytes, 10n);
    assert.equal(index.picture().uncounted, 0);
  });

  it('treats a claim recreated under the same name as another claim', () => {
    const index = new ClaimIndex();
    index.upsert(claim('shop', 'a', 10n, { uid: 'first' }));
    index.upsert(claim('shop', 'a', 3n, { uid: 'second' }));
    assert.equal(index.picture().claimedBytes, 3n);
    index.remove('first');
    assert.equal(index.picture().claimedBytes, 3n, 'a late DELETED of the first does not touch the second');
    assert.deepEqual([...(index.picture().namespaces.get('shop')?.claims.keys() ?? [])], ['second']);
  });

  it('replaces one namespace without touching another', () => {
    const index = new ClaimIndex();
    index.upsert(claim('shop', 'a', 10n));
    index.upsert(claim('blog', 'a', 1n));
    index.replace([claim('shop', 'b', 2n)], 'shop');
    assert.equal(index.picture().claimedBytes, 3n);
    index.replace([claim('shop', 'b', 2n)]);
    assert.equal(index.picture().claimedBytes, 2n);
    assert.equal(index.picture().namespaces.has('blog'), false);
  });

  it('shares the namespaces that did not change, and the whole picture when nothing did', () => {
    const index = new ClaimIndex();
    index.upsert(claim('shop', 'a', 10n));
    index.upsert(claim('blog', 'a', 1n));
    const before = index.picture();
    assert.equal(index.picture(), before);
    index.upsert(claim('shop', 'b', 1n));
    const after = index.picture();
    assert.equal(after.namespaces.get('blog'), before.namespaces.get('blog'));
    assert.notEqual(after.namespaces.get('shop'), before.namespaces.get('shop'));
    assert.equal(before.namespaces.get('shop')?.claims.size, 1, 'an old picture stays as it was');
  });

  it('keeps an empty namespace that is known, and forgets it when it is dropped', () => {
    const index = new ClaimIndex();
    index.setNamespace('empty', { uid: 'u', access: 'forbidden' });
    assert.equal(index.picture().namespaces.get('empty')?.access, 'forbidden');
    index.dropNamespace('empty');
    assert.equal(index.picture().namespaces.size, 0);
  });

  it('names the claim that grew most since the last picture', () => {
    const index = new ClaimIndex();
    index.replace([claim('shop', 'a', 100n), claim('shop', 'b', 1n)]);
    assert.equal(index.picture().latest, undefined, 'a first list is not growth');
    index.upsert(claim('shop', 'a', 110n));
    index.upsert(claim('shop', 'b', 90n));
    index.upsert(claim('blog', 'c', 20n));
    assert.deepEqual(index.picture().latest, { namespace: 'shop', name: 'b', deltaBytes: 89n });
    index.remove('uid-shop-a');
    assert.equal(index.picture().latest, undefined);
  });

  it('has the same sums as a recount after any sequence of changes', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const change = fc.record({
      kind: fc.constantFrom('upsert', 'upsert', 'recreate', 'remove', 'replace', 'replaceOne'),
      namespace: names,
      name: names,
      bytes: fc.option(fc.bigInt(0n, 1n << 62n), { nil: undefined }),
      storageClass: fc.constantFrom('gp3', 'local'),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const index = new ClaimIndex();
        const truth = new Map<string, ClaimRecord>();
        for (const { kind, namespace, name, bytes, storageClass } of changes) {
          const path = `${namespace}/${name}`;
          const record = claim(namespace, name, bytes, {
            storageClass,
            uid: kind === 'recreate' ? `uid-${version}` : (truth.get(path)?.uid ?? `uid-${path}`),
          });
          if (kind === 'remove') {
            index.remove(truth.get(path)?.uid ?? 'none');
            truth.delete(path);
          } else if (kind === 'replace' || kind === 'replaceOne') {
            for (const [key, known] of truth) {
              if (kind === 'replace' || known.namespace === namespace) truth.delete(key);
            }
            truth.set(path, record);
            index.replace([record], kind === 'replace' ? undefined : namespace);
          } else {
            truth.set(path, record);
            index.upsert(record);
          }
          if (version % 3 === 0) index.picture();
        }
        const picture = index.picture();
        const sum = (records: Iterable<ClaimRecord>) =>
          [...records].reduce((total, each) => total + (each.claimedBytes ?? 0n), 0n);
        assert.equal(picture.claimedBytes, sum(truth.values()));
        assert.equal(picture.claimCount, truth.size);
        assert.equal(picture.uncounted, [...truth.values()].filter((each) => each.claimedBytes === undefined).length);
        for (const room of picture.namespaces.values()) assert.equal(room.claimedBytes, sum(room.claims.values()));
        for (const total of picture.classes.values()) {
          assert.equal(total.claimedBytes, sum([...truth.values()].filter((each) => each.storageClass === total.name)));
        }
      }),
    );
  });
});
