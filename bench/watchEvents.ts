import { join } from 'node:path';
import { stageExtension } from '../scripts/stage.ts';
import { resultOf } from './childProcess.ts';
import type { Cost } from './clients/cost.ts';
import type { OwnWatch } from './clients/watchOwn.ts';
import { withCluster } from './cluster/withCluster.ts';
import { least, type Measurement } from './measurement.ts';

const claims = 5_000;
const events = 50_000;
const rounds = 5;
/** The shortest time between two snapshots, and those that a beginning and an end may add. */
const snapshotMs = 250;
const extraSnapshots = 2;

/** A storm of changes, against client-node's Watch that only parses and keeps them. */
export async function watchEvents(folder: string): Promise<Measurement[]> {
  stageExtension(folder, { production: true });
  const bundle = join(folder, 'dist', 'cluster.cjs');
  return await withCluster({ claims, events }, async (server) => {
    const ours: OwnWatch[] = [];
    const peer: Cost[] = [];
    for (let round = 0; round < rounds; round++) {
      const args = [server, String(claims), String(events), bundle];
      ours.push(await resultOf<OwnWatch>('clients/watchOwn.ts', args, ['--expose-gc']));
      peer.push(await resultOf<Cost>('clients/watchPeer.ts', [server, String(events)], ['--expose-gc']));
    }
    const perSecond = (costs: readonly Cost[]) => (events / least(costs.map(({ ms }) => ms))) * 1000;
    const block = (costs: readonly Cost[]) => least(costs.map(({ longestBlockMs }) => longestBlockMs));
    // The worst of all rounds: this is a promise about every second.
    const excess = ours.map(({ ms, snapshots }) => snapshots / (Math.floor(ms / snapshotMs) + extraSnapshots));
    const worst = ours[excess.indexOf(Math.max(...excess))];
    return [
      {
        name: 'watch: events',
        unit: '/s',
        ours: perSecond(ours),
        peer: perSecond(peer),
        bound: { of: 'ratio', atLeast: 0.5 },
      },
      { name: 'watch: longest block', unit: 'ms', ours: block(ours), peer: block(peer) },
      {
        name: 'watch: snapshots, against one per 250 ms',
        unit: '',
        ours: worst?.snapshots ?? Number.NaN,
        peer: Math.floor((worst?.ms ?? Number.NaN) / snapshotMs) + extraSnapshots,
        bound: { of: 'ratio', atMost: 1 },
      },
    ];
  });
}
