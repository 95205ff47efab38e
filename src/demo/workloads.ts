/** Storage classes of the simulated cluster. `standard` is the default; `fast-ssd` binds at the first pod. */
export const classes: readonly {
  readonly name: string;
  readonly provisioner: string;
  readonly waits: boolean;
  readonly expandable: boolean;
  readonly reclaimPolicy: string;
}[] = [
  { name: 'standard', provisioner: 'disk.csi.example.com', waits: false, expandable: true, reclaimPolicy: 'Delete' },
  { name: 'fast-ssd', provisioner: 'nvme.csi.example.com', waits: true, expandable: true, reclaimPolicy: 'Delete' },
  { name: 'shared-files', provisioner: 'nfs.csi.k8s.io', waits: false, expandable: true, reclaimPolicy: 'Delete' },
  { name: 'archive', provisioner: 'disk.csi.example.com', waits: false, expandable: false, reclaimPolicy: 'Retain' },
];

/** A group of like claims. `weight` is the size of each in relation to the others. */
export interface Workload {
  readonly namespace: string;
  readonly app: string;
  /** `ordered`: a StatefulSet's, named `<template>-<app>-<ordinal>`. `shared`: one claim for `pods` pods. `scratch`: comes and goes. */
  readonly shape: 'ordered' | 'shared' | 'scratch';
  readonly template: string;
  readonly claims: number;
  readonly weight: number;
  readonly storageClass: string;
  readonly image: string;
  /** Pods per claim; 0: nobody uses it at the moment. */
  readonly pods?: number;
  /** `Block`: no filesystem. Default `Filesystem`. */
  readonly volumeMode?: string;
}

function ordered(
  namespace: string,
  app: string,
  claims: number,
  weight: number,
  storageClass: string,
  more: { readonly template?: string; readonly image?: string; readonly pods?: number } = {},
): Workload {
  const { template = 'data', image = `registry.example.com/${app}:1.8`, pods = 1 } = more;
  return { namespace, app, shape: 'ordered', template, claims, weight, storageClass, image, pods };
}

function shared(namespace: string, app: string, weight: number, storageClass: string, pods: number): Workload {
  const image = `registry.example.com/${app}:3.2`;
  return { namespace, app, shape: 'shared', template: app, claims: 1, weight, storageClass, image, pods };
}

function scratch(namespace: string, app: string, claims: number, weight: number, storageClass: string): Workload {
  const image = `registry.example.com/${app}:latest`;
  return { namespace, app, shape: 'scratch', template: app, claims, weight, storageClass, image, pods: 1 };
}

/** About two hundred claims in a dozen namespaces. */
export const workloads: readonly Workload[] = [
  ordered('checkout', 'postgres', 3, 40, 'fast-ssd', { image: 'postgres:17' }),
  ordered('checkout', 'redis', 3, 6, 'fast-ssd', { image: 'redis:8' }),
  ordered('checkout', 'outbox', 2, 8, 'standard'),
  shared('checkout', 'receipts', 16, 'shared-files', 3),
  ordered('payments', 'ledger', 3, 50, 'fast-ssd', { image: 'postgres:17' }),
  ordered('payments', 'vault', 3, 4, 'fast-ssd', { image: 'hashicorp/vault:1.20' }),
  shared('payments', 'statements', 20, 'archive', 0),
  ordered('catalog', 'mongo', 3, 24, 'standard', { image: 'mongo:8' }),
  shared('catalog', 'product-images', 64, 'shared-files', 4),
  shared('catalog', 'imports', 10, 'standard', 1),
  ordered('search', 'opensearch-data', 6, 32, 'fast-ssd', { image: 'opensearchproject/opensearch:3' }),
  ordered('search', 'opensearch-master', 3, 4, 'standard', { image: 'opensearchproject/opensearch:3' }),
  ordered('search', 'snapshots', 1, 40, 'standard', { pods: 0 }),
  ordered('streaming', 'kafka', 6, 28, 'fast-ssd', { image: 'apache/kafka:4.1' }),
  ordered('streaming', 'kafka-controller', 3, 3, 'fast-ssd', { image: 'apache/kafka:4.1', template: 'metadata' }),
  ordered('streaming', 'connect', 2, 6, 'standard'),
  ordered('analytics', 'clickhouse', 8, 36, 'fast-ssd', { image: 'clickhouse/clickhouse-server:25.8' }),
  ordered('analytics', 'airflow-worker', 4, 5, 'standard', { template: 'logs', image: 'apache/airflow:3.1' }),
  shared('analytics', 'reports', 12, 'shared-files', 2),
  scratch('analytics', 'notebook', 14, 5, 'standard'),
  shared('media', 'originals', 90, 'shared-files', 3),
  shared('media', 'thumbnails', 24, 'shared-files', 3),
  ordered('media', 'transcoder', 6, 10, 'standard', { template: 'work' }),
  ordered('monitoring', 'prometheus', 2, 44, 'fast-ssd', { template: 'db', image: 'prom/prometheus:v3' }),
  ordered('monitoring', 'loki', 3, 30, 'standard', { template: 'storage', image: 'grafana/loki:3.5' }),
  ordered('monitoring', 'alertmanager', 3, 1, 'standard', { template: 'db', image: 'prom/alertmanager:v0.28' }),
  shared('monitoring', 'grafana', 3, 'standard', 1),
  ordered('ml-training', 'feature-store', 3, 20, 'standard'),
  shared('ml-training', 'datasets', 80, 'shared-files', 2),
  scratch('ml-training', 'train-run', 12, 12, 'fast-ssd'),
  scratch('ci', 'build-cache', 30, 4, 'standard'),
  scratch('ci', 'workspace', 24, 3, 'fast-ssd'),
  scratch('previews', 'pr-db', 28, 2, 'standard'),
  scratch('previews', 'pr-uploads', 10, 2, 'shared-files'),
  ordered('mail', 'dovecot', 4, 18, 'standard', { template: 'maildir' }),
  ordered('mail', 'queue', 2, 3, 'standard', { template: 'spool' }),
  // Stay Pending: no pod has come yet, and a class that does not exist.
  ordered('ml-training', 'evaluator', 2, 6, 'fast-ssd', { pods: 0 }),
  ordered('mail', 'index', 1, 5, 'fast-sdd', { pods: 0 }),
  { ...shared('legacy-erp', 'oracle-home', 30, 'archive', 1), volumeMode: 'Block' },
  shared('legacy-erp', 'exports-2019', 12, 'archive', 0),
];
