import { join } from 'node:path';
import { findControlPlane } from '../scripts/controlPlane.ts';
import { ControlPlane } from '../test/support/controlPlane.ts';
import { resultOf } from './childProcess.ts';
import { type Measurement, median } from './measurement.ts';
import { claimCount, generateDataset, unpackedDataset } from './realCluster/dataset.ts';
import type { ProcessCost } from './realCluster/measure.ts';
import { type ClientProgram, ownProgram, type Peer, peerPrograms } from './realCluster/programs.ts';
import { type Way, type WayCost, ways } from './realCluster/ways.ts';

const rounds = 5;
/** A machine that is shared is not steady: a target that is missed by less is shown, and fails nothing. */
const usualTolerance = 1.25;
const mebi = 1024 ** 2;

/** From the start of a process to all claims of a large real cluster, against whole processes of others. */
export async function realCluster(folder: string): Promise<Measurement[]> {
  const assets = findControlPlane();
  if (process.platform !== 'linux' || assets === undefined) {
    console.log('realCluster is not measured: it needs Linux and a control plane (test/controlplane/README.md).');
    return [];
  }
  process.env.KUBEBUILDER_ASSETS = assets;
  const own = await ownProgram(folder);
  const { peers, missing } = await peerPrograms(folder);
  for (const sentence of missing) console.log(sentence);
  const dataDir = await unpackedDataset(join(folder, 'data'));
  const plane = await ControlPlane.start({ controllerManager: false, ...(dataDir ? { dataDir } : {}) });
  try {
    if (!dataDir) await generateDataset(plane.admin);
    const kubeconfig = plane.kubeconfig('viewer');
    const costs = await interleaved([own, ...peers], kubeconfig);
    return [
      ...peers.flatMap((peer) => compared(peer, costs.get(own) ?? [], costs.get(peer) ?? [])),
      ...(await waysToList(kubeconfig)),
    ];
  } finally {
    await plane.stop();
  }
}

async function interleaved(
  programs: readonly ClientProgram[],
  kubeconfig: string,
): Promise<ReadonlyMap<ClientProgram, readonly ProcessCost[]>> {
  const costs = new Map(programs.map((program): [ClientProgram, ProcessCost[]] => [program, []]));
  const measure = async ({ command }: ClientProgram) =>
    await resultOf<ProcessCost>('realCluster/measure.ts', command(kubeconfig, claimCount), [], 180_000);
  // So that nobody pays for what the server reads only once.
  for (const program of programs.slice(0, 1)) await measure(program);
  for (let round = 0; round < rounds; round++) {
    for (const program of programs) costs.get(program)?.push(await measure(program));
  }
  return costs;
}

function compared(peer: Peer, ours: readonly ProcessCost[], theirs: readonly ProcessCost[]): Measurement[] {
  const tolerance = peer.tolerance ?? usualTolerance;
  const line = (
    what: string,
    unit: string,
    target: number | undefined,
    read: (cost: ProcessCost) => number,
  ): Measurement => ({
    name: `against ${peer.name}: ${what}`,
    unit,
    ours: median(ours.map(read)),
    peer: median(theirs.map(read)),
    ...(target === undefined ? {} : { bound: { of: 'ratio', atMost: target, tolerance } as const }),
  });
  return [
    line('wall time', 'ms', peer.targets?.wall, ({ wallMs }) => wallMs),
    line('CPU of the client', 'ms', peer.targets?.cpu, ({ cpuMs }) => cpuMs),
    line('peak memory', 'MiB', peer.targets?.peak, ({ peakBytes }) => peakBytes / mebi),
  ];
}

/** Why the product lists from the watch cache: against the other ways, in one warm process. */
async function waysToList(kubeconfig: string): Promise<Measurement[]> {
  const costs = await resultOf<readonly WayCost[]>('realCluster/listWays.ts', [kubeconfig], ['--expose-gc'], 180_000);
  const short = costs.find(({ claims }) => claims !== claimCount);
  if (short) throw new Error(`${short.way}: ${short.claims} of ${claimCount} claims.`);
  const [own, ...others] = ways;
  const of = (way: Way, read: (cost: WayCost) => number) => median(costs.filter((cost) => cost.way === way).map(read));
  const figures = [
    ['time', 'ms', ({ ms }: WayCost) => ms],
    ['CPU', 'ms', ({ cpuMs }: WayCost) => cpuMs],
    ['longest block', 'ms', ({ longestBlockMs }: WayCost) => longestBlockMs],
  ] as const;
  return others.flatMap((way) =>
    figures.map(([what, unit, read], index): Measurement => {
      const line = {
        name: `list from the ${own}, against ${way}: ${what}`,
        unit,
        ours: of(own, read),
        peer: of(way, read),
      };
      return index === 0 ? { ...line, bound: { of: 'ratio', atMost: 1, tolerance: usualTolerance } } : line;
    }),
  );
}
