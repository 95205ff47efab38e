import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import type { AdminClient } from './adminClient.ts';
import type { ControlPlane } from './controlPlane.ts';
import { hasKubectl } from './kubectl.ts';

const run = promisify(execFile);

/** A claim as the API server writes it, as far as tests compare it. */
export interface ListedClaim {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly resources: { readonly requests: Quantities }; readonly storageClassName?: string };
  readonly status?: { readonly phase?: string; readonly allocatedResources?: Quantities };
}

interface Quantities {
  readonly storage: string;
}

/** One line a claim, sorted: who it is, its version and its phase. */
export type ClaimLines = readonly string[];

/** All claims of a cluster as kubectl sees them; where there is no kubectl, as a plain LIST gives them. */
export async function claimsOfCluster(plane: ControlPlane): Promise<ClaimLines> {
  return linesOf(await listed(plane));
}

export function linesOf(items: readonly ListedClaim[]): ClaimLines {
  return items.map(({ metadata, status }) => lineOf({ ...metadata, phase: status?.phase ?? '' })).sort();
}

/** All claims of a snapshot, in the same form. */
export function claimsOfSnapshot({ namespaces }: StorageSnapshot): ClaimLines {
  return [...namespaces.values()].flatMap(({ claims }) => [...claims.values()].map(lineOf)).sort();
}

/** What is in the one and not in the other, a line each; empty when they are equal. */
export function differences(truth: ClaimLines, shown: ClaimLines): string {
  const missing = truth.filter((line) => !shown.includes(line)).map((line) => `  only on the server: ${line}`);
  const wrong = shown.filter((line) => !truth.includes(line)).map((line) => `  only in the store:  ${line}`);
  return [...missing, ...wrong].join('\n');
}

/** All claims by one plain LIST: quicker than kubectl, and as true. Throws where there is no server at the moment. */
export async function listPlainly(admin: AdminClient): Promise<readonly ListedClaim[]> {
  const list = await admin.must('GET', '/api/v1/persistentvolumeclaims');
  return list.items as readonly ListedClaim[];
}

async function listed(plane: ControlPlane): Promise<readonly ListedClaim[]> {
  if (!(await hasKubectl())) return await listPlainly(plane.admin);
  const kubeconfig = plane.kubeconfig('admin', { file: 'kubectl.kubeconfig' });
  const args = ['--kubeconfig', kubeconfig, 'get', 'pvc', '-A', '-o', 'json'];
  const { stdout } = await run('kubectl', args, { maxBuffer: 256 * 1024 * 1024 });
  return (JSON.parse(stdout) as { readonly items: readonly ListedClaim[] }).items;
}

function lineOf(claim: {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly phase: string;
}): string {
  return `${claim.namespace}/${claim.name} ${claim.uid} ${claim.resourceVersion} ${claim.phase}`;
}
