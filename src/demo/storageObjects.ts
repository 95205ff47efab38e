import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from '../wire/json.ts';
import { bytesOf, protection, requestOf } from './claimRules.ts';
import { type Draft, type ObjectStore, type StoredObject, timestamp } from './objectStore.ts';
import { claimsResource, podsResource, storageClassesResource, volumesResource } from './resources.ts';
import { quantityText } from './sizes.ts';

export interface ClaimParts {
  readonly namespace: string;
  readonly name: string;
  readonly sizeBytes: bigint;
  readonly storageClass: string;
  readonly accessMode: string;
  readonly volumeMode: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs?: number;
}

/** A claim as it is right after its creation. */
export function claimDraft({
  namespace,
  name,
  sizeBytes,
  storageClass,
  accessMode,
  volumeMode,
  labels,
  createdMs,
}: ClaimParts): Draft {
  return {
    metadata: {
      name,
      namespace,
      labels,
      finalizers: [protection],
      ...(createdMs === undefined ? {} : { creationTimestamp: timestamp(createdMs) }),
    },
    spec: {
      accessModes: [accessMode],
      resources: { requests: { storage: quantityText(sizeBytes) } },
      storageClassName: storageClass,
      volumeMode,
    },
    status: { phase: 'Pending' },
  };
}

export interface PodParts {
  readonly namespace: string;
  readonly name: string;
  readonly claimNames: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeName: string;
  readonly image: string;
  /** Whether the claims are block devices to it. */
  readonly block: boolean;
  readonly createdMs?: number;
}

/** A running pod that mounts claims. */
export function podDraft({ namespace, name, claimNames, labels, nodeName, image, block, createdMs }: PodParts): Draft {
  const volumes = claimNames.map((claimName, index) => ({
    name: index === 0 ? 'data' : `data-${index}`,
    persistentVolumeClaim: { claimName },
  }));
  const uses = block
    ? { volumeDevices: volumes.map(({ name }) => ({ name, devicePath: `/dev/${name}` })) }
    : { volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `/var/lib/${name}` })) };
  const scratch = { name: 'scratch', emptyDir: {} };
  return {
    metadata: {
      name,
      namespace,
      labels,
      ...(createdMs === undefined ? {} : { creationTimestamp: timestamp(createdMs) }),
    },
    spec: { nodeName, containers: [{ name: 'main', image, ...uses }], volumes: [...volumes, scratch] },
    status: { phase: 'Running' },
  };
}

/** Names of the claims a pod mounts. */
export function claimNamesOf(pod: StoredObject): readonly string[] {
  return arrayAt(objectAt(pod, 'spec'), 'volumes').flatMap((volume) => {
    const name = textAt(objectAt(objectOf(volume) ?? {}, 'persistentVolumeClaim'), 'claimName');
    return name === undefined ? [] : [name];
  });
}

/** The pods of a claim's namespace that mount it and have not finished. */
export function podsUsing(store: ObjectStore, claim: StoredObject): readonly StoredObject[] {
  const { name, namespace } = claim.metadata;
  return store.list(podsResource, namespace).filter((pod) => {
    const { phase } = objectAt(pod, 'status');
    return phase !== 'Succeeded' && phase !== 'Failed' && claimNamesOf(pod).includes(name);
  });
}

/** What the provisioner and the volume binder do: a volume is made, the claim is tied to it, and is Bound. */
export function bindClaim(store: ObjectStore, claim: StoredObject, nowMs: number): StoredObject {
  const spec = objectAt(claim, 'spec');
  const storageClass = textAt(spec, 'storageClassName') ?? '';
  const provisioner = textAt(store.get(storageClassesResource, storageClass) ?? {}, 'provisioner') ?? '';
  const capacity = { storage: quantityText(bytesOf(requestOf(claim))) };
  const volumeName = `pvc-${claim.metadata.uid}`;
  const tied = store.replace(claimsResource, claim, {
    ...claim,
    metadata: {
      ...claim.metadata,
      annotations: {
        ...objectAt(claim.metadata, 'annotations'),
        'pv.kubernetes.io/bind-completed': 'yes',
        'pv.kubernetes.io/bound-by-controller': 'yes',
        'volume.kubernetes.io/storage-provisioner': provisioner,
      },
    },
    spec: { ...spec, volumeName },
  });
  if (!store.get(volumesResource, volumeName)) store.create(volumesResource, volumeDraft(store, tied, nowMs));
  const status = { phase: 'Bound', accessModes: spec.accessModes, capacity };
  return store.replace(claimsResource, tied, { ...tied, status });
}

function volumeDraft(store: ObjectStore, claim: StoredObject, nowMs: number): Draft {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = claim.metadata;
  const spec = objectAt(claim, 'spec');
  const storageClassName = textAt(spec, 'storageClassName') ?? '';
  const storageClass: JsonObject = store.get(storageClassesResource, storageClassName) ?? {};
  const driver = textAt(storageClass, 'provisioner') ?? '';
  return {
    metadata: {
      name: textAt(spec, 'volumeName') ?? '',
      creationTimestamp,
      annotations: { 'pv.kubernetes.io/provisioned-by': driver },
      finalizers: ['kubernetes.io/pv-protection'],
    },
    spec: {
      capacity: { storage: requestOf(claim) },
      csi: { driver, volumeHandle: `vol-${uid.slice(-12)}` },
      accessModes: spec.accessModes,
      claimRef: { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName,
      volumeMode: spec.volumeMode ?? 'Filesystem',
    },
    status: { phase: 'Bound', lastPhaseTransitionTime: timestamp(nowMs) },
  };
}

/** A claim's status with conditions of some types dropped, and others put in. */
export function withConditions(
  status: JsonObject,
  dropped: readonly string[],
  added: readonly JsonObject[],
): JsonObject {
  const kept = arrayAt(status, 'conditions').filter((condition) => {
    const type = textAt(objectOf(condition) ?? {}, 'type') ?? '';
    return !dropped.includes(type);
  });
  const { conditions: _, ...rest } = status;
  const conditions = [...added, ...kept];
  return conditions.length > 0 ? { ...rest, conditions } : rest;
}

/** A condition of a claim that has just come about. */
export function condition(
  type: string,
  nowMs: number,
  more: { readonly reason?: string; readonly message?: string } = {},
) {
  return { type, status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(nowMs), ...more };
}
