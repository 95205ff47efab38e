import { type Budget, measureBudgets } from '../../src/domain/budgets.ts';
import { ClaimIndex } from '../../src/domain/claimIndex.ts';
import { mixinThresholds } from '../../src/domain/claimThresholds.ts';
import { readBytes } from '../../src/domain/quantity.ts';
import type { Reading } from '../../src/domain/reading.ts';
import type { ClaimRecord, StorageClassRecord, VolumeRecord } from '../../src/domain/records.ts';
import type { Access, StorageSnapshot } from '../../src/domain/snapshot.ts';
import type { Target } from '../../src/domain/target.ts';
import type { StorageView } from '../../src/presentation/storageView.ts';

/** The moment at which the server of every built view was last heard. */
export const heardMs = Date.UTC(2026, 0, 1, 12);

/** Bytes of a quantity that is right; a wrong one fails the test that wrote it. */
export function bytesOf(quantity: string): bigint {
  const { bytes, problem } = readBytes(quantity);
  if (bytes === undefined) throw new Error(`'${quantity}' ${problem}`);
  return bytes;
}

/** A bound claim from `namespace/name size [class]`; the size `?` is unknown. The UID is `uid-namespace/name`. */
export function claimOf(description: string, more: Partial<ClaimRecord> = {}): ClaimRecord {
  const [path = '', size = '0', storageClass] = description.split(' ');
  const [namespace = '', name = ''] = path.split('/');
  const bytes = size === '?' ? undefined : bytesOf(size);
  const sizes =
    bytes === undefined
      ? { problem: "spec.resources.requests.storage 'abc' is not a Kubernetes quantity such as 200Gi" }
      : { requestedBytes: bytes, claimedBytes: bytes, capacityBytes: bytes };
  return {
    uid: `uid-${path}`,
    namespace,
    name,
    resourceVersion: '1',
    phase: 'Bound',
    terminating: false,
    ...sizes,
    ...(storageClass === undefined ? {} : { storageClass }),
    accessModes: ['ReadWriteOnce'],
    conditions: [],
    ...more,
  };
}

export function targetOf(more: Partial<Target> = {}): Target {
  return {
    key: 'kind-dev',
    contextName: 'kind-dev',
    clusterName: 'kind-cluster',
    server: 'https://10.0.0.1:6443',
    userName: 'dev',
    namespace: 'default',
    source: '~/.kube/config',
    demo: false,
    ...more,
  };
}

export function storageClassOf(name: string, waitsForConsumer: boolean): StorageClassRecord {
  return {
    uid: `uid-class-${name}`,
    name,
    resourceVersion: '1',
    provisioner: 'test',
    waitsForConsumer,
    expandable: true,
    isDefault: false,
  };
}

/** What a view is built from; whatever is not said is an everyday live cluster with the budget of 200Gi that somebody set. */
export interface ViewSeed {
  readonly claims?: readonly (string | ClaimRecord)[];
  /** Access of namespaces beside those that the claims are in. */
  readonly access?: Readonly<Record<string, Access>>;
  /** `total`, `namespace:NAME` or `class:NAME` and a quantity. */
  readonly budgets?: Readonly<Record<string, string>>;
  readonly explicit?: boolean;
  readonly storageClasses?: readonly StorageClassRecord[];
  /** By `namespace/name`. */
  readonly volumes?: readonly VolumeRecord[];
  readonly readings?: Readonly<Record<string, Reading>>;
  readonly target?: Target | undefined;
  readonly snapshot?: Partial<StorageSnapshot>;
  readonly view?: Partial<StorageView>;
}

/** The budgets of a seed; without a word 200Gi for all. */
export function budgetsFrom({ budgets = { total: '200Gi' }, explicit = true }: ViewSeed): readonly Budget[] {
  return Object.entries(budgets).map(([key, quantity]) => {
    const [kind, name = ''] = key.split(':');
    const bytes = bytesOf(quantity);
    if (kind === 'namespace' || kind === 'class') return { subject: { kind, name }, bytes, explicit };
    return { subject: { kind: 'total' }, bytes, explicit };
  });
}

export function snapshotOf(seed: ViewSeed = {}): StorageSnapshot {
  const index = new ClaimIndex();
  index.replace((seed.claims ?? []).map((claim) => (typeof claim === 'string' ? claimOf(claim) : claim)));
  for (const [name, access] of Object.entries(seed.access ?? {})) index.setNamespace(name, { access });
  const { latest: _, ...picture } = index.picture();
  return {
    sequence: 1,
    target: 'target' in seed ? seed.target : targetOf(),
    identity: 'uid-of-kube-system',
    scope: { namespaces: [], labelSelector: '', fieldSelector: '' },
    connection: { state: 'live', sinceMs: heardMs },
    heardMs,
    synced: true,
    claimsState: 'live',
    partial: Object.values(seed.access ?? {}).some((access) => access !== 'ok'),
    storageClasses: { state: 'live', items: new Map((seed.storageClasses ?? []).map((each) => [each.name, each])) },
    volumes: { state: 'live', items: new Map((seed.volumes ?? []).map((each) => [each.name, each])) },
    ...picture,
    ...seed.snapshot,
  };
}

export function readingsFrom({ readings = {} }: ViewSeed): ReadonlyMap<string, Reading> {
  return new Map(Object.entries(readings).map(([path, reading]) => [`uid-${path}`, reading]));
}

/** A reading of a filesystem of 100Gi, so many percent of it used, measured when the server was last heard. */
export function readingOf(percent: number, more: Partial<Reading> = {}): Reading {
  const gi = 2 ** 30;
  return {
    quality: 'measured',
    subject: 'claim',
    source: 'kubelet',
    atMs: heardMs,
    reason: '',
    capacityBytes: 100 * gi,
    availableBytes: (100 - percent) * gi,
    usedBytes: percent * gi,
    inodes: 1000,
    inodesUsed: 10,
    ...more,
  };
}

/** A reading without figures. */
export function noReading(quality: Reading['quality'], reason: string): Reading {
  return { quality, subject: 'claim', reason };
}

export function viewOf(seed: ViewSeed = {}): StorageView {
  const snapshot = snapshotOf(seed);
  return {
    snapshot,
    budgets: measureBudgets(snapshot, budgetsFrom(seed)),
    alerts: { open: [], recent: [], snoozes: [], defaultSuspended: false },
    readings: readingsFrom(seed),
    warnAtPercent: 90,
    thresholds: mixinThresholds,
    showEmptyNamespaces: false,
    sort: 'name',
    pinned: false,
    contextLabel: undefined,
    remote: undefined,
    ...seed.view,
  };
}
