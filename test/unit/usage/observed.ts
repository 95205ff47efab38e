import { fail, type Result, succeed } from '../../../src/domain/apiError.ts';
import type { Reading, VolumeStats } from '../../../src/domain/reading.ts';
import type { ClaimRecord, PodRecord, VolumeRecord } from '../../../src/domain/records.ts';
import { nextUsage, nothingKnown, type Observation, type Usage } from '../../../src/usage/usage.ts';
import type { ClaimSeries } from '../../../src/wire/claimSeries.ts';
import type { NodeSummary, PodSummary } from '../../../src/wire/kubeletSummary.ts';

export const startMs = Date.UTC(2026, 0, 1, 12);
export const gi = 2 ** 30;
export const minuteMs = 60_000;

/** 80 % full as dashboards say it, 70 % by what is used. */
export const stats: VolumeStats = {
  capacityBytes: 10 * gi,
  availableBytes: 2 * gi,
  usedBytes: 7 * gi,
  inodes: 1000,
  inodesUsed: 100,
};

export function claimOf(more: Partial<ClaimRecord> = {}): ClaimRecord {
  return {
    uid: 'c1',
    namespace: 'shop',
    name: 'data',
    resourceVersion: '1',
    phase: 'Bound',
    createdMs: startMs - 24 * 60 * minuteMs,
    terminating: false,
    capacityBytes: 10n * BigInt(gi),
    volumeName: 'pv',
    volumeMode: 'Filesystem',
    accessModes: ['ReadWriteOnce'],
    conditions: [],
    ...more,
  };
}

export function podOf(more: Partial<PodRecord> = {}): PodRecord {
  return {
    uid: 'p1',
    namespace: 'shop',
    name: 'db-0',
    resourceVersion: '1',
    phase: 'Running',
    nodeName: 'n1',
    volumes: [{ name: 'v', claimName: 'data' }],
    ...more,
  };
}

export function volumeOf(more: Partial<VolumeRecord>): VolumeRecord {
  return { uid: 'pv', name: 'pv', resourceVersion: '1', phase: 'Bound', ...more };
}

/** A summary of one pod with one volume. */
export function summaryOf(
  sent: VolumeStats,
  more: Partial<PodSummary> & { readonly atMs?: number } = {},
): Result<NodeSummary> {
  const { atMs = startMs, ...pod } = more;
  const volumes = [{ name: 'v', claimName: 'data', stats: sent, atMs }];
  return succeed({ pods: [{ uid: 'p1', namespace: 'shop', name: 'db-0', volumes, ...pod }], unreadable: 0 });
}

export const emptySummary: Result<NodeSummary> = succeed({ pods: [], unreadable: 0 });
export const forbiddenNode = fail('forbidden', 'nodes "n1" is forbidden');

export function seriesOf(sent: VolumeStats, atMs = startMs): Result<ReadonlyMap<string, ClaimSeries>> {
  return succeed(new Map([['shop/data', { stats: sent, atMs }]]));
}

/** One claim that one pod on `n1` mounts, whose kubelet says `stats` of it. */
export function observationOf(
  more: Partial<Observation> & { readonly allPods?: readonly PodRecord[] } = {},
): Observation {
  const { allPods = [podOf()], ...others } = more;
  return {
    nowMs: startMs,
    claims: [claimOf()],
    pods: { items: allPods, readable: () => true },
    volumes: new Map(),
    kubelets: new Map([['n1', summaryOf(stats)]]),
    ...others,
  };
}

export function readingAfter(observation: Observation, previous: Usage = nothingKnown): Reading {
  const reading = nextUsage(previous, observation).readings.get('c1');
  if (!reading) throw new Error('There is no reading of the claim.');
  return reading;
}
