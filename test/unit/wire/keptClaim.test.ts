import assert from 'node:assert/strict';
import { Interner } from '../../../src/wire/interner.ts';
import { type CommonFacts, KeptClaim } from '../../../src/wire/keptClaim.ts';

const own = { uid: 'u1', namespace: 'shop', name: 'data', resourceVersion: '7', createdMs: 1_700_000_000_000 };
const common: CommonFacts = {
  phase: 'Bound',
  terminating: false,
  requestedBytes: 10n,
  claimedBytes: 10n,
  capacityBytes: 10n,
  storageClass: 'gp3',
  volumeMode: 'Filesystem',
  accessModes: ['ReadWriteOnce'],
  conditions: [],
};
const condition = { type: 'Resizing', status: 'True', reason: '', message: '' };
const others: readonly Partial<CommonFacts>[] = [
  { phase: 'Pending' },
  { terminating: true },
  { requestedBytes: undefined },
  { allocatedBytes: 10n },
  { claimedBytes: undefined },
  { capacityBytes: 11n },
  { storageClass: undefined },
  { storageClass: 'undefined' },
  { provisioner: 'nfs.csi.k8s.io' },
  { volumeMode: 'Block' },
  { accessModes: [] },
  { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] },
  { accessModes: ['ReadWriteOnce\nReadOnlyMany'] },
  { conditions: [condition] },
  { conditions: [{ ...condition, reason: 'Growing' }] },
  { problem: 'is negative' },
  { capacityProblem: 'is negative' },
  { resizeStatus: 'NodeResizePending' },
  { alertWishes: { excluded: 'true' } },
  { alertWishes: { ignore: 'true' } },
  { alertWishes: { freeWarning: '5%' } },
  { alertWishes: { freeCritical: '5%' } },
  { alertWishes: { resizeThreshold: '5%' } },
  { alertWishes: { inodesThreshold: '5%' } },
  { alertWishes: { storageLimit: '5Gi' } },
  { phase: 'Bound\nFilesystem', volumeMode: 'gp3' },
];

describe('a kept claim', () => {
  const make = (facts: CommonFacts, interner: Interner, more: Partial<typeof own & { volumeName: string }> = {}) =>
    new KeptClaim({ ...own, ...more }, facts, interner);

  it('shares what others have alike, and nothing with one that differs in anything', () => {
    const interner = new Interner();
    const kept = [common, ...others.map((each) => ({ ...common, ...each }))].map((facts) => make(facts, interner));
    assert.equal(make({ ...common }, interner).common, kept[0]?.common);
    for (const [index, each] of others.entries())
      for (const [key, value] of Object.entries(each))
        assert.deepEqual(kept[index + 1]?.[key as keyof KeptClaim], value, JSON.stringify(key));
  });

  for (const volumeName of ['pvc-u1', 'pvc-u2', 'static', undefined])
    it(`has the volume ${volumeName}`, () => {
      const claim = make(common, new Interner(), volumeName === undefined ? {} : { volumeName });
      assert.equal(claim.volumeName, volumeName);
    });

  for (const createdMs of [0, 1_700_000_000_000, 1_700_000_000_123, 253_402_300_799_000, undefined])
    it(`was created at ${createdMs}`, () =>
      assert.equal(new KeptClaim({ ...own, createdMs }, common, new Interner()).createdMs, createdMs));

  it('is right after more different ones than can be shared', () => {
    const interner = new Interner(2);
    for (const bytes of [1n, 2n, 3n, 1n, 2n, 3n])
      assert.equal(make({ ...common, claimedBytes: bytes }, interner).claimedBytes, bytes);
  });
});
