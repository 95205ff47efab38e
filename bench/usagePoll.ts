import { join } from 'node:path';
import { stageExtension } from '../scripts/stage.ts';
import { BenchProcess } from './childProcess.ts';
import type { ServerReady } from './cluster/server.ts';
import { least, type Measurement, median } from './measurement.ts';
import type { PollCost } from './usagePoll/client.ts';

const nodes = 100;
const claims = 5_000;
const pods = 20_000;
const rounds = 5;

/** A look at what is used of 5,000 claims that pods on 100 nodes mount, among 20,000 pods: what a window feels of it. */
export async function usagePoll(folder: string): Promise<Measurement[]> {
  stageExtension(folder, { production: true });
  const server = new BenchProcess('usagePoll/server.ts', [nodes, claims, pods].map(String));
  try {
    const { port } = await server.message<ServerReady>();
    const kubelets = await looks(`http://127.0.0.1:${port}`, 'kubelet', folder);
    const prometheus = await looks(`http://127.0.0.1:${port}`, 'prometheus', folder);
    return [
      ...rowsOf('from 100 kubelets', kubelets),
      ...rowsOf('from a Prometheus', prometheus),
      {
        name: 'used bytes of 5,000 claims: a step of the alert rules',
        unit: 'ms',
        ours: least(kubelets.map(({ alertsMs }) => alertsMs)),
      },
      {
        name: 'used bytes of 5,000 claims: all rows and the tooltip',
        unit: 'ms',
        ours: least(kubelets.map(({ viewsMs }) => viewsMs)),
      },
      {
        name: 'used bytes of 5,000 claims: both, in one turn',
        unit: 'ms',
        ours: least(kubelets.map(({ viewsMs, alertsMs }) => viewsMs + alertsMs)),
        bound: { of: 'figure', atMost: 50, tolerance: 1.25 },
      },
    ];
  } finally {
    await server.stop();
  }
}

async function looks(server: string, source: string, folder: string): Promise<readonly PollCost[]> {
  const args = [server, source, String(claims), String(rounds), join(folder, 'dist', 'cluster.cjs')];
  const client = new BenchProcess('usagePoll/client.ts', args);
  try {
    const costs: PollCost[] = [];
    for (let round = 0; round < rounds; round++) costs.push(await client.message<PollCost>(120_000));
    const read = least(costs.map(({ readings }) => readings));
    if (read < claims) throw new Error(`Of ${claims} claims ${read} were read.`);
    return costs;
  } finally {
    await client.stop();
  }
}

function rowsOf(source: string, costs: readonly PollCost[]): Measurement[] {
  const of = (what: 'cpuMs' | 'ms') => median(costs.map((cost) => cost[what]));
  const name = `used bytes of 5,000 claims ${source}`;
  return [
    {
      name: `${name}: longest block`,
      unit: 'ms',
      ours: least(costs.map(({ blockMs }) => blockMs)),
      bound: { of: 'figure', atMost: 50, tolerance: 1.25 },
      detail: costs.map(({ blockMs }) => blockMs.toFixed(0)).join(', '),
    },
    { name: `${name}: CPU of a look`, unit: 'ms', ours: of('cpuMs') },
    { name: `${name}: until they are there`, unit: 'ms', ours: of('ms') },
  ];
}
