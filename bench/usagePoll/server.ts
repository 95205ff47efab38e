// A cluster with kubelets and a Prometheus behind its proxies, in a process of its own: node bench/usagePoll/server.ts NODES CLAIMS PODS
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { claimJson, namespaceJson, namespaceNames } from '../cluster/claims.ts';
import type { ServerReady } from '../cluster/server.ts';

const [nodes = 0, claims = 0, pods = 0] = process.argv.slice(2).map(Number);
const version = 1_000_000;
const gi = 2 ** 30;

const claimItems = Array.from({ length: claims }, (_, index) => claimJson(index, version));
const podItems = Array.from({ length: pods }, (_, index) => podJson(index));

function namespaceOf(index: number): string {
  return namespaceNames[index % namespaceNames.length] ?? '';
}

function podUid(index: number): string {
  return `0b3f1a52-7c1d-4c55-9d2e-${index.toString(16).padStart(12, '0')}`;
}

/** A pod as an API server has it, of about 3 KB; the first ones mount a claim each. */
function podJson(index: number): string {
  const name = `db-${index}-0`;
  const mounted = index < claims ? [{ name: 'data', persistentVolumeClaim: { claimName: `data-db-${index}` } }] : [];
  const token = { name: 'kube-api-access', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };
  const env = Array.from({ length: 12 }, (_, number) => ({ name: `SETTING_${number}`, value: `a value of ${number}` }));
  const container = {
    name: 'main',
    image: 'registry.example.com/team/service:1.2.3',
    env,
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
    livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 },
    readinessProbe: { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 10 },
  };
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: '2026-03-01T12:00:00Z' },
  }));
  return JSON.stringify({
    metadata: {
      ...{ name, namespace: namespaceOf(index), uid: podUid(index), resourceVersion: String(version) },
      labels: { app: 'db', 'app.kubernetes.io/instance': name, 'pod-template-hash': '5d4f8c7b9d' },
      managedFields: [
        { manager: 'kubelet', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:status': {} } },
      ],
    },
    spec: { nodeName: `node-${index % nodes}`, containers: [container], volumes: [...mounted, token] },
    status: { phase: 'Running', conditions, podIP: '10.0.0.1', containerStatuses: [{ name: 'main', ready: true }] },
  });
}

/** Every tenth claim is above 85 % full. */
function figuresOf(index: number) {
  const capacityBytes = 10 * gi;
  const availableBytes = Math.round(capacityBytes * (index % 10 === 0 ? 0.1 : 0.3 + (index % 50) / 100));
  const inodes = 655_360;
  const inodesUsed = 1000 + (index % 1000);
  return { capacityBytes, availableBytes, usedBytes: capacityBytes - availableBytes, inodes, inodesUsed };
}

/** What the kubelet of a node says, with all of its pods. */
function summary(node: number): string {
  const time = new Date().toISOString();
  const cpu = { time, usageNanoCores: 1_234_567, usageCoreNanoSeconds: 987_654_321 };
  const memory = { time, usageBytes: 123_456_789, workingSetBytes: 98_765_432, rssBytes: 87_654_321, pageFaults: 1234 };
  const own = Array.from(
    { length: Math.floor((pods - node - 1) / nodes) + 1 },
    (_, position) => node + position * nodes,
  );
  return JSON.stringify({
    node: { nodeName: `node-${node}`, cpu, memory },
    pods: own.map((index) => {
      const { inodes, inodesUsed, ...bytes } = figuresOf(index);
      const root = { time, ...bytes, inodes, inodesFree: inodes - inodesUsed, inodesUsed };
      const pvcRef = { name: `data-db-${index}`, namespace: namespaceOf(index) };
      return {
        podRef: { name: `db-${index}-0`, namespace: namespaceOf(index), uid: podUid(index) },
        startTime: '2026-03-01T12:00:00Z',
        containers: [{ name: 'main', startTime: '2026-03-01T12:00:00Z', cpu, memory, rootfs: root, logs: root }],
        cpu,
        memory,
        network: { time, name: 'eth0', rxBytes: 123_456, txBytes: 654_321 },
        volume: [...(index < claims ? [{ ...root, name: 'data', pvcRef }] : []), { ...root, name: 'kube-api-access' }],
        'ephemeral-storage': root,
      };
    }),
  });
}

/** All claims as an instant vector of the figure that a query is about. */
function vector(query: string): string {
  const seconds = Math.floor(Date.now() / 1000);
  const figureOf = (index: number): number => {
    const figures = figuresOf(index);
    if (query.startsWith('timestamp(')) return seconds - 10;
    if (query.includes('available')) return figures.availableBytes;
    if (query.includes('used_bytes')) return figures.usedBytes;
    if (query.includes('inodes_used')) return figures.inodesUsed;
    return query.includes('inodes') ? figures.inodes : figures.capacityBytes;
  };
  const result = Array.from({ length: claims }, (_, index) => ({
    metric: {
      ...{
        instance: `10.0.0.${index % nodes}:10250`,
        job: 'kubelet',
        metrics_path: '/metrics',
        node: `node-${index % nodes}`,
      },
      ...{ namespace: namespaceOf(index), persistentvolumeclaim: `data-db-${index}`, service: 'kubelet' },
    },
    value: [seconds, String(figureOf(index))],
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

function list(kind: string, all: readonly string[], query: URLSearchParams): string {
  const from = Number(query.get('continue') ?? 0);
  const limit = Number(query.get('limit') ?? all.length);
  const next = from + limit;
  const more = next < all.length ? { continue: String(next), remainingItemCount: all.length - next } : {};
  const metadata = JSON.stringify({ resourceVersion: String(version), ...more });
  return `{"kind":"${kind}","apiVersion":"v1","metadata":${metadata},"items":[${all.slice(from, next).join()}]}`;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  response.setHeader('content-type', 'application/json');
  const node = /^\/api\/v1\/nodes\/node-(\d+)\/proxy\/stats\/summary$/.exec(pathname)?.[1];
  if (query.has('watch')) response.writeHead(200).flushHeaders();
  else if (node !== undefined) response.end(summary(Number(node)));
  else if (pathname.endsWith('/proxy/api/v1/query')) response.end(vector(query.get('query') ?? ''));
  else if (pathname === '/api/v1/persistentvolumeclaims')
    response.end(list('PersistentVolumeClaimList', claimItems, query));
  else if (pathname === '/api/v1/pods') response.end(list('PodList', podItems, query));
  else if (pathname === '/api/v1/namespaces') {
    const namespaces = namespaceNames.map((name) => namespaceJson(name, version));
    response.end(list('NamespaceList', namespaces, query));
  } else if (pathname === '/api/v1/persistentvolumes') response.end(list('PersistentVolumeList', [], query));
  else if (pathname === '/api/v1/services') response.end(list('ServiceList', [], query));
  else if (pathname.endsWith('/selfsubjectaccessreviews'))
    response.writeHead(201).end(JSON.stringify({ kind: 'SelfSubjectAccessReview', status: { allowed: true } }));
  else if (pathname.startsWith('/api/v1/namespaces/'))
    response.end(namespaceJson(pathname.split('/').at(-1) ?? '', version));
  else if (pathname === '/version') response.end(JSON.stringify({ major: '1', minor: '37', gitVersion: 'v1.37.0' }));
  else
    response.writeHead(404).end(JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }));
}

process.once('disconnect', () => process.exit());
const server = createServer(answer).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port } satisfies ServerReady);
});
