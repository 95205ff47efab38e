import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/bundleOptions.ts';

const run = promisify(execFile);
const informer = join(import.meta.dirname, 'syncPeer.ts');

/** What is measured: each reads all claims of the cluster of a kubeconfig, and ends. */
export interface ClientProgram {
  readonly name: string;
  readonly command: (kubeconfig: string, claims: number) => readonly string[];
}

export interface Peer extends ClientProgram {
  /** Ours divided by the peer's; undefined for one that is there to be read. */
  readonly targets?: { readonly wall: number; readonly cpu: number; readonly peak: number };
  /** Beyond a target by no more than this factor nothing fails; see docs/performance.md for one that is not reached. */
  readonly tolerance?: number;
}

/** The product, bundled as `cluster.cjs` is. */
export async function ownProgram(folder: string): Promise<ClientProgram> {
  const file = join(folder, 'syncOwn.cjs');
  await build({
    ...bundleOptions(true),
    entryPoints: [join(import.meta.dirname, 'syncOwn.ts')],
    outfile: file,
    outExtension: {},
  });
  return { name: 'ours', command: (kubeconfig, claims) => [process.execPath, file, kubeconfig, String(claims)] };
}

/** The peers that can be had on this machine, and a sentence for each that cannot. */
export async function peerPrograms(folder: string): Promise<{ peers: readonly Peer[]; missing: readonly string[] }> {
  const found = [clientNode(), await bundledClientNode(folder), await clientGo(folder), await kubectl()];
  return {
    peers: found.filter((each) => typeof each !== 'string'),
    missing: found.filter((each) => typeof each === 'string'),
  };
}

/** As it is installed and as its own examples run it. */
function clientNode(): Peer {
  return {
    name: "client-node's informer",
    targets: { wall: 0.3, cpu: 0.3, peak: 0.5 },
    tolerance: 1.6,
    command: (kubeconfig, claims) => [process.execPath, informer, kubeconfig, String(claims)],
  };
}

/** All of client-node, of which the product has only a part: what bundling alone gains. */
async function bundledClientNode(folder: string): Promise<Peer> {
  const file = join(folder, 'syncPeer.cjs');
  await build({ ...bundleOptions(true), entryPoints: [informer], outfile: file, outExtension: {}, plugins: [] });
  return {
    name: "client-node's informer, bundled",
    command: (kubeconfig, claims) => [process.execPath, file, kubeconfig, String(claims)],
  };
}

async function clientGo(folder: string): Promise<Peer | string> {
  const name = 'client-go list';
  const file = join(folder, 'list');
  const source = join(import.meta.dirname, '..', 'peers', 'list');
  if (!(await works('go', ['version']))) return `Not compared with ${name}: there is no go on the PATH.`;
  const flags = ['build', '-trimpath', '-ldflags', '-s -w', '-o', file, '.'];
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  try {
    await run('go', flags, { cwd: source, env });
  } catch (error) {
    return `Not compared with ${name}: it cannot be built. ${error instanceof Error ? error.message : String(error)}`;
  }
  return {
    name,
    targets: { wall: 0.6, cpu: 0.9, peak: 1 },
    command: (kubeconfig) => [file, kubeconfig],
  };
}

async function kubectl(): Promise<Peer | string> {
  const name = 'kubectl get pvc -A -o json';
  if (!(await works('kubectl', ['version', '--client']))) {
    return `Not compared with ${name}: there is no kubectl on the PATH.`;
  }
  return {
    name,
    targets: { wall: 0.1, cpu: 0.1, peak: 0.35 },
    command: (kubeconfig) => ['kubectl', '--kubeconfig', kubeconfig, 'get', 'pvc', '-A', '-o', 'json'],
  };
}

async function works(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(program, args);
    return true;
  } catch {
    return false;
  }
}
