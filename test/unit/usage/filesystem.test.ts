import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fail, succeed } from '../../../src/domain/apiError.ts';
import { fullRatio, hasFigures, type VolumeStats } from '../../../src/domain/reading.ts';
import type { ClaimRecord, VolumeRecord } from '../../../src/domain/records.ts';
import { nextUsage, nothingKnown } from '../../../src/usage/usage.ts';
import type { ClaimSeries } from '../../../src/wire/claimSeries.ts';
import {
  claimOf,
  gi,
  minuteMs,
  observationOf,
  podOf,
  readingAfter,
  startMs,
  stats,
  summaryOf,
  volumeOf,
} from './observed.ts';

const kubelets = (more: VolumeStats) => new Map([['n1', summaryOf({ ...stats, ...more })]]);

function qualityOf(claim: Partial<ClaimRecord>, volume?: Partial<VolumeRecord>, sent: VolumeStats = {}) {
  const volumes = new Map(volume ? [['pv', volumeOf(volume)]] : []);
  const reading = readingAfter(observationOf({ claims: [claimOf(claim)], volumes, kubelets: kubelets(sent) }));
  return [reading.quality, reading.subject];
}

const shared = ['sharedFilesystem', 'filesystem'];
const own = ['measured', 'claim'];

describe('a shared filesystem', () => {
  for (const source of ['nfs', 'hostPath'])
    it(`is told by the source ${source} of the volume`, () => assert.deepEqual(qualityOf({}, { source }), shared));
  for (const driver of ['nfs.csi.k8s.io', 'efs.csi.aws.com'])
    it(`is told by the CSI driver ${driver}`, () => assert.deepEqual(qualityOf({}, { source: 'csi', driver }), shared));
  for (const provisioner of [
    'rancher.io/local-path',
    'openebs.io/local',
    'cluster.local/a-nfs-subdir-external-provisioner',
  ])
    it(`is told by the provisioner ${provisioner}, where the volume cannot be read`, () => {
      assert.deepEqual(qualityOf({ provisioner }), shared);
      assert.deepEqual(qualityOf({ provisioner }, { source: 'local' }), shared);
    });

  it('is told by the volume before the annotation of the claim', () => {
    const provisioner = 'rancher.io/local-path';
    assert.deepEqual(qualityOf({ provisioner }, { source: 'csi', driver: 'ebs.csi.aws.com' }), own);
  });

  it('is told by its size: more than 1.25 times the capacity of the claim', () => {
    const sized = (capacityBytes: number) =>
      qualityOf({}, { source: 'csi', driver: 'cephfs.csi.ceph.com' }, { capacityBytes });
    assert.deepEqual(sized(12.5 * gi), own);
    assert.deepEqual(sized(12.6 * gi), shared);
  });

  it('is not told by equal figures of two claims', () => {
    const claims = [claimOf(), claimOf({ uid: 'c2', name: 'data-2' })];
    const volumes = [
      { name: 'v', claimName: 'data' },
      { name: 'w', claimName: 'data-2' },
    ];
    const sent = volumes.map(({ name, claimName }) => ({ name, claimName, stats, atMs: startMs }));
    const { readings } = nextUsage(
      nothingKnown,
      observationOf({
        claims,
        allPods: [podOf({ volumes })],
        kubelets: new Map([['n1', summaryOf(stats, { volumes: sent })]]),
      }),
    );
    assert.deepEqual(
      [...readings.values()].map(({ quality }) => quality),
      ['measured', 'measured'],
    );
  });

  it('counts with its own fullness, as the filesystem', () => {
    const reading = readingAfter(
      observationOf({ kubelets: kubelets({ capacityBytes: 100 * gi, availableBytes: 25 * gi }) }),
    );
    assert.deepEqual([reading.quality, reading.subject, fullRatio(reading)], ['sharedFilesystem', 'filesystem', 0.75]);
  });

  it('is nothing to grow, however small it is', () => {
    assert.deepEqual(qualityOf({ capacityBytes: 500n * BigInt(gi) }, { source: 'nfs' }), shared);
  });
});

describe('a filesystem that was not grown', () => {
  it('is well below the capacity of its claim', () => {
    const sized = (capacity: number) => qualityOf({ capacityBytes: BigInt(capacity * gi) });
    assert.deepEqual(sized(12), own);
    assert.deepEqual(sized(13), ['filesystemNotGrown', 'claim']);
  });

  it('keeps its percentage, which is of the filesystem that there is', () => {
    assert.equal(
      fullRatio(readingAfter(observationOf({ claims: [claimOf({ capacityBytes: 20n * BigInt(gi) })] }))),
      0.8,
    );
  });

  it('is not told by figures that can be of before the expansion', () => {
    const before = nextUsage(nothingKnown, observationOf());
    const claims = [claimOf({ capacityBytes: 20n * BigInt(gi) })];
    const at = (minutes: number) => {
      const nowMs = startMs + minutes * minuteMs;
      return observationOf({ nowMs, claims, kubelets: new Map([['n1', summaryOf(stats, { atMs: nowMs })]]) });
    };
    let usage = nextUsage(before, at(1));
    assert.equal(usage.readings.get('c1')?.quality, 'measured');
    usage = nextUsage(usage, at(2));
    assert.equal(usage.readings.get('c1')?.quality, 'measured');
    usage = nextUsage(usage, at(3));
    assert.equal(usage.readings.get('c1')?.quality, 'filesystemNotGrown');
  });

  it('is not told where the claim has no capacity', () => {
    assert.deepEqual(qualityOf({ capacityBytes: undefined }), own);
  });
});

describe('readings of anything', () => {
  const number = fc.oneof(fc.constantFrom(0, gi, 2 * gi, 10 * gi, 2 ** 64), fc.nat(), fc.constant(undefined));
  const any = fc.record({
    capacityBytes: number,
    availableBytes: number,
    usedBytes: number,
    inodes: number,
    inodesUsed: number,
  });
  const atMs = fc.integer({ min: startMs - 30 * minuteMs, max: startMs + 30 * minuteMs });
  const node = fc.oneof(
    fc.record({ any, atMs }).map(({ any, atMs }) => summaryOf(any, { atMs })),
    fc.constant(fail('forbidden', 'no')),
    fc.constant(fail('unreachable', 'gone')),
  );
  const series = fc.oneof<fc.Arbitrary<ClaimSeries>[]>(
    fc.record({ stats: any, atMs }),
    fc.constant({ ambiguous: ['cluster'] }),
  );
  const look = fc.record({
    nowMs: atMs,
    claim: fc.record({
      phase: fc.constantFrom('Bound', 'Pending', 'Lost'),
      volumeMode: fc.constantFrom('Block', 'Filesystem', 'Filesystem'),
      capacityBytes: fc.constantFrom(undefined, BigInt(gi), BigInt(10 * gi)),
    }),
    phase: fc.constantFrom('Running', 'Failed', 'Pending'),
    readable: fc.boolean(),
    node: fc.option(node, { nil: undefined }),
    series: fc.option(series, { nil: undefined }),
  });

  it('are one for each claim, and have a percentage only with figures, a source and a time', () => {
    const qualities = new Set<string>();
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 5 }), (looks) => {
        let usage = nothingKnown;
        for (const { nowMs, claim, phase, readable, node, series } of looks) {
          usage = nextUsage(usage, {
            nowMs,
            claims: [claimOf(claim)],
            pods: { items: readable ? [podOf({ phase })] : [], readable: () => readable },
            volumes: new Map(),
            kubelets: node && new Map([['n1', node]]),
            prometheus: series && succeed(new Map([['shop/data', series]])),
          });
          const reading = usage.readings.get('c1');
          assert.ok(reading);
          qualities.add(reading.quality);
          const ratio = fullRatio(reading);
          assert.ok(ratio === undefined || (ratio >= 0 && ratio <= 1));
          const figures = hasFigures(reading);
          assert.deepEqual(
            [ratio !== undefined, reading.source !== undefined, reading.atMs !== undefined],
            [figures, figures, figures],
          );
          assert.equal(reading.reason === '', reading.quality === 'measured');
          if (['block', 'ambiguous', 'forbidden', 'notReported'].includes(reading.quality))
            assert.equal(figures, false);
          if (['measured', 'sharedFilesystem', 'filesystemNotGrown', 'lastSeen'].includes(reading.quality))
            assert.ok(figures);
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(qualities.size >= 8, [...qualities].join());
  });
});
