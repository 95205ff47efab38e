import { join } from 'node:path';
import { stageExtension } from '../scripts/stage.ts';
import { resultOf } from './childProcess.ts';
import type { Cost } from './clients/cost.ts';
import type { OwnList } from './clients/listOwn.ts';
import { withCluster } from './cluster/withCluster.ts';
import { type Bound, least, type Measurement } from './measurement.ts';

const claims = 20_000;
const rounds = 5;
const mebi = 1024 ** 2;

/** From nothing to a complete picture of a large cluster, against client-node's informer. */
export async function listClaims(folder: string): Promise<Measurement[]> {
  stageExtension(folder, { production: true });
  const bundle = join(folder, 'dist', 'cluster.cjs');
  return await withCluster({ claims, events: 0 }, async (server) => {
    const ours: OwnList[] = [];
    const peer: Cost[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await resultOf<OwnList>('clients/listOwn.ts', [server, String(claims), bundle], ['--expose-gc']));
      peer.push(await resultOf<Cost>('clients/listPeer.ts', [server, String(claims)], ['--expose-gc']));
    }
    const compared = (name: string, unit: string, read: (cost: Cost) => number, bound?: Bound): Measurement => ({
      name: `list of ${claims.toLocaleString('en')} claims: ${name}`,
      unit,
      ours: least(ours.map(read)),
      peer: least(peer.map(read)),
      ...(bound ? { bound } : {}),
    });
    return [
      compared('time until synced', 'ms', ({ ms }) => ms, { of: 'ratio', atMost: 1 }),
      {
        ...compared('time until all are shown', 'ms', ({ ms }) => ms),
        ours: least(ours.map(({ shownMs }) => shownMs)),
      },
      compared('longest block', 'ms', ({ longestBlockMs }) => longestBlockMs, { of: 'ratio', atMost: 0.5 }),
      compared('peak memory', 'MiB', ({ peakBytes }) => peakBytes / mebi),
      compared('memory kept', 'MiB', ({ keptBytes }) => keptBytes / mebi),
    ];
  });
}
