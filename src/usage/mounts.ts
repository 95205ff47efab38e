import type { ClaimRecord, PodRecord } from '../domain/records.ts';
import { claimKey } from '../wire/claimSeries.ts';

/** The pods that use claims, as far as they can be read. */
export interface KnownPods {
  readonly items: readonly PodRecord[];
  /** Whether the pods of a namespace are all in `items`. */
  readonly readable: (namespace: string) => boolean;
}

/** Which pods mount which claims. A pod that has ended, or is on no node yet, mounts nothing. */
export class Mounts {
  readonly #pods: KnownPods;
  readonly #byUid = new Map<string, PodRecord>();
  readonly #nodesByClaim = new Map<string, Set<string>>();

  constructor(pods: KnownPods) {
    this.#pods = pods;
    for (const pod of pods.items) {
      const { nodeName, phase } = pod;
      if (nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') continue;
      this.#byUid.set(pod.uid, pod);
      for (const { claimName } of pod.volumes) {
        const key = claimKey(pod.namespace, claimName);
        const nodes = this.#nodesByClaim.get(key);
        if (nodes) nodes.add(nodeName);
        else this.#nodesByClaim.set(key, new Set([nodeName]));
      }
    }
  }

  /** The nodes that have any claim mounted: no other kubelet need be asked. */
  get nodes(): ReadonlySet<string> {
    return new Set([...this.#nodesByClaim.values()].flatMap((nodes) => [...nodes]));
  }

  /** The nodes whose kubelets can know the claim. Undefined if nobody may say which pods there are. */
  nodesOf({ namespace, name }: ClaimRecord): readonly string[] | undefined {
    const nodes = this.#nodesByClaim.get(claimKey(namespace, name));
    if (nodes) return [...nodes];
    return this.#pods.readable(namespace) ? [] : undefined;
  }

  /**
   * The claim that a volume of a pod is, as a `claimKey`. By the pod's UID: a kubelet still tells of a pod that is gone while
   * another one of the same name, with a claim of the same name, is there already.
   */
  claimOf(podUid: string, volumeName: string): string | undefined {
    const pod = this.#byUid.get(podUid);
    const volume = pod?.volumes.find(({ name }) => name === volumeName);
    return pod && volume && claimKey(pod.namespace, volume.claimName);
  }
}
