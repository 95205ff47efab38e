import { ControlPlane, controlPlaneBinaries } from '../support/controlPlane.ts';
import { clusterContract } from './suite.ts';

if (controlPlaneBinaries() === undefined) {
  throw new Error(
    'KUBEBUILDER_ASSETS names no folder with kube-apiserver, so the contract with a real one cannot be tested. See test/controlplane/README.md.',
  );
}

clusterContract('a real kube-apiserver', async () => {
  const plane = await ControlPlane.start();
  return {
    server: plane.server,
    ca: plane.ca,
    token: plane.token('admin'),
    kubeconfig: JSON.stringify(plane.kubeconfigObject('admin', 'contract')),
    waitingClass: 'waiting',
    // The watch cache would still remember: only a server that has just started does not.
    expireHistory: async () => {
      await plane.compact();
      await plane.restartApiServer();
    },
    stop: () => plane.stop(),
  };
});
