import type { AdminClient } from './adminClient.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const group = 'rbac.authorization.k8s.io';
/** Namespaces in which the users `namespaced` and `lister` may read claims. */
export const readableNamespaces = ['shop', 'blog'];

/** Gives the users their rights, and makes the storage classes `standard` (default, expandable) and `waiting`. */
export async function setUpRights(admin: AdminClient): Promise<void> {
  const read = (resources: readonly string[], apiGroup = '') => ({
    apiGroups: [apiGroup],
    resources,
    verbs: ['get', 'list', 'watch'],
  });
  const viewer = [
    read(['persistentvolumeclaims', 'namespaces', 'persistentvolumes', 'pods', 'nodes']),
    read(['storageclasses'], 'storage.k8s.io'),
  ];
  await clusterRole(admin, 'pvcwatch-viewer', viewer);
  await clusterRole(admin, 'pvcwatch-namespaces', [read(['namespaces'])]);
  await clusterRole(admin, 'pvcwatch-claims', [read(['persistentvolumeclaims', 'pods'])]);
  await clusterBinding(admin, 'pvcwatch-viewer', [user('viewer'), { kind: 'Group', name: 'viewers', apiGroup: group }]);
  await clusterBinding(admin, 'pvcwatch-namespaces', [user('lister')]);
  for (const namespace of readableNamespaces) {
    await createNamespace(admin, namespace);
    await admin.must(
      'POST',
      `${rbac}/namespaces/${namespace}/rolebindings`,
      {
        metadata: { name: 'pvcwatch-claims' },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'pvcwatch-claims' },
        subjects: [user('namespaced'), user('lister')],
      },
      { existing: true },
    );
  }
  await storageClass(admin, 'standard', {
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    mode: 'Immediate',
  });
  await storageClass(admin, 'waiting', { annotations: {}, mode: 'WaitForFirstConsumer' });
}

export async function createNamespace(admin: AdminClient, name: string): Promise<void> {
  await admin.must('POST', '/api/v1/namespaces', { metadata: { name } }, { existing: true });
}

/** Gives one user these rights besides, in one namespace or ('') in all. */
export async function grant(
  admin: AdminClient,
  name: string,
  namespace: string,
  rules: readonly unknown[],
): Promise<void> {
  const role = `besides-${name}`;
  if (namespace === '') {
    await clusterRole(admin, role, rules);
    await bindClusterRole(admin, role, name);
    return;
  }
  const root = `${rbac}/namespaces/${namespace}`;
  const metadata = { name: role };
  await admin.must('POST', `${root}/roles`, { metadata, rules });
  const roleRef = { apiGroup: group, kind: 'Role', name: role };
  await admin.must('POST', `${root}/rolebindings`, { metadata, roleRef, subjects: [user(name)] });
}

/** Binds a role of the cluster to one user. */
export async function bindClusterRole(admin: AdminClient, role: string, name: string): Promise<void> {
  await clusterBinding(admin, role, [user(name)]);
}

function user(name: string) {
  return { kind: 'User', name, apiGroup: group };
}

async function clusterRole(admin: AdminClient, name: string, rules: readonly unknown[]): Promise<void> {
  await admin.must('POST', `${rbac}/clusterroles`, { metadata: { name }, rules }, { existing: true });
}

async function clusterBinding(admin: AdminClient, name: string, subjects: readonly unknown[]): Promise<void> {
  await admin.must(
    'POST',
    `${rbac}/clusterrolebindings`,
    { metadata: { name }, roleRef: { apiGroup: group, kind: 'ClusterRole', name }, subjects },
    { existing: true },
  );
}

async function storageClass(
  admin: AdminClient,
  name: string,
  { annotations, mode }: { readonly annotations: Record<string, string>; readonly mode: string },
): Promise<void> {
  await admin.must(
    'POST',
    '/apis/storage.k8s.io/v1/storageclasses',
    {
      metadata: { name, annotations },
      provisioner: 'kubernetes.io/host-path',
      allowVolumeExpansion: true,
      volumeBindingMode: mode,
    },
    { existing: true },
  );
}
