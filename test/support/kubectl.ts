import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClaim, deleteClaim, resizeClaim } from './claimWriter.ts';
import type { ControlPlane } from './controlPlane.ts';

const run = promisify(execFile);

/**
 * Changes a claim as a person would, with kubectl; where there is none, with the requests that kubectl would send.
 * Answers by which of the two.
 */
export async function kubectl(
  plane: ControlPlane,
  what: 'create' | 'resize' | 'delete',
  namespace: string,
  name: string,
  size = '',
): Promise<'kubectl' | 'request'> {
  if (!(await hasKubectl())) {
    if (what === 'create') await createClaim(plane.admin, namespace, name, size);
    if (what === 'resize') await resizeClaim(plane.admin, namespace, name, size);
    if (what === 'delete') await deleteClaim(plane.admin, namespace, name);
    return 'request';
  }
  const target = ['--kubeconfig', plane.kubeconfig('admin', { file: 'kubectl.kubeconfig' }), '-n', namespace];
  const spec = { resources: { requests: { storage: size } } };
  if (what === 'create') {
    const file = join(plane.folder, `${name}.json`);
    const metadata = { name, namespace };
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata };
    writeFileSync(file, JSON.stringify({ ...claim, spec: { accessModes: ['ReadWriteOnce'], ...spec } }));
    await run('kubectl', [...target, 'create', '-f', file]);
  }
  if (what === 'resize') await run('kubectl', [...target, 'patch', 'pvc', name, '-p', JSON.stringify({ spec })]);
  if (what === 'delete') await run('kubectl', [...target, 'delete', 'pvc', name, '--wait=false']);
  return 'kubectl';
}

/** Whether there is a kubectl on the PATH. */
export async function hasKubectl(): Promise<boolean> {
  try {
    await run('kubectl', ['version', '--client']);
    return true;
  } catch {
    return false;
  }
}
