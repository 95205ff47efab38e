import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClaimIndex, type ClaimPicture } from '../../../src/domain/claimIndex.ts';
import { membersOf } from '../../../src/domain/members.ts';
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
    const [only, ...others] = index.picture().namespaces.get('shop')?.claims.values() ?? [];
    assert.deepEqual([only?.uid, others], ['second', []]);
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
    index.upsert(claim('blog', 'fast', 1n, { storageClass: 'gp3' }));
    assert.equal(index.picture().classes.get(''), after.classes.get(''));
    assert.notEqual(index.picture().classes.get('gp3'), after.classes.get('gp3'));
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

  it('names by what it grew a claim that was deleted and made anew since the last picture', () => {
    const index = new ClaimIndex();
    index.replace([claim('shop', 'a', 100n), claim('shop', 'b', 1n)]);
    index.picture();
    index.remove('uid-shop-a');
    index.upsert(claim('shop', 'a', 110n, { uid: 'another' }));
    index.upsert(claim('shop', 'b', 6n));
    assert.deepEqual(index.picture().latest, { namespace: 'shop', name: 'a', deltaBytes: 10n });
  });

  it('takes every change where no version tells one from another', () => {
    const index = new ClaimIndex();
    index.upsert(claim('shop', 'a', 1n, { resourceVersion: '' }));
    assert.equal(index.upsert(claim('shop', 'a', 5n, { resourceVersion: '' })), true);
    assert.equal(index.picture().claimedBytes, 5n);
    index.replace([claim('shop', 'a', 7n, { resourceVersion: '' })]);
    assert.equal(index.picture().claimedBytes, 7n);
  });

  it('never holds one UID twice, whatever a server says', () => {
    const index = new ClaimIndex();
    index.upsert(claim('shop', 'a', 10n, { uid: 'same' }));
    index.upsert(claim('shop', 'b', 4n));
    index.upsert(claim('blog', 'a', 3n, { uid: 'same' }));
    assert.deepEqual([index.picture().claimedBytes, index.size('shop'), index.size()], [7n, 1, 2]);
    index.upsert(claim('shop', 'b', 5n, { uid: 'same' }));
    assert.deepEqual([index.picture().claimedBytes, index.size('shop'), index.size()], [5n, 1, 1]);
  });

  it('copies a few entries for one event among 5,000 namespaces', () => {
    const index = new ClaimIndex();
    index.replace(Array.from({ length: 5_000 }, (_, number) => claim(`team-${number}`, 'data', 1n)));
    index.picture();
    const copied = countCopies(() => {
      index.upsert(claim('team-77', 'data', 2n));
      index.picture();
    });
    assert.ok(copied > 0 && copied < 300, `${copied} entries`);
    const before = index.picture();
    const unchanged = countCopies(() => index.setNamespace('team-78', { uid: 'u' }));
    assert.equal(index.picture().members, before.members);
    assert.ok(unchanged < 300, `${unchanged} entries`);
  });

  it('shows what was before while it takes in a long list, and then all of it', () => {
    const index = new ClaimIndex();
    index.replace([claim('shop', 'old', 7n)]);
    const before = index.picture();
    const steps = index.replacing(Array.from({ length: 2_000 }, (_, number) => claim('shop', `c${number}`, 1n)));
    let count = 0;
    for (; !steps.next().done; count++) assert.equal(index.picture(), before);
    assert.ok(count >= 3, `${count} steps`);
    assert.deepEqual([index.picture().claimedBytes, index.picture().claimCount], [2_000n, 2_000]);
  });

  it('counts right what another list, or a watch of one namespace, changes in the middle of a long list', () => {
    const index = new ClaimIndex();
    const all = Array.from({ length: 2_000 }, (_, number) => claim(`n${number % 2}`, `c${number}`, 1n));
    index.replace(all);
    index.picture();
    const steps = index.replacing(all.slice(0, 10));
    for (let step = 0; !steps.next().done; step++) {
      index.remove(`uid-n0-c${900 + step * 2}`);
      index.upsert(claim('n0', `c${950 + step * 2}`, 7n));
      index.upsert(claim('n1', `c${1951 + step * 2}`, 7n, { uid: `anew-${step}` }));
      if (step === 2) index.replace([], 'n1');
    }
    const picture = index.picture();
    const kept = [...picture.namespaces.values()].flatMap(({ claims }) => [...claims.values()]);
    assert.equal(
      picture.claimedBytes,
      kept.reduce((sum, { claimedBytes = 0n }) => sum + claimedBytes, 0n),
    );
    assert.equal(picture.claimCount, kept.length);
    for (const each of picture.namespaces.values()) assert.ok(each.claimedBytes >= 0n && each.claims.size > 0);
    assert.equal(
      [...picture.classes.values()].reduce((sum, { claims }) => sum + claims, 0),
      kept.length,
    );
    index.replace([]);
    assert.deepEqual([index.picture().claimedBytes, index.picture().namespaces.size], [0n, 0]);
  });

  it('shows nothing of a first list before all of it is there, though nobody has looked before', () => {
    const index = new ClaimIndex();
    const steps = index.replacing(Array.from({ length: 2_000 }, (_, number) => claim('shop', `c${number}`, 1n)));
    while (!steps.next().done) assert.equal(index.picture().claimCount, 0);
    assert.equal(index.picture().claimCount, 2_000);
  });

  it('shows what there is when a long list is given up', () => {
    const index = new ClaimIndex();
    index.picture();
    const steps = index.replacing(Array.from({ length: 2_000 }, (_, number) => claim('shop', `c${number}`, 1n)));
    steps.next();
    steps.return(0);
    assert.equal(index.picture().claimCount, index.size());
    index.replace([]);
    assert.equal(index.picture().claimCount, 0);
  });

  it('has the same sums as a recount after any sequence of changes, and shares what did not change', () => {
    const changes = fc.array(anyChange, { maxLength: 60 });
    fc.assert(
      fc.property(changes, (all) => {
        const [index, truth] = [new ClaimIndex(), new Truth()];
        let last = index.picture();
        for (const change of all) {
          const before = index.picture();
          assert.deepEqual(plainOf(last), truth.shown, 'an old picture stays as it was');
          const touched = truth.apply(change, index);
          last = index.picture();
          truth.shown = plainOf(last);
          truth.compare(last);
          for (const [name, namespace] of before.namespaces)
            if (!touched.has(name)) assert.equal(last.namespaces.get(name), namespace, `${name} is shared`);
        }
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});

/** Runs a task and counts the entries that maps and sets made in it are filled with. */
function countCopies(task: () => void): number {
  const real = { Map: globalThis.Map, Set: globalThis.Set };
  let copied = 0;
  globalThis.Map = class<K, V> extends real.Map<K, V> {
    constructor(entries?: Iterable<readonly [K, V]> | null) {
      super(entries ?? []);
      copied += this.size;
    }
  } as MapConstructor;
  globalThis.Set = class<T> extends real.Set<T> {
    constructor(values?: Iterable<T> | null) {
      super(values ?? []);
      copied += this.size;
    }
  } as SetConstructor;
  try {
    task();
  } finally {
    Object.assign(globalThis, real);
  }
  return copied;
}

const anyName = fc.constantFrom('a', 'b', 'c', 'd');
const anyClaim = fc.record({
  namespace: anyName,
  name: anyName,
  bytes: fc.option(fc.bigInt(0n, 1n << 62n), { nil: undefined }),
  storageClass: fc.constantFrom('gp3', 'local', undefined),
  /** Of the claim that is there, of a new one, or of whatever has another name. */
  identity: fc.constantFrom('same', 'same', 'same', 'new', 'foreign'),
});
const anyChange = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('upsert' as const), claim: anyClaim }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), namespace: anyName, name: anyName }) },
  fc.record({
    kind: fc.constant('replace' as const),
    namespace: fc.option(anyName, { nil: undefined }),
    claims: fc.array(anyClaim, { maxLength: 6 }),
    again: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('name' as const),
    namespace: anyName,
    access: fc.constantFrom('ok', 'forbidden', 'unknown', undefined),
  }),
  fc.record({ kind: fc.constant('drop' as const), namespace: anyName, claimsToo: fc.boolean() }),
);
type Change = typeof anyChange extends fc.Arbitrary<infer T> ? T : never;

/** What an index should hold: claims in a list, which is counted anew every time. */
class Truth {
  claims: ClaimRecord[] = [];
  readonly #named = new Set<string>();
  shown: unknown = plainOf(new ClaimIndex().picture());

  /** Does the same to both; answers the namespaces that may look different afterwards. */
  apply(change: Change, index: ClaimIndex): ReadonlySet<string> {
    const touched = new Set<string>();
    if (change.kind === 'upsert') {
      const record = this.#recordOf(change.claim);
      this.#add(record, touched);
      index.upsert(record);
    } else if (change.kind === 'remove') {
      const { namespace, name } = change;
      const gone = this.claims.find((each) => each.namespace === namespace && each.name === name);
      this.#drop((each) => each === gone, touched);
      index.remove(gone?.uid ?? 'nobody');
    } else if (change.kind === 'replace') {
      const { namespace } = change;
      const isMeant = (each: ClaimRecord) => namespace === undefined || each.namespace === namespace;
      const kept = change.again ? this.claims.filter(isMeant) : [];
      const come = change.claims.map((each) => this.#recordOf({ ...each, namespace: namespace ?? each.namespace }));
      const list = unique([...kept, ...come]);
      const stays = new Set(list);
      this.#drop((each) => isMeant(each) && !stays.has(each), touched);
      for (const record of list) if (!this.claims.includes(record)) this.#add(record, touched);
      index.replace(list, namespace);
    } else if (change.kind === 'name') {
      this.#named.add(change.namespace);
      touched.add(change.namespace);
      index.setNamespace(change.namespace, change.access ? { access: change.access } : {});
    } else {
      touched.add(change.namespace);
      this.#named.delete(change.namespace);
      index.dropNamespace(change.namespace);
      if (change.claimsToo) {
        this.#drop(({ namespace }) => namespace === change.namespace, touched);
        index.replace([], change.namespace);
      }
    }
    return touched;
  }

  compare(picture: ClaimPicture): void {
    const sum = (records: readonly ClaimRecord[]) =>
      records.reduce((total, { claimedBytes = 0n }) => total + claimedBytes, 0n);
    const unknown = (records: readonly ClaimRecord[]) =>
      records.filter(({ claimedBytes }) => claimedBytes === undefined).length;
    assert.equal(picture.claimedBytes, sum(this.claims));
    assert.equal(picture.claimCount, this.claims.length);
    assert.equal(picture.uncounted, unknown(this.claims));
    assert.deepEqual(
      new Set(picture.namespaces.keys()),
      new Set([...this.#named, ...this.claims.map(({ namespace }) => namespace)]),
    );
    for (const { name, claims, claimedBytes, uncounted } of picture.namespaces.values()) {
      const own = this.claims.filter(({ namespace }) => namespace === name);
      assert.deepEqual(new Set(claims.values()), new Set(own));
      for (const [key, each] of claims) assert.equal(key, each.name);
      assert.deepEqual([claimedBytes, uncounted], [sum(own), unknown(own)]);
    }
    const classes = new Set(this.claims.map(({ storageClass = '' }) => storageClass));
    assert.deepEqual(new Set(picture.classes.keys()), classes);
    for (const { name, claims, claimedBytes } of picture.classes.values()) {
      const own = this.claims.filter(({ storageClass = '' }) => storageClass === name);
      assert.deepEqual([claims, claimedBytes], [own.length, sum(own)]);
    }
    assert.deepEqual(picture.members, membersOf(picture.namespaces.values()));
  }

  #recordOf({
    namespace,
    name,
    bytes,
    storageClass,
    identity,
  }: typeof anyClaim extends fc.Arbitrary<infer T> ? T : never) {
    const there = this.claims.find((each) => each.namespace === namespace && each.name === name);
    const foreign = this.claims.find((each) => each !== there);
    const uid = { same: there?.uid, new: undefined, foreign: foreign?.uid }[identity] ?? `uid-${version}`;
    return claim(namespace, name, bytes, { uid, storageClass });
  }

  /** Nobody else has its UID or its name. */
  #add(record: ClaimRecord, touched: Set<string>): void {
    this.#drop((each) => isSameOne(each, record), touched);
    this.claims.push(record);
    touched.add(record.namespace);
  }

  #drop(isMeant: (claim: ClaimRecord) => boolean, touched: Set<string>): void {
    for (const each of this.claims) if (isMeant(each)) touched.add(each.namespace);
    this.claims = this.claims.filter((each) => !isMeant(each));
  }
}

function isSameOne(a: ClaimRecord, b: ClaimRecord): boolean {
  return a.uid === b.uid || (a.namespace === b.namespace && a.name === b.name);
}

/** A list as a server sends it: every object once. */
function unique(claims: readonly ClaimRecord[]): readonly ClaimRecord[] {
  return claims.filter((each, at) => !claims.slice(at + 1).some((later) => isSameOne(each, later)));
}

function plainOf({ namespaces, ...sums }: ClaimPicture): unknown {
  const rooms = [...namespaces.values()].map((each) => ({ ...each, claims: [...each.claims.values()] }));
  return structuredClone({ ...sums, rooms: rooms.sort((a, b) => (a.name < b.name ? -1 : 1)) });
}
