import type { VolumeStats } from '../domain/reading.ts';
import type { ClaimRecord, VolumeRecord } from '../domain/records.ts';

/** What a claim's figures are the figures of, and how that is told. */
export interface Filesystem {
  readonly kind: 'own' | 'shared' | 'notGrown';
  /** A sentence fit to be shown; '' for a claim's own filesystem. */
  readonly reason: string;
}

/**
 * Volume sources, CSI drivers and provisioners whose volumes are folders of a filesystem that others are on too: the kubelet
 * reports that whole filesystem for each (csi-driver-nfs#517 "by design", aws-efs-csi-driver#1242, kubesphere#1777).
 *
 * CephFS is not among them, as with a quota it reports the quota: its size tells.
 */
const sharedSources: ReadonlySet<string> = new Set(['nfs', 'hostPath', 'glusterfs']);
const sharedDrivers: ReadonlySet<string> = new Set([
  'nfs.csi.k8s.io',
  'smb.csi.k8s.io',
  'efs.csi.aws.com',
  'hostpath.csi.k8s.io',
  'rancher.io/local-path',
  'openebs.io/local',
  'kubernetes.io/host-path',
  'k8s.io/minikube-hostpath',
  'microk8s.io/hostpath',
  'docker.io/hostpath',
  'k8s-sigs.io/nfs-subdir-external-provisioner',
]);
/** The Helm chart of the NFS provisioner names it after the release: `cluster.local/RELEASE-nfs-subdir-external-provisioner`. */
const sharedProvisioner = /nfs-subdir-external-provisioner$|nfs-client-provisioner$/;

/** A filesystem this much larger than the claim's capacity is not the claim's own; this much smaller, it was not grown. */
const sizeTolerance = 1.25;

/**
 * Whose figures these are: by the volume's source or CSI driver; else by the annotation that names the claim's provisioner,
 * which is readable without rights on volumes; else by size. Equal figures of two claims prove nothing.
 *
 * A filesystem is always somewhat smaller than its volume; below 1/1.25 of it, a resize has not reached the filesystem
 * (external-provisioner#485). `settled`: the figures are of after the last change of the claim's capacity.
 */
export function filesystemOf(
  claim: ClaimRecord,
  volume: VolumeRecord | undefined,
  stats: VolumeStats,
  settled: boolean,
): Filesystem {
  const told = sharedBy(claim, volume);
  if (told !== undefined)
    return { kind: 'shared', reason: `Volumes of ${told} share a filesystem: these are the figures of all of it.` };
  const { capacityBytes } = stats;
  const claimBytes = Number(claim.capacityBytes ?? 0n);
  if (capacityBytes === undefined || claimBytes === 0) return own;
  if (capacityBytes > claimBytes * sizeTolerance)
    return {
      kind: 'shared',
      reason:
        'The filesystem is larger than the capacity of the claim, so it is not its own: these are the figures of all of it.',
    };
  if (settled && capacityBytes * sizeTolerance < claimBytes)
    return {
      kind: 'notGrown',
      reason:
        'The filesystem is smaller than the capacity of the claim: it has not been grown to the size of its volume.',
    };
  return own;
}

/** What says that the filesystem is shared; undefined where nothing does. */
function sharedBy(claim: ClaimRecord, volume: VolumeRecord | undefined): string | undefined {
  const driver = volume?.driver;
  if (driver !== undefined) return sharedDrivers.has(driver) ? driver : undefined;
  const source = volume?.source;
  if (source !== undefined && sharedSources.has(source)) return source;
  // A volume of source `local` may be a disk of its own or a folder: who made it knows.
  if (source !== undefined && source !== 'local') return undefined;
  const { provisioner } = claim;
  if (provisioner === undefined) return undefined;
  return sharedDrivers.has(provisioner) || sharedProvisioner.test(provisioner) ? provisioner : undefined;
}

const own: Filesystem = { kind: 'own', reason: '' };
