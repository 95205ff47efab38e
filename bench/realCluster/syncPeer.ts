// Ends when client-node's informer is synced: node syncPeer.cjs KUBECONFIG CLAIMS
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';

async function main(kubeconfig: string, claims: number): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const list = () => api.listPersistentVolumeClaimForAllNamespaces();
  const informer = makeInformer(config, '/api/v1/persistentvolumeclaims', list);
  await informer.start();
  process.exit(informer.list().length === claims ? 0 : 1);
}

const [kubeconfig = '', claims = ''] = process.argv.slice(2);
void main(kubeconfig, Number(claims));
