import type { AdminClient } from './adminClient.ts';

const path = (namespace: string, name = '') =>
  `/api/v1/namespaces/${namespace}/persistentvolumeclaims${name === '' ? '' : `/${name}`}`;
const merge = 'application/merge-patch+json';

/** Creates a claim of a size; further metadata or spec as given. */
export async function createClaim(
  admin: AdminClient,
  namespace: string,
  name: string,
  size: string,
  more: { readonly labels?: Record<string, string>; readonly storageClass?: string } = {},
): Promise<void> {
  await admin.must('POST', path(namespace), {
    metadata: { name, ...(more.labels ? { labels: more.labels } : {}) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      ...(more.storageClass === undefined ? {} : { storageClassName: more.storageClass }),
    },
  });
}

/** Asks for another size; the API server allows growth of a bound claim of an expandable class. */
export async function resizeClaim(admin: AdminClient, namespace: string, name: string, size: string): Promise<void> {
  await admin.must(
    'PATCH',
    path(namespace, name),
    { spec: { resources: { requests: { storage: size } } } },
    { contentType: merge },
  );
}

export async function deleteClaim(admin: AdminClient, namespace: string, name: string): Promise<void> {
  await admin.must('DELETE', path(namespace, name));
}

export async function phaseOf(admin: AdminClient, namespace: string, name: string): Promise<string> {
  const { status } = (await admin.must('GET', path(namespace, name))) as { status?: { phase?: string } };
  return status?.phase ?? '';
}

/** Plays the CSI resizer: writes `status` as the external-resizer does while a volume grows. */
export async function writeStatus(
  admin: AdminClient,
  namespace: string,
  name: string,
  status: Record<string, unknown>,
): Promise<void> {
  await admin.must('PATCH', `${path(namespace, name)}/status`, { status }, { contentType: merge });
}
