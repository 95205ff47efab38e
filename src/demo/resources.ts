/** A kind that the simulated API server serves. */
export interface Resource {
  /** As in the path and in messages: `persistentvolumeclaims`. */
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortName: string;
  readonly group: string;
  readonly apiVersion: string;
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  readonly root: string;
  readonly namespaced: boolean;
  /** Field selectors it knows, each with the path of the field. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

const metadataName = { 'metadata.name': ['metadata', 'name'] };
const metadataBoth = { ...metadataName, 'metadata.namespace': ['metadata', 'namespace'] };

function core(
  plural: string,
  kind: string,
  shortName: string,
  more: Pick<Resource, 'namespaced' | 'fields'>,
): Resource {
  return {
    plural,
    kind,
    shortName,
    singular: kind.toLowerCase(),
    group: '',
    apiVersion: 'v1',
    root: '/api/v1',
    ...more,
  };
}

export const namespacesResource = core('namespaces', 'Namespace', 'ns', {
  namespaced: false,
  fields: { ...metadataName, 'status.phase': ['status', 'phase'] },
});

export const claimsResource = core('persistentvolumeclaims', 'PersistentVolumeClaim', 'pvc', {
  namespaced: true,
  fields: metadataBoth,
});

export const volumesResource = core('persistentvolumes', 'PersistentVolume', 'pv', {
  namespaced: false,
  fields: metadataName,
});

export const podsResource = core('pods', 'Pod', 'po', {
  namespaced: true,
  fields: { ...metadataBoth, 'spec.nodeName': ['spec', 'nodeName'], 'status.phase': ['status', 'phase'] },
});

export const nodesResource = core('nodes', 'Node', 'no', {
  namespaced: false,
  fields: { ...metadataName, 'spec.unschedulable': ['spec', 'unschedulable'] },
});

export const eventsResource = core('events', 'Event', 'ev', {
  namespaced: true,
  fields: {
    ...metadataBoth,
    'involvedObject.kind': ['involvedObject', 'kind'],
    'involvedObject.name': ['involvedObject', 'name'],
    'involvedObject.namespace': ['involvedObject', 'namespace'],
    'involvedObject.uid': ['involvedObject', 'uid'],
    reason: ['reason'],
    type: ['type'],
  },
});

export const storageClassesResource: Resource = {
  plural: 'storageclasses',
  singular: 'storageclass',
  kind: 'StorageClass',
  shortName: 'sc',
  group: 'storage.k8s.io',
  apiVersion: 'storage.k8s.io/v1',
  root: '/apis/storage.k8s.io/v1',
  namespaced: false,
  fields: metadataName,
};

export const resources: readonly Resource[] = [
  namespacesResource,
  claimsResource,
  volumesResource,
  podsResource,
  nodesResource,
  eventsResource,
  storageClassesResource,
];
