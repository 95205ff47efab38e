import type { Draft, ObjectStore } from './objectStore.ts';
import { nodesResource } from './resources.ts';

const count = 6;

/** The node that the scheduler picks for a pod; `choice` is at least 0 and below 1. */
export function nodeFor(choice: number): string {
  return `worker-${1 + Math.floor(choice * count)}`;
}

/** Puts the nodes into the cluster, all of them ready. */
export function addNodes(store: ObjectStore, creationTimestamp: string): void {
  for (let index = 0; index < count; index++)
    store.create(nodesResource, nodeDraft(nodeFor(index / count), creationTimestamp));
}

function nodeDraft(name: string, creationTimestamp: string): Draft {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  const sizes = { cpu: '8', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' };
  return {
    metadata: { name, creationTimestamp, labels },
    spec: { podCIDR: `10.244.${name.replace(/\D/g, '')}.0/24`, providerID: `demo://${name}` },
    status: {
      capacity: sizes,
      allocatable: sizes,
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
      addresses: [{ type: 'Hostname', address: name }],
      nodeInfo: { kubeletVersion: 'v1.37.2', operatingSystem: 'linux', architecture: 'amd64' },
    },
  };
}
