// Lists claims with client-node's informer: node --expose-gc bench/clients/listPeer.ts SERVER CLAIMS
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { costOf } from './cost.ts';

const [server = '', claims = ''] = process.argv.slice(2);
const config = new KubeConfig();
// Plain HTTP is refused without it.
config.loadFromClusterAndUser({ name: 'bench', server, skipTLSVerify: true }, { name: 'bench' });
const api = config.makeApiClient(CoreV1Api);
const path = '/api/v1/persistentvolumeclaims';
const informer = makeInformer(config, path, () => api.listPersistentVolumeClaimForAllNamespaces());
informer.on('error', (error) => {
  throw error;
});
const cost = await costOf(async () => {
  await informer.start();
  if (informer.list().length !== Number(claims)) throw new Error(`The informer has ${informer.list().length} claims.`);
});
process.send?.(cost);
