import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClaim, writeStatus } from './claimWriter.ts';
import { ControlPlane, type User } from './controlPlane.ts';
import { FakeApiServer } from './fakeApiServer.ts';
import { Passage } from './passage.ts';
import { grant } from './rights.ts';

const mergeType = 'application/merge-patch+json';
const kubeletAddress = '192.0.2.10';

/** A real control plane without controllers, and the kubelet of its node `n1`, which answers as `kubelet.handler` says. */
export class ClusterWithKubelet {
  readonly folder: string;
  readonly plane: ControlPlane;
  readonly kubelet: FakeApiServer;
  readonly passage: Passage;

  private constructor(folder: string, plane: ControlPlane, kubelet: FakeApiServer, passage: Passage) {
    this.folder = folder;
    this.plane = plane;
    this.kubelet = kubelet;
    this.passage = passage;
  }

  static async start(): Promise<ClusterWithKubelet> {
    const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-kubelet-'));
    const passage = await Passage.open(folder);
    const apiServerFlags = ['--egress-selector-config-file', passage.configFile];
    const plane = await ControlPlane.start({ controllerManager: false, apiServerFlags });
    const kubelet = await FakeApiServer.start(plane.servingCertificate('kubelet'));
    passage.lead(`${kubeletAddress}:10250`, Number(new URL(kubelet.url).port));
    const cluster = new ClusterWithKubelet(folder, plane, kubelet, passage);
    await cluster.node('n1', kubeletAddress);
    return cluster;
  }

  async node(name: string, address: string): Promise<void> {
    await this.plane.admin.must('POST', '/api/v1/nodes', { metadata: { name } });
    const status = {
      addresses: [{ type: 'InternalIP', address }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    };
    await this.plane.admin.must('PATCH', `/api/v1/nodes/${name}/status`, { status }, { contentType: mergeType });
  }

  /** A bound claim of 10Gi, and a pod on the node that mounts it as its volume `v`; the pod's UID. */
  async mounted(namespace: string, claimName: string, podName: string, nodeName: string): Promise<string> {
    const { admin } = this.plane;
    await createClaim(admin, namespace, claimName, '10Gi');
    await writeStatus(admin, namespace, claimName, { phase: 'Bound', capacity: { storage: '10Gi' } });
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName } }];
    const containers = [{ name: 'c', image: 'none' }];
    const pod = { metadata: { name: podName }, spec: { nodeName, containers, volumes } };
    const made = await admin.must('POST', `/api/v1/namespaces/${namespace}/pods`, pod);
    return (made.metadata as { readonly uid: string }).uid;
  }

  /** Lets a user ask kubelets through the API server. */
  async grantKubelets(user: User): Promise<void> {
    const rule = { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] };
    await grant(this.plane.admin, user, '', [rule]);
  }

  async stop(): Promise<void> {
    await this.plane.stop();
    await this.kubelet.close();
    await this.passage.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the kubelet says of the volume `v` of one pod. */
export interface MountedVolume {
  readonly namespace: string;
  readonly claimName: string;
  readonly podName: string;
  readonly podUid: string;
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
}

/** The answer of a kubelet to `/stats/summary` that has looked at its volumes just now; a thousand inodes each, 100 used. */
export function summaryOf(volumes: readonly MountedVolume[]): object {
  const time = new Date().toISOString();
  const pods = volumes.map(({ namespace, claimName, podName, podUid, ...figures }) => ({
    podRef: { name: podName, namespace, uid: podUid },
    volume: [
      {
        name: 'v',
        pvcRef: { name: claimName, namespace },
        time,
        ...figures,
        ...{ inodes: 1000, inodesFree: 900, inodesUsed: 100 },
      },
    ],
  }));
  return { node: { nodeName: 'n1' }, pods };
}
