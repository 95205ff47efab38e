// Follows a stream of events with client-node's Watch: node bench/clients/watchPeer.ts SERVER EVENTS
import { KubeConfig, type V1PersistentVolumeClaim, Watch } from '@kubernetes/client-node';
import { costOf } from './cost.ts';
import { pause } from './pause.ts';

const [server = '', events = ''] = process.argv.slice(2);
const config = new KubeConfig();
// Plain HTTP is refused without it.
config.loadFromClusterAndUser({ name: 'bench', server, skipTLSVerify: true }, { name: 'bench' });
let applied = 0;
/** The least that a program does with events: it knows every claim as it is now. */
const claims = new Map<string, V1PersistentVolumeClaim>();
await new Watch(config).watch(
  '/api/v1/persistentvolumeclaims',
  { resourceVersion: '1' },
  (_type, claim: V1PersistentVolumeClaim) => {
    claims.set(claim.metadata?.uid ?? '', claim);
    applied++;
  },
  (error: unknown) => {
    if (applied < Number(events)) throw error ?? new Error('The watch has ended.');
  },
);
await pause(1_000);
const cost = await costOf(async () => {
  await fetch(`${server}/bench/stream`);
  while (applied < Number(events)) await pause(1);
});
process.send?.(cost);
