// The demo server with a large cluster in it, in a process of its own: node bench/demoCluster/server.ts CLAIMS
import { systemClock } from '../../src/base/clock.ts';
import type { StoredObject } from '../../src/demo/objectStore.ts';
import { claimsResource, namespacesResource } from '../../src/demo/resources.ts';
import { startDemoServer } from '../../src/demo/server.ts';
import { claimOf, sizeMiOf } from '../cluster/claims.ts';
import { nowMs } from './monotonic.ts';

/** What the parent is told once all claims are there. */
export interface ClusterReady {
  readonly kubeconfig: string;
  readonly claims: number;
}

/** What the parent asks for. */
export type Run =
  /** Every event adds 1 MiB to what is claimed, so that a total tells how many events are in it. */
  | { readonly kind: 'grow'; readonly events: number; readonly perSecond: number }
  /** Deletes, recreates under another name and resizes; as many claims as before are left. */
  | { readonly kind: 'churn'; readonly events: number; readonly perSecond: number };

/** When each event was committed, on the monotonic clock that all processes share. */
export interface RunDone {
  readonly commitsMs: readonly number[];
}

const namespaceCount = 5_000;
/** Claims of the first namespace; the others share what is left. */
const largest = 10_000;
const tickMs = 5;

const claims = Number(process.argv[2]);
const server = await startDemoServer({ clock: systemClock, random: Math.random, life: false });
const store = server.state;
for (let index = 0; index < namespaceCount; index++)
  store.create(namespacesResource, { metadata: { name: namespaceOf(index) }, status: { phase: 'Active' } });
/** What is in the place of each claim by now. */
const current: StoredObject[] = [];
for (let index = 0; index < claims; index++) {
  current[index] = create(index, `data-db-${index}`);
  resize(index, sizeMiOf(index));
}
store.compact();

function namespaceOf(index: number): string {
  return `team-${String(index).padStart(4, '0')}`;
}

function create(index: number, name: string): StoredObject {
  const home = index < largest ? 0 : 1 + (index % (namespaceCount - 1));
  const { metadata, spec, status } = claimOf(index, namespaceOf(home));
  const { volumeName: _, ...unbound } = spec;
  return store.create(claimsResource, { metadata: { ...metadata, name }, spec: unbound, status });
}

/** Gives a claim a size, and a volume. */
function resize(index: number, sizeMi: number): void {
  const before = current[index];
  if (!before) return;
  const { spec, status } = claimOf(index, before.metadata.namespace ?? '', sizeMi);
  // As a provisioner names it.
  const bound = { ...spec, volumeName: `pvc-${before.metadata.uid}` };
  current[index] = store.replace(claimsResource, before, { ...before, spec: bound, status });
}

const grown = new Map<number, number>();
/** Steps through all claims in an order that touches many namespaces. */
const stride = 7_919;
/** Of so many claims, in many namespaces, each is recreated again and again. */
const churned = 10_000;
let step = 0;
let generation = 0;

/** Commits one event. */
function commit(kind: Run['kind']): void {
  const all = step++ * stride;
  const index = kind === 'grow' ? all % claims : (all % churned) * Math.floor(claims / churned);
  if (kind === 'grow') {
    grown.set(index, (grown.get(index) ?? 0) + 1);
    resize(index, sizeMiOf(index) + (grown.get(index) ?? 0));
    return;
  }
  // Three events to a claim, of which the last leaves it as large as it was.
  const turn = generation++ % 3;
  step -= turn === 2 ? 0 : 1;
  const before = current[index];
  if (turn === 0 && before) store.remove(claimsResource, before);
  else if (turn === 1) current[index] = create(index, `data-db-${index}-${generation}`);
  else resize(index, sizeMiOf(index) + (grown.get(index) ?? 0) + (grown.has(index) ? 0 : 1));
}

async function run({ kind, events, perSecond }: Run): Promise<RunDone> {
  const commitsMs: number[] = [];
  const startedMs = nowMs();
  while (commitsMs.length < events) {
    const due = Math.min(events, Math.floor(((nowMs() - startedMs) / 1000) * perSecond));
    while (commitsMs.length < due) {
      commit(kind);
      commitsMs.push(nowMs());
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  return { commitsMs };
}

process.once('disconnect', () => process.exit());
process.on('message', (order: Run) => void run(order).then((done) => process.send?.(done)));
// Those that a demo has by itself included.
const total = store.list(claimsResource).length;
process.send?.({ kubeconfig: server.kubeconfig, claims: total } satisfies ClusterReady);
