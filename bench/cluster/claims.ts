const namespaceCount = 50;

export const namespaceNames: readonly string[] = Array.from({ length: namespaceCount }, (_, index) => `team-${index}`);

export interface BenchClaim {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}

/** A bound claim as a real API server has it, managedFields included; without resourceVersion. */
export function claimOf(index: number, namespace: string, sizeMi = sizeMiOf(index)): BenchClaim {
  const uid = uidOf(index);
  const size = `${sizeMi}Mi`;
  return {
    metadata: {
      name: `data-db-${index}`,
      namespace,
      uid,
      creationTimestamp: '2026-03-01T12:00:00Z',
      labels: { app: 'db', 'app.kubernetes.io/instance': `db-${index % 500}`, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        'pv.kubernetes.io/bind-completed': 'yes',
        'pv.kubernetes.io/bound-by-controller': 'yes',
        'volume.kubernetes.io/storage-provisioner': 'ebs.csi.example.com',
      },
      finalizers: ['kubernetes.io/pvc-protection'],
      managedFields,
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      volumeName: `pvc-${uid}`,
      storageClassName: ['gp3', 'standard', 'fast-ssd'][index % 3],
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: size } },
  };
}

/** What a claim has requested in the beginning. */
export function sizeMiOf(index: number): number {
  return 1024 + (index % 100);
}

/**
 * The JSON text of one claim as a real API server writes it: that is what a client has to read. `round` changes its
 * size, as an expansion does.
 */
export function claimJson(index: number, resourceVersion: number, round = 0): string {
  const namespace = namespaceNames[index % namespaceCount] ?? '';
  const { metadata, ...claim } = claimOf(index, namespace, sizeMiOf(index) + round);
  return JSON.stringify({
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    metadata: { ...metadata, resourceVersion: String(resourceVersion) },
    ...claim,
  });
}

export function namespaceJson(name: string, resourceVersion: number): string {
  const metadata = { name, uid: `ns-${name}`, resourceVersion: String(resourceVersion) };
  return JSON.stringify({ kind: 'Namespace', apiVersion: 'v1', metadata, status: { phase: 'Active' } });
}

function uidOf(index: number): string {
  return `8f14e45f-ceea-467f-a8f2-${index.toString(16).padStart(12, '0')}`;
}

const managedFields = [
  {
    manager: 'kube-controller-manager',
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-03-01T12:00:01Z',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': {
        'f:annotations': {
          '.': {},
          'f:pv.kubernetes.io/bind-completed': {},
          'f:pv.kubernetes.io/bound-by-controller': {},
          'f:volume.kubernetes.io/storage-provisioner': {},
        },
        'f:labels': { '.': {}, 'f:app': {}, 'f:app.kubernetes.io/instance': {}, 'f:app.kubernetes.io/managed-by': {} },
      },
      'f:spec': {
        'f:accessModes': {},
        'f:resources': { 'f:requests': { '.': {}, 'f:storage': {} } },
        'f:storageClassName': {},
        'f:volumeMode': {},
        'f:volumeName': {},
      },
    },
  },
  {
    manager: 'kube-controller-manager',
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-03-01T12:00:02Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:status': { 'f:accessModes': {}, 'f:capacity': { '.': {}, 'f:storage': {} }, 'f:phase': {} } },
    subresource: 'status',
  },
];
