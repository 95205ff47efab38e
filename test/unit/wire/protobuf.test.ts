import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BinaryList } from '../../../src/wire/binaryList.ts';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';
import type { JsonObject } from '../../../src/wire/json.ts';
import type { Identified, Kind } from '../../../src/wire/kind.ts';

import { namespaces } from '../../../src/wire/namespaces.ts';
import { pods } from '../../../src/wire/pods.ts';
import { seal, writeFrame, writeList, writeMessage } from '../../../src/wire/protobufWriter.ts';
import { listMeta, statusShape } from '../../../src/wire/shape.ts';
import { storageClasses } from '../../../src/wire/storageClasses.ts';
import { volumes } from '../../../src/wire/volumes.ts';
import { readWatchEvent } from '../../../src/wire/watchEvent.ts';
import { readWatchFrame } from '../../../src/wire/watchFrame.ts';

const metadata = {
  name: 'data-ü-0',
  namespace: 'shop',
  uid: 'uid-1',
  resourceVersion: '42',
  creationTimestamp: '2026-05-01T10:00:00Z',
  deletionTimestamp: '2026-05-02T10:00:00Z',
};
const condition = {
  type: 'Resizing',
  status: 'True',
  reason: 'r',
  message: 'm',
  lastTransitionTime: '2026-05-01T11:00:00Z',
};

/** One object of each kind with every field that is read. */
const objects: readonly (readonly [kind: Kind<Identified>, object: JsonObject])[] = [
  [
    claims,
    {
      metadata: {
        ...metadata,
        annotations: {
          other: 'x',
          'volume.beta.kubernetes.io/storage-class': 'old',
          'volume.kubernetes.io/storage-provisioner': 'nfs.csi.k8s.io',
        },
      },
      spec: {
        accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
        resources: { requests: { cpu: '1', storage: '1536Mi' } },
        volumeName: 'pvc-1',
        storageClassName: 'gp3',
        volumeMode: 'Filesystem',
      },
      status: {
        phase: 'Bound',
        capacity: { storage: '2Gi' },
        conditions: [condition, { ...condition, type: 'Unused', status: 'False' }],
        allocatedResources: { storage: '3Gi' },
        allocatedResourceStatuses: { storage: 'NodeResizePending' },
      },
    },
  ],
  [namespaces, { metadata }],
  [
    storageClasses,
    {
      metadata: { ...metadata, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'csi.example.com',
      allowVolumeExpansion: true,
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  ],
  [
    volumes,
    {
      metadata,
      spec: { storageClassName: 'gp3', csi: { driver: 'ebs.csi.aws.com' } },
      status: { phase: 'Released' },
    },
  ],
  [
    pods,
    {
      metadata,
      spec: {
        nodeName: 'n1',
        volumes: [
          { name: 'a', persistentVolumeClaim: { claimName: 'data' } },
          { name: 'b', ephemeral: { volumeClaimTemplate: {} } },
          { name: 'c', emptyDir: {} },
        ],
      },
      status: { phase: 'Running' },
    },
  ],
];

const one = objects[0]?.[1] ?? {};
const list = (count: number, meta: JsonObject = { resourceVersion: '7', continue: 'next' }): Buffer =>
  seal(
    'v1',
    'PersistentVolumeClaimList',
    writeList(
      writeMessage(meta, listMeta),
      Array.from({ length: count }, (_, index) =>
        writeMessage({ ...one, metadata: { ...metadata, uid: `uid-${index}` } }, claims.shape),
      ),
    ),
  );

function read(bytes: Buffer, pieceSize = bytes.length) {
  const list = new BinaryList(claims, new Interner());
  for (let at = 0; at < bytes.length; at += pieceSize) if (!list.push(bytes.subarray(at, at + pieceSize))) break;
  return list.end();
}

const frameOf = (type: string, kind: string, raw: Buffer) => writeFrame(type, seal('v1', kind, raw)).subarray(4);
const claimFrame = frameOf('MODIFIED', 'PersistentVolumeClaim', writeMessage(one, claims.shape));

describe('protobuf', () => {
  for (const [kind, object] of objects)
    it(`reads ${kind.plural} to the same record as JSON`, () => {
      const fromJson = readWatchEvent(Buffer.from(JSON.stringify({ type: 'ADDED', object })), kind, new Interner());
      const frame = frameOf('ADDED', 'Any', writeMessage(object, kind.shape));
      assert.equal(fromJson.type, 'upsert');
      assert.deepEqual(readWatchFrame(frame, kind, new Interner()), fromJson);
    });

  it('reads any claim to the same record in both forms', () => {
    const text = fc.option(fc.constantFrom('', 'a', 'ü', 'Bound', 'x'.repeat(70)), { nil: undefined });
    const size = fc.option(fc.constantFrom('0', '1Gi', '-1', '1.5Ti', '1e9', '9E', 'much'), { nil: undefined });
    const time = fc.option(
      fc.constantFrom(
        null,
        '1970-01-01T00:00:00Z',
        '1969-12-31T23:59:59Z',
        '0001-01-02T00:00:00Z',
        '2262-04-11T23:47:16Z',
      ),
      { nil: undefined },
    );
    const resources = fc.option(fc.record({ storage: size, cpu: size }), { nil: undefined });
    const claim = fc.record({
      metadata: fc.record({
        name: fc.constant('a'),
        namespace: fc.constant('shop'),
        uid: fc.constant('uid'),
        resourceVersion: text,
        creationTimestamp: time,
        deletionTimestamp: time,
        labels: fc.option(fc.record({ excluded_from_alerts: text, other: text })),
        annotations: fc.option(
          fc.record({
            'volume.beta.kubernetes.io/storage-class': text,
            'pvcwatch.dev/ignore': text,
            'resize.topolvm.io/storage_limit': text,
            other: text,
          }),
        ),
      }),
      spec: fc.record({
        accessModes: fc.option(fc.array(fc.constantFrom('ReadWriteOnce', 'New', ''))),
        resources: fc.record({ requests: resources }),
        volumeName: text,
        storageClassName: text,
        volumeMode: text,
      }),
      status: fc.option(
        fc.record({
          phase: text,
          capacity: resources,
          allocatedResources: resources,
          allocatedResourceStatuses: fc.record({ storage: text }),
          conditions: fc.array(fc.record({ type: text, status: text, reason: text, message: text }), { maxLength: 3 }),
        }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(claim, (object) => {
        // Go leaves out what is not there, in its maps too.
        const sent = JSON.parse(JSON.stringify(object)) as JsonObject;
        const fromJson = readWatchEvent(Buffer.from(JSON.stringify({ type: 'ADDED', object })), claims, new Interner());
        const frame = frameOf('ADDED', 'PersistentVolumeClaim', writeMessage(sent, claims.shape));
        assert.equal(fromJson.type, 'upsert');
        assert.deepEqual(readWatchFrame(frame, claims, new Interner()), fromJson);
      }),
      { numRuns: 500 },
    );
  });

  it('reads the times that Go writes: none as an empty message, the epoch as zeros, whole seconds in any case', () => {
    const identity = writeMessage({ metadata: { name: 'a', uid: 'a' } }, namespaces.shape).subarray(2);
    for (const [time, terminating] of [
      [[], false],
      [[0x08, 0, 0x10, 0], true],
      [[0x10, 0], true],
      [[0x08, ...Array<number>(9).fill(0xff), 1, 0x10, 0], true],
    ] as const) {
      const metadata = Buffer.concat([identity, Buffer.from([0x4a, time.length, ...time])]);
      const object = Buffer.concat([Buffer.from([0x0a, metadata.length]), metadata]);
      const event = readWatchFrame(frameOf('ADDED', 'Namespace', object), namespaces, new Interner());
      assert.equal(event.type === 'upsert' && event.record.terminating, terminating, String(time));
    }
    const created = Buffer.from([0x08, 7, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]);
    const metadata = Buffer.concat([
      writeMessage({ metadata: { name: 'a', namespace: 'b', uid: 'a' } }, claims.shape).subarray(2),
      Buffer.from([0x42, created.length]),
      created,
    ]);
    const object = Buffer.concat([Buffer.from([0x0a, metadata.length]), metadata]);
    const event = readWatchFrame(frameOf('ADDED', 'Any', object), claims, new Interner());
    assert.equal(event.type === 'upsert' && event.record.createdMs, 7_000);
  });

  it('reads numbers below zero', () => {
    const status = { code: -1, details: { retryAfterSeconds: -(2 ** 31) } };
    const event = readWatchFrame(frameOf('ERROR', 'Status', writeMessage(status, statusShape)), claims, new Interner());
    assert.deepEqual(event, { type: 'error', status: { code: -1, reason: '', message: '' } });
  });

  for (const pieceSize of [1, 2, 7, 100, 4096])
    it(`reads a list in pieces of ${pieceSize} bytes as in one`, () => {
      const whole = read(list(20));
      assert.ok(whole);
      assert.equal(whole.items.length, 20);
      assert.deepEqual([whole.resourceVersion, whole.continueToken, whole.unreadable], ['7', 'next', 0]);
      assert.deepEqual(read(list(20), pieceSize), whole);
    });

  it('gives records as soon as they are complete', () => {
    const bytes = list(20);
    const stream = new BinaryList(claims, new Interner());
    assert.ok(stream.push(bytes.subarray(0, bytes.length / 2)));
    assert.ok(stream.size >= 9);
  });

  it('reads an empty list, and counts what has no identity', () => {
    assert.deepEqual(read(list(0, {})), { items: [], resourceVersion: '', unreadable: 0 });
    const nameless = writeList(Buffer.alloc(0), [writeMessage({ spec: {} }, claims.shape)]);
    assert.equal(read(seal('v1', 'PersistentVolumeClaimList', nameless))?.unreadable, 1);
  });

  it('takes nothing for a list that is none of its kind, or that stops halfway', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('{"kind":"PersistentVolumeClaimList","items":[]}'),
      Buffer.from('<html>'),
      seal('v1', 'PodList', writeList(Buffer.alloc(0), [])),
      seal('v1', 'Status', writeMessage({ message: 'no' }, statusShape)),
    ])
      assert.equal(read(bytes), undefined, bytes.toString('latin1'));
    const bytes = list(3);
    for (let length = 0; length < bytes.length; length++)
      assert.equal(read(bytes.subarray(0, length)), undefined, `${length} bytes`);
  });

  it('gives up zeros without an end', () => {
    const list = new BinaryList(claims, new Interner());
    assert.ok(list.push(Buffer.from('k8s\0', 'latin1')));
    assert.equal(list.push(Buffer.alloc(1000)), false);
    const event = readWatchFrame(frameOf('MODIFIED', 'Any', Buffer.alloc(8)), claims, new Interner());
    assert.equal(event.type, 'malformed');
  });

  it('reads bookmarks, deletions and errors of a watch', () => {
    const bookmark = frameOf(
      'BOOKMARK',
      'PersistentVolumeClaim',
      writeMessage({ metadata: { resourceVersion: '9' } }, claims.shape),
    );
    assert.deepEqual(readWatchFrame(bookmark, claims, new Interner()), { type: 'bookmark', resourceVersion: '9' });
    const deleted = frameOf('DELETED', 'PersistentVolumeClaim', writeMessage(one, claims.shape));
    assert.equal(readWatchFrame(deleted, claims, new Interner()).type, 'remove');
    const status = {
      status: 'Failure',
      reason: 'Expired',
      message: 'too old',
      code: 410,
      details: { retryAfterSeconds: 3 },
    };
    assert.deepEqual(
      readWatchFrame(frameOf('ERROR', 'Status', writeMessage(status, statusShape)), claims, new Interner()),
      {
        type: 'error',
        status: { code: 410, reason: 'Expired', message: 'too old', retryAfterMs: 3000 },
      },
    );
  });

  it('passes over fields it does not know, of every wire type', () => {
    const unknown = Buffer.from([
      0xf8, 0x3f, 0x05, 0xf9, 0x3f, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 0x3f, 1, 0, 0xfd, 0x3f, 1, 2, 3, 4,
    ]);
    const frame = frameOf('MODIFIED', 'Any', Buffer.concat([unknown, writeMessage(one, claims.shape), unknown]));
    assert.deepEqual(readWatchFrame(frame, claims, new Interner()), readWatchFrame(claimFrame, claims, new Interner()));
  });

  it('is malformed, and nothing worse, whatever the bytes are', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.array(fc.tuple(fc.nat(claimFrame.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }).map((changes) => {
        const mutated = Buffer.from(claimFrame);
        for (const [at, byte] of changes) mutated[at] = byte;
        return mutated;
      }),
      fc.nat(claimFrame.length).map((length) => claimFrame.subarray(0, length)),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        const event = readWatchFrame(input, claims, new Interner());
        if (event.type === 'upsert' || event.type === 'remove') assert.ok(event.record.uid && event.record.name);
        const page = read(Buffer.concat([list(1).subarray(0, 40), input]), 3);
        for (const { uid, name } of page?.items ?? []) assert.ok(uid && name);
      }),
      { numRuns: 1000 },
    );
  });
});
