import { hasFigures, type Reading } from '../domain/reading.ts';
import type { ClaimRecord, VolumeRecord } from '../domain/records.ts';
import type { PodSummary } from '../wire/kubeletSummary.ts';
import { cacheMs, type Figures, Findings, type Sources } from './findings.ts';
import { type KnownPods, Mounts } from './mounts.ts';
import { readingOf } from './readingOf.ts';

/** What is known of the use of storage at one moment. Joined with claims by UID, never part of a snapshot. */
export interface Usage {
  /** By the UID of the claim; one for each claim that was looked at. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** The last that each kubelet said of the pods on its node, emptyDirs and ephemeral storage included. */
  readonly pods: ReadonlyMap<string, readonly PodSummary[]>;
  /** Since when each claim, by its UID, has had its capacity; -Infinity if since before it was first seen. */
  readonly capacities: ReadonlyMap<string, CapacitySince>;
}

export interface CapacitySince {
  readonly bytes: bigint | undefined;
  readonly sinceMs: number;
}

/** One look at a cluster. */
export interface Observation extends Sources {
  readonly nowMs: number;
  readonly claims: Iterable<ClaimRecord>;
  readonly pods: KnownPods;
  /** By name; those that can be read. */
  readonly volumes: ReadonlyMap<string, VolumeRecord>;
}

const claimsAStep = 50;

export const nothingKnown: Usage = { readings: new Map(), pods: new Map(), capacities: new Map() };

/**
 * What is known after one more look; pure.
 *
 * Figures of a claim are kept as long as its UID is there, so that one that vanishes from every source (CrashLoopBackOff
 * because its disk is full: kubernetes#141350) is not taken for recovered, and one recreated under the same name inherits
 * nothing. A reading that says the same as before is the same object.
 */
export function nextUsage(previous: Usage, observation: Observation): Usage {
  const steps = usageSteps(previous, observation);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The same in steps of less than a millisecond or so: tens of thousands of claims would be felt. */
export function* usageSteps(previous: Usage, observation: Observation): Generator<void, Usage> {
  const { nowMs, claims, kubelets, volumes } = observation;
  const mounts = new Mounts(observation.pods);
  yield;
  const findings = new Findings(observation, mounts, nowMs);
  yield;
  const readings = new Map<string, Reading>();
  const capacities = new Map<string, CapacitySince>();
  for (const claim of claims) {
    const { uid, capacityBytes } = claim;
    if (readings.size % claimsAStep === 0) yield;
    const known = previous.capacities.get(uid);
    const capacity = known?.bytes === capacityBytes ? known : undefined;
    const since = capacity ?? { bytes: capacityBytes, sinceMs: known ? nowMs : Number.NEGATIVE_INFINITY };
    capacities.set(uid, since);
    const before = previous.readings.get(uid);
    const reading = readingOf({
      claim,
      volume: claim.volumeName === undefined ? undefined : volumes.get(claim.volumeName),
      finding: findings.of(claim),
      before: before && figuresOf(before),
      nodes: mounts.nodesOf(claim),
      sources: observation,
      settledMs: since.sinceMs + cacheMs,
      nowMs,
    });
    readings.set(uid, before && isSame(before, reading) ? before : reading);
  }
  const pods = new Map<string, readonly PodSummary[]>();
  for (const [node, answer] of kubelets ?? []) {
    const heard = answer.ok ? answer.value.pods : previous.pods.get(node);
    if (heard) pods.set(node, heard);
  }
  return { readings, pods, capacities };
}

function figuresOf({ source, atMs, ...stats }: Reading): Figures | undefined {
  const { capacityBytes, availableBytes, usedBytes, inodes, inodesUsed } = stats;
  if (source === undefined || atMs === undefined || !hasFigures(stats)) return undefined;
  return { stats: { capacityBytes, availableBytes, usedBytes, inodes, inodesUsed }, source, atMs };
}

const fields: readonly (keyof Reading)[] = [
  ...(['quality', 'subject', 'source', 'atMs', 'reason'] as const),
  ...(['capacityBytes', 'availableBytes', 'usedBytes', 'inodes', 'inodesUsed'] as const),
];

function isSame(a: Reading, b: Reading): boolean {
  return fields.every((field) => a[field] === b[field]);
}
