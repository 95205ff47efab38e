/**
 * Slim records of the Kubernetes kinds the product reads: only the fields it uses, strings interned by the reader.
 * Times are milliseconds since the epoch, sizes exact bytes.
 */

/**
 * What the metadata of a claim say about its alerts, as written; absent where nothing is said. `claimThresholds.ts` reads it.
 */
export interface AlertWishes {
  /** The label `excluded_from_alerts` (kubernetes-mixin). */
  readonly excluded?: string | undefined;
  /** `pvcwatch.dev/ignore`, `pvcwatch.dev/free-warning`, `pvcwatch.dev/free-critical`. */
  readonly ignore?: string | undefined;
  readonly freeWarning?: string | undefined;
  readonly freeCritical?: string | undefined;
  /** pvc-autoresizer: `resize.topolvm.io/threshold`, `inodes-threshold`, `storage_limit`. */
  readonly resizeThreshold?: string | undefined;
  readonly inodesThreshold?: string | undefined;
  readonly storageLimit?: string | undefined;
}

/** A condition of a claim (`status.conditions`). */
export interface ConditionRecord {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/**
 * A PersistentVolumeClaim.
 *
 * `claimedBytes` is what a ResourceQuota charges: max(requested, allocated), rounded up to whole bytes
 * (kubernetes `pkg/quota/v1/evaluator/core/persistent_volume_claims.go`). It is undefined when a size in the object cannot
 * be counted; `problem` then says which and why. A claim without a request claims 0 bytes. A capacity that cannot be read
 * changes nothing in that; `capacityProblem` says why.
 */
export interface ClaimRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** `Pending`, `Bound`, `Lost`; anything else as the server wrote it. */
  readonly phase: string;
  readonly createdMs?: number | undefined;
  /** `metadata.deletionTimestamp` is set. */
  readonly terminating: boolean;
  readonly requestedBytes?: bigint | undefined;
  readonly allocatedBytes?: bigint | undefined;
  readonly claimedBytes?: bigint | undefined;
  readonly capacityBytes?: bigint | undefined;
  readonly problem?: string | undefined;
  readonly capacityProblem?: string | undefined;
  /** The old annotation, else `spec.storageClassName` (the order of the quota evaluator); undefined when neither is there. */
  readonly storageClass?: string | undefined;
  /** Who was asked for a volume: the annotation `volume.kubernetes.io/storage-provisioner`, else its beta form. */
  readonly provisioner?: string | undefined;
  readonly volumeName?: string | undefined;
  readonly volumeMode?: string | undefined;
  readonly accessModes: readonly string[];
  readonly conditions: readonly ConditionRecord[];
  /** `status.allocatedResourceStatuses.storage`. */
  readonly resizeStatus?: string | undefined;
  readonly alertWishes?: AlertWishes | undefined;
}

/** A PersistentVolume, as far as it tells what a claim is stored on. */
export interface VolumeRecord {
  readonly uid: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** `Pending`, `Available`, `Bound`, `Released`, `Failed`; anything else as the server wrote it. */
  readonly phase: string;
  /** The key of its source in the API, `csi` or `nfs` for example; undefined for one that is not known here. */
  readonly source?: string | undefined;
  /** The driver of a CSI volume. */
  readonly driver?: string | undefined;
}

export interface NamespaceRecord {
  readonly uid: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly terminating: boolean;
}

export interface StorageClassRecord {
  readonly uid: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly provisioner: string;
  /** `volumeBindingMode: WaitForFirstConsumer`. */
  readonly waitsForConsumer: boolean;
  readonly expandable: boolean;
  readonly isDefault: boolean;
}

export interface PodRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly phase: string;
  readonly nodeName?: string;
  /** Its volumes that are claims, generic ephemeral ones included. */
  readonly volumes: readonly PodVolume[];
}

/** A volume of a pod that is a claim. */
export interface PodVolume {
  /** As the pod calls it; no two of a pod are called the same. */
  readonly name: string;
  /** That of a generic ephemeral volume is named `<pod>-<volume>`. */
  readonly claimName: string;
}

/** An Event about an object: what a controller, the scheduler or a kubelet said of it. Events are forgotten after an hour or so. */
export interface EventRecord {
  readonly uid: string;
  /** `Normal` or `Warning`; anything else as the server wrote it. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** Who said so; '' where nobody is named. */
  readonly source: string;
  /** How often. */
  readonly count: number;
  /** When it was said last; undefined where no time can be read. */
  readonly lastMs: number | undefined;
}
