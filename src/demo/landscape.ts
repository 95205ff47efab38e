import { objectAt } from '../wire/json.ts';
import { bytesOf, requestOf } from './claimRules.ts';
import { nodeFor } from './nodes.ts';
import type { ObjectStore, StoredObject } from './objectStore.ts';
import {
  claimsResource,
  namespacesResource,
  podsResource,
  storageClassesResource,
  volumesResource,
} from './resources.ts';
import { quantityText, shareOf, usualSize, usualSizeAbove } from './sizes.ts';
import { bindClaim, claimDraft, condition, podDraft, withConditions } from './storageObjects.ts';
import { classes, type Workload, workloads } from './workloads.ts';
import { managedBy, terminate } from './writes.ts';

/** A claim that belongs to the scenery: what it is made anew from. */
export interface Scenery {
  readonly namespace: string;
  readonly name: string;
  readonly workload: Workload;
  readonly baseBytes: bigint;
}

export interface LandscapeOptions {
  readonly store: ObjectStore;
  readonly random: () => number;
  readonly nowMs: number;
  readonly budgetBytes: bigint;
  /** What of the budget is claimed in the beginning. */
  readonly fillRatio: number;
}

const dayMs = 86_400_000;

/** Namespaces and storage classes. */
export function foundCluster(store: ObjectStore, random: () => number, nowMs: number): void {
  const names = [
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
    ...workloads.map((each) => each.namespace),
  ];
  for (const name of new Set(names)) {
    const creationTimestamp = new Date(nowMs - Math.floor((30 + random() * 400) * dayMs)).toISOString().slice(0, 19);
    store.create(namespacesResource, {
      metadata: { name, creationTimestamp: `${creationTimestamp}Z`, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  for (const { name, provisioner, waits, expandable, reclaimPolicy } of classes) {
    store.create(storageClassesResource, {
      metadata: {
        name,
        ...(name === 'standard' ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
      },
      provisioner,
      reclaimPolicy,
      allowVolumeExpansion: expandable,
      volumeBindingMode: waits ? 'WaitForFirstConsumer' : 'Immediate',
    });
  }
}

/**
 * Fills the cluster with claims, volumes and pods, sized so that they claim `fillRatio` of the budget, and puts a few
 * claims into each state worth seeing. What was there of these kinds is removed. Answers the scenery.
 */
export function furnish(options: LandscapeOptions): readonly Scenery[] {
  const { store, budgetBytes, fillRatio } = options;
  for (const resource of [podsResource, claimsResource, volumesResource])
    for (const object of store.list(resource)) store.remove(resource, object);
  const weight = workloads.reduce((sum, each) => sum + each.weight * each.claims, 0);
  const scenery = workloads.flatMap((workload) =>
    Array.from({ length: workload.claims }, (_, ordinal): Scenery => {
      return {
        namespace: workload.namespace,
        name: claimName(workload, ordinal, options.random),
        workload,
        baseBytes: usualSize(shareOf(budgetBytes, (fillRatio * workload.weight) / weight)),
      };
    }),
  );
  for (const [index, each] of scenery.entries()) place(options, each, index);
  oddities(options);
  return scenery;
}

/** A name as the workload's controller gives it; for scratch claims a new one each time. */
export function claimName({ shape, template, app }: Workload, ordinal: number, random: () => number): string {
  if (shape === 'ordered') return `${template}-${app}-${ordinal}`;
  return shape === 'shared' ? app : `${app}-${suffix(random)}`;
}

/** A pod that mounts a claim of the scenery. */
export function podFor({ namespace, name, workload }: Scenery, random: () => number, index = 0) {
  const { shape, app, template, image } = workload;
  const podName = shape === 'ordered' ? name.slice(template.length + 1) : `${app}-${suffix(random)}-${index}`;
  const nodeName = nodeFor(random());
  const labels = labelsOf(workload);
  const block = workload.volumeMode === 'Block';
  return podDraft({ namespace, name: podName, claimNames: [name], labels, nodeName, image, block });
}

export function labelsOf({ app, shape }: Workload): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': app, tier: shape === 'scratch' ? 'scratch' : 'production' };
}

/** A new claim of the scenery, not yet bound. */
export function createClaim(store: ObjectStore, each: Scenery, createdMs?: number): StoredObject {
  const { namespace, name, workload, baseBytes } = each;
  const draft = claimDraft({
    namespace,
    name,
    sizeBytes: baseBytes,
    storageClass: workload.storageClass,
    volumeMode: workload.volumeMode ?? 'Filesystem',
    accessMode: workload.storageClass === 'shared-files' ? 'ReadWriteMany' : 'ReadWriteOnce',
    labels: labelsOf(workload),
    ...(createdMs === undefined ? {} : { createdMs }),
  });
  const { metadata: _, ...fields } = draft;
  const managedFields = [managedBy('kube-controller-manager', 'v1', fields, createdMs ?? 0)];
  const managed = workload.shape === 'ordered' ? { ...draft, metadata: { ...draft.metadata, managedFields } } : draft;
  return store.create(claimsResource, managed);
}

function place({ store, random, nowMs }: LandscapeOptions, each: Scenery, index: number): void {
  const { shape, storageClass, pods = 1 } = each.workload;
  const days = shape === 'scratch' ? random() * 3 : 5 + random() * 300;
  const created = createClaim(store, each, nowMs - Math.floor(days * dayMs));
  if (!store.get(storageClassesResource, storageClass) || (storageClass === 'fast-ssd' && pods === 0)) return;
  const claim = bindClaim(store, created, nowMs);
  // Every other scratch claim is kept for later.
  const used = shape === 'scratch' ? index % 2 : pods;
  for (let pod = 0; pod < used; pod++) store.create(podsResource, podFor(each, random, pod));
  if (used > 0) return;
  const unused = condition('Unused', nowMs - Math.floor(random() * days * dayMs), {
    reason: 'NoPodsUsingPVC',
    message: 'No pods are currently referencing this PVC',
  });
  store.replace(claimsResource, claim, { ...claim, status: withConditions(objectAt(claim, 'status'), [], [unused]) });
}

/** One or two claims in each state that needs explaining. */
function oddities({ store, nowMs }: LandscapeOptions): void {
  const change = (namespace: string, name: string, next: (claim: StoredObject) => StoredObject) => {
    const claim = store.get(claimsResource, name, namespace);
    if (claim) store.replace(claimsResource, claim, next(claim));
  };
  const resizeTo = (conditionType: string, resizeStatus: string, message: string) => (claim: StoredObject) => {
    const spec = objectAt(claim, 'spec');
    const status = objectAt(claim, 'status');
    const storage = quantityText(usualSizeAbove(bytesOf(requestOf(claim))));
    const conditions = [condition(conditionType, nowMs - 120_000, { message })];
    return {
      ...claim,
      spec: { ...spec, resources: { requests: { storage } } },
      status: {
        ...withConditions(status, [], conditions),
        allocatedResources: { storage },
        allocatedResourceStatuses: { storage: resizeStatus },
      },
    };
  };
  change('legacy-erp', 'exports-2019', (claim) => ({
    ...claim,
    status: { ...objectAt(claim, 'status'), phase: 'Lost' },
  }));
  const waitMessage = 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.';
  change('search', 'data-snapshots-0', resizeTo('FileSystemResizePending', 'NodeResizePending', waitMessage));
  const refused = 'rpc error: code = OutOfRange desc = volume cannot grow: pool is full';
  change('mail', 'maildir-dovecot-2', resizeTo('ControllerResizeError', 'ControllerResizeInfeasible', refused));
  change('analytics', 'data-clickhouse-3', resizeTo('Resizing', 'ControllerResizeInProgress', ''));
  const held = store.get(claimsResource, 'work-transcoder-5', 'media');
  if (held) terminate(store, claimsResource, held, nowMs - 300_000);
}

function suffix(random: () => number): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length: 5 }, () => letters.charAt(Math.floor(random() * letters.length))).join('');
}
