import assert from 'node:assert/strict';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';

const gi = 1n << 30n;

interface Sizes {
  readonly requests?: unknown;
  readonly allocated?: unknown;
  readonly capacity?: unknown;
}

function claimJson({ requests, allocated, capacity }: Sizes, metadata: Readonly<Record<string, unknown>> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data-db-0', namespace: 'shop', uid: 'u1', resourceVersion: '7', ...metadata },
    spec: { resources: { requests: { storage: requests } } },
    status: { phase: 'Bound', capacity: { storage: capacity }, allocatedResources: { storage: allocated } },
  };
}

function read(json: Readonly<Record<string, unknown>>): ClaimRecord {
  const record = claims.read(json, new Interner());
  assert.ok(record);
  return record;
}

const facts = [
  'uid',
  'namespace',
  'name',
  'resourceVersion',
  'createdMs',
  'volumeName',
  'phase',
  'terminating',
  'storageClass',
  'provisioner',
  'requestedBytes',
  'allocatedBytes',
  'claimedBytes',
  'capacityBytes',
  'problem',
  'capacityProblem',
  'volumeMode',
  'accessModes',
  'conditions',
  'resizeStatus',
  'alertWishes',
] as const satisfies readonly (keyof ClaimRecord)[];

/** All facts of a record that it has, whatever it keeps them in. */
function factsOf(record: ClaimRecord): Partial<ClaimRecord> {
  return Object.fromEntries(facts.map((key) => [key, record[key]]).filter(([, value]) => value !== undefined));
}

describe('claim reader', () => {
  it('reads every field', () => {
    const record = read({
      metadata: {
        name: 'data-db-0',
        namespace: 'shop',
        uid: 'u1',
        resourceVersion: '7',
        creationTimestamp: '2026-01-01T00:00:00Z',
        deletionTimestamp: '2026-01-02T00:00:00Z',
        annotations: { 'volume.kubernetes.io/storage-provisioner': 'nfs.csi.k8s.io' },
      },
      spec: {
        accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
        resources: { requests: { storage: '50Gi' } },
        storageClassName: 'gp3',
        volumeMode: 'Filesystem',
        volumeName: 'pvc-1',
      },
      status: {
        phase: 'Bound',
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '40Gi' },
        allocatedResources: { storage: '60Gi' },
        allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
        conditions: [
          {
            type: 'Resizing',
            status: 'True',
            reason: 'Growing',
            message: 'in progress',
          },
          { type: 'Unused' },
        ],
      },
    });
    assert.deepEqual(factsOf(record), {
      uid: 'u1',
      namespace: 'shop',
      name: 'data-db-0',
      resourceVersion: '7',
      phase: 'Bound',
      createdMs: Date.UTC(2026, 0, 1),
      terminating: true,
      requestedBytes: 50n * gi,
      allocatedBytes: 60n * gi,
      claimedBytes: 60n * gi,
      capacityBytes: 40n * gi,
      storageClass: 'gp3',
      provisioner: 'nfs.csi.k8s.io',
      volumeName: 'pvc-1',
      volumeMode: 'Filesystem',
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
      conditions: [
        {
          type: 'Resizing',
          status: 'True',
          reason: 'Growing',
          message: 'in progress',
        },
        { type: 'Unused', status: 'Unknown', reason: '', message: '' },
      ],
      resizeStatus: 'ControllerResizeInProgress',
    });
  });

  it('reads what the metadata say about alerts, and nothing else of them', () => {
    const wishesOf = (labels: unknown, annotations?: unknown) =>
      read(claimJson({}, { labels, annotations })).alertWishes;
    assert.deepEqual(wishesOf({ excluded_from_alerts: 'true', app: 'db' }), { excluded: 'true' });
    const annotations = {
      'pvcwatch.dev/ignore': 'true',
      'pvcwatch.dev/free-warning': '20%',
      'pvcwatch.dev/free-critical': '5Gi',
      'resize.topolvm.io/threshold': '10%',
      'resize.topolvm.io/inodes-threshold': '11%',
      'resize.topolvm.io/storage_limit': '100Gi',
    };
    assert.deepEqual(wishesOf(undefined, annotations), {
      ignore: 'true',
      freeWarning: '20%',
      freeCritical: '5Gi',
      resizeThreshold: '10%',
      inodesThreshold: '11%',
      storageLimit: '100Gi',
    });
    for (const nothing of [{ app: 'db' }, {}, undefined, 7, { excluded_from_alerts: 7 }])
      assert.equal(wishesOf(nothing, nothing), undefined, JSON.stringify(nothing));
  });

  it('reads the barest claim as pending and claiming nothing', () => {
    assert.deepEqual(factsOf(read({ metadata: { name: 'a', namespace: 'b', uid: 'c' } })), {
      uid: 'c',
      namespace: 'b',
      name: 'a',
      resourceVersion: '',
      phase: 'Pending',
      terminating: false,
      claimedBytes: 0n,
      accessModes: [],
      conditions: [],
    });
  });

  it('reads nothing without a name, namespace or UID', () => {
    for (const missing of ['name', 'namespace', 'uid'])
      assert.equal(claims.read(claimJson({}, { [missing]: undefined }), new Interner()), undefined);
  });

  it('knows who provisioned it by the beta annotation too', () => {
    const provisionerOf = (annotations: unknown) => read(claimJson({}, { annotations })).provisioner;
    const [stable, beta] = [
      'volume.kubernetes.io/storage-provisioner',
      'volume.beta.kubernetes.io/storage-provisioner',
    ];
    assert.equal(provisionerOf({ [beta]: 'old' }), 'old');
    assert.equal(provisionerOf({ [beta]: 'old', [stable]: 'new' }), 'new');
    assert.equal(provisionerOf({ [stable]: 5 }), undefined);
  });

  it('takes the class of the old annotation first, as a quota does', () => {
    const legacy = { 'volume.beta.kubernetes.io/storage-class': 'old' };
    const metadata = { name: 'a', namespace: 'b', uid: 'c', annotations: legacy };
    assert.equal(read({ metadata }).storageClass, 'old');
    assert.equal(read({ metadata, spec: { storageClassName: 'new' } }).storageClass, 'old');
    assert.equal(
      read({ metadata: { ...metadata, annotations: {} }, spec: { storageClassName: 'new' } }).storageClass,
      'new',
    );
    assert.equal(
      read({ metadata: { ...metadata, annotations: {} }, spec: { storageClassName: '' } }).storageClass,
      undefined,
    );
  });

  const counted: [what: string, sizes: Sizes, claimed: bigint][] = [
    ['the request', { requests: '10Gi' }, 10n * gi],
    ['not the capacity', { requests: '10Gi', capacity: '16Gi' }, 10n * gi],
    ['what is allocated, if it is more', { requests: '10Gi', allocated: '20Gi' }, 20n * gi],
    ['the request, if that is more', { requests: '30Gi', allocated: '20Gi' }, 30n * gi],
    ['a number', { requests: 1024 }, 1024n],
    ['a number that JSON writes with an exponent', { requests: 1e21 / 1e6 }, 10n ** 15n],
    ['whole bytes, rounded up', { requests: '1500m' }, 2n],
    ['a fraction', { requests: '1.5Gi' }, (3n * gi) / 2n],
    ['nothing where there is no request', {}, 0n],
    ['nothing where the request is null', { requests: null }, 0n],
  ];
  for (const [what, sizes, claimed] of counted) {
    it(`counts ${what}`, () => {
      const record = read(claimJson(sizes));
      assert.equal(record.claimedBytes, claimed);
      assert.equal(record.problem, undefined);
    });
  }

  const uncounted: [sizes: Sizes, problem: RegExp][] = [
    [{ requests: 'abc' }, /^spec\.resources\.requests\.storage 'abc' is not a Kubernetes quantity such as 200Gi$/],
    [{ requests: '-5Gi' }, /^spec\.resources\.requests\.storage '-5Gi' is negative$/],
    [{ requests: '1e400' }, /'1e400' is larger than 2\^63-1 bytes$/],
    [{ requests: JSON.parse('1e400') }, /'Infinity' is not a Kubernetes quantity/],
    [{ requests: '9223372036854775808' }, /is larger than 2\^63-1 bytes$/],
    [{ requests: -1 }, /'-1' is negative/],
    [{ requests: '1'.repeat(5000) }, /^spec\.resources\.requests\.storage '1{40}…' is not a Kubernetes quantity/],
    [{ requests: '' }, /'' is not a Kubernetes quantity/],
    [{ requests: true }, /'true' is not a Kubernetes quantity/],
    [{ requests: {} }, /\(an object\) is not a Kubernetes quantity/],
    [{ requests: JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) }, /\(a list\) is not a Kubernetes quantity/],
    [{ requests: '5Gi', allocated: '-1' }, /^status\.allocatedResources\.storage '-1' is negative$/],
    [{ requests: 'a', allocated: 'b' }, /^spec.*'a' is .*; status.*'b' is /],
  ];
  for (const [sizes, problem] of uncounted) {
    it(`counts nothing and says why: ${problem.source}`, () => {
      const record = read(claimJson(sizes));
      assert.equal(record.claimedBytes, undefined);
      assert.match(record.problem ?? '', problem);
    });
  }

  it('counts a claim whose capacity cannot be read, and says so', () => {
    const record = read(claimJson({ requests: '5Gi', capacity: 'abc' }));
    assert.equal(record.claimedBytes, 5n * gi);
    assert.equal(record.capacityBytes, undefined);
    assert.equal(record.problem, undefined, 'nothing keeps it from being counted');
    assert.match(record.capacityProblem ?? '', /^status\.capacity\.storage 'abc'/);
  });

  it('ignores times and lists that are none', () => {
    const record = read({
      metadata: { name: 'a', namespace: 'b', uid: 'c', creationTimestamp: 'soon' },
      spec: { accessModes: 'ReadWriteOnce' },
      status: { conditions: [null, 'x', {}, { status: 'True' }] },
    });
    assert.equal(record.createdMs, undefined);
    assert.deepEqual([record.accessModes, record.conditions], [[], []]);
  });
});
