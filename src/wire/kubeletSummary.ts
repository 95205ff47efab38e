import type { VolumeStats } from '../domain/reading.ts';
import { arrayAt, type JsonObject, numberAt, objectAt, objectOf, textAt, timeAt } from './json.ts';

/** Figures of one volume of a pod, as the kubelet sent them: 0 may mean "not supported" (`domain/reading.ts`). */
export interface VolumeSummary {
  /** As the pod calls it. */
  readonly name: string;
  /** That of a claim, a generic ephemeral one included; undefined for an emptyDir, a secret, a configMap … */
  readonly claimName?: string;
  readonly stats: VolumeStats;
  readonly atMs?: number;
}

export interface PodSummary {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly volumes: readonly VolumeSummary[];
  /** `ephemeral-storage`: what the pod's containers, logs and emptyDirs take of the node, whose filesystem it names. */
  readonly ephemeral?: VolumeStats;
}

/** What one kubelet says of the pods on its node. */
export interface NodeSummary {
  readonly pods: readonly PodSummary[];
  /** How many pods had no identity and were left out. */
  readonly unreadable: number;
}

/**
 * Reads the answer of `/stats/summary` (kubelet `pkg/apis/stats/v1alpha1/types.go`); undefined for what is none. Never throws.
 *
 * Of the volumes only mounted ones on live pods are in it; the key is `volume`, and `pvcRef` has no UID.
 */
export function readKubeletSummary(value: unknown): NodeSummary | undefined {
  const summary = objectOf(value);
  if (!summary || !objectOf(summary.node)) return undefined;
  // Go writes no pods as null.
  if (!Array.isArray(summary.pods) && summary.pods !== null && summary.pods !== undefined) return undefined;
  const all = arrayAt(summary, 'pods');
  const pods = all.flatMap(readPod);
  return { pods, unreadable: all.length - pods.length };
}

function readPod(value: unknown): readonly PodSummary[] {
  const pod = objectOf(value);
  if (!pod) return [];
  const reference = objectAt(pod, 'podRef');
  const [uid, namespace, name] = [textAt(reference, 'uid'), textAt(reference, 'namespace'), textAt(reference, 'name')];
  if (uid === undefined || namespace === undefined || name === undefined) return [];
  const ephemeral = objectOf(pod['ephemeral-storage']);
  return [
    {
      uid,
      namespace,
      name,
      volumes: arrayAt(pod, 'volume').flatMap(readVolume),
      ...(ephemeral === undefined ? {} : { ephemeral: readStats(ephemeral) }),
    },
  ];
}

function readVolume(value: unknown): readonly VolumeSummary[] {
  const volume = objectOf(value);
  const name = volume && textAt(volume, 'name');
  if (volume === undefined || name === undefined) return [];
  const claimName = textAt(objectAt(volume, 'pvcRef'), 'name');
  const atMs = timeAt(volume, 'time');
  return [
    {
      name,
      ...(claimName === undefined ? {} : { claimName }),
      stats: readStats(volume),
      ...(atMs === undefined ? {} : { atMs }),
    },
  ];
}

function readStats(object: JsonObject): VolumeStats {
  return {
    capacityBytes: numberAt(object, 'capacityBytes'),
    availableBytes: numberAt(object, 'availableBytes'),
    usedBytes: numberAt(object, 'usedBytes'),
    inodes: numberAt(object, 'inodes'),
    inodesUsed: numberAt(object, 'inodesUsed'),
  };
}
