import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxBytes } from '../../../src/domain/quantity.ts';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';
import { readPage } from '../../../src/wire/list.ts';
import { namespaces, projects } from '../../../src/wire/namespaces.ts';
import { pods } from '../../../src/wire/pods.ts';
import { readStatus } from '../../../src/wire/status.ts';
import { storageClasses } from '../../../src/wire/storageClasses.ts';
import { volumes } from '../../../src/wire/volumes.ts';
import { readWatchEvent } from '../../../src/wire/watchEvent.ts';
import { anything } from '../../support/anything.ts';

const kinds = [claims, namespaces, projects, pods, storageClasses, volumes];
const keyed = (...keys: readonly string[]) => fc.dictionary(fc.constantFrom(...keys), anything);

/** Objects that look like Kubernetes ones, with anything in place of any field, so that every branch is reached. */
const mostly = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 3 }, { arbitrary: anything, weight: 1 });
const metadata = mostly(
  fc.record({
    uid: mostly(fc.constant('u')),
    name: mostly(fc.constant('a')),
    namespace: mostly(fc.constant('n')),
    resourceVersion: anything,
    annotations: fc.oneof(anything, keyed('volume.beta.kubernetes.io/storage-class')),
    creationTimestamp: fc.oneof(fc.string(), anything),
    deletionTimestamp: anything,
  }),
);
const sizes = fc.oneof(anything, fc.record({ storage: fc.oneof(anything, fc.double(), fc.string()) }));
const lookalike = fc.record({
  kind: fc.oneof(fc.constantFrom('Status', 'PersistentVolumeClaimList'), anything),
  metadata,
  spec: fc.oneof(
    anything,
    fc.record({
      resources: fc.record({ requests: sizes }),
      volumes: fc.oneof(anything, fc.array(keyed('name', 'ephemeral', 'persistentVolumeClaim'))),
      accessModes: anything,
    }),
  ),
  status: fc.oneof(
    anything,
    fc.record({
      capacity: sizes,
      allocatedResources: sizes,
      conditions: fc.oneof(anything, fc.array(keyed('type', 'status', 'reason', 'lastTransitionTime'))),
    }),
  ),
  items: fc.oneof(anything, fc.array(fc.record({ metadata }))),
  details: fc.oneof(anything, keyed('retryAfterSeconds')),
  code: anything,
});
const object = fc.oneof(lookalike, fc.dictionary(fc.string(), anything));

describe('readers of anything', () => {
  it('never throw, and a record always has its identity', () => {
    let records = 0;
    // About six hundred are expected, so that chance alone does not end below the bound.
    fc.assert(
      fc.property(object, (json) => {
        for (const kind of kinds) {
          const record = kind.read(json, new Interner());
          if (!record) continue;
          records++;
          assert.ok(record.uid !== '' && record.name !== '');
          assert.equal(typeof record.resourceVersion, 'string');
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(records > 100, 'most of what is made up reaches the end of a reader');
  });

  it('count a claim, or say why not, within what Kubernetes can count', () => {
    fc.assert(
      fc.property(object, (json) => {
        const claim = claims.read(json, new Interner());
        if (!claim) return;
        const { claimedBytes, problem } = claim;
        assert.ok(claimedBytes === undefined ? problem !== undefined : claimedBytes >= 0n && claimedBytes <= maxBytes);
      }),
      { numRuns: 500 },
    );
  });

  it('never throw on lists, watch lines and statuses', () => {
    fc.assert(
      fc.property(fc.oneof(object, anything), object, fc.string(), (any, json, line) => {
        readPage(any, claims, new Interner());
        readPage(json, pods, new Interner());
        readStatus(json);
        readWatchEvent(Buffer.from(line), claims, new Interner());
      }),
      { numRuns: 500 },
    );
  });

  it('never throw on what is JSON', () => {
    const type = fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR', 'OTHER');
    fc.assert(
      fc.property(type, fc.jsonValue(), (of, json) => {
        const { type: read } = readWatchEvent(
          Buffer.from(JSON.stringify({ type: of, object: json })),
          claims,
          new Interner(),
        );
        if (of === 'BOOKMARK' || of === 'ERROR') assert.equal(read, of.toLowerCase());
        else assert.ok(['upsert', 'remove', 'malformed'].includes(read));
      }),
      { numRuns: 300 },
    );
  });
});
