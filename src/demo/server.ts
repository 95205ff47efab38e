import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, every } from '../base/clock.ts';
import { DisposableStore } from '../base/disposable.ts';
import { ApiHandler } from './apiHandler.ts';
import { ClaimEvents } from './claimEvents.ts';
import { initialFillRatio } from './claimWave.ts';
import { Controllers } from './controllers.ts';
import { demoKubeconfig } from './demoKubeconfig.ts';
import { Kubelets } from './kubelets.ts';
import { foundCluster, furnish } from './landscape.ts';
import { Life } from './life.ts';
import { NamespaceCleaner } from './namespaceCleaner.ts';
import { addNodes } from './nodes.ts';
import { ObjectStore, timestamp } from './objectStore.ts';
import { Resizer } from './resizer.ts';
import { UsageEvents } from './usageEvents.ts';

export interface DemoServerOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** What the claimed total swings around. Default 200Gi. */
  readonly budgetBytes?: bigint;
  /** Whether anything happens by itself beyond binding and deletion. Default true. */
  readonly life?: boolean;
  /** Default: a random one. */
  readonly token?: string;
}

export interface DemoServer {
  readonly port: number;
  readonly token: string;
  /** One context, `demo`. */
  readonly kubeconfig: string;
  readonly state: ObjectStore;
  setBudget(budgetBytes: bigint): void;
  /** Breaks all connections and frees the port. */
  stop(): Promise<void>;
}

export const defaultBudgetBytes = 200n * 1024n ** 3n;
/** etcd's default: history is kept for five to ten minutes. */
const compactionMs = 5 * 60_000;
const nodeAgeMs = 90 * 86_400_000;
const failureRatio = 0.15;

/** Starts a simulated kube-apiserver with a cluster in it on a free port of 127.0.0.1. Every request needs the token. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { clock, random, budgetBytes = defaultBudgetBytes, token = randomBytes(24).toString('hex') } = options;
  const store = new ObjectStore({ clock, random });
  foundCluster(store, random, clock.now());
  const scenery = furnish({ store, random, nowMs: clock.now(), budgetBytes, fillRatio: initialFillRatio });
  addNodes(store, timestamp(clock.now() - nodeAgeMs));
  store.compact();

  const lifetime = new DisposableStore();
  lifetime.add(new Controllers({ store, clock, random }));
  lifetime.add(new ClaimEvents({ store, clock }));
  lifetime.add(new NamespaceCleaner({ store, clock, random }));
  let compactTo = store.resourceVersion;
  const compaction = () => {
    store.compact(compactTo);
    compactTo = store.resourceVersion;
  };
  lifetime.add(every(clock, compactionMs, compaction));
  const lively = options.life !== false;
  const kubelets = lifetime.add(new Kubelets({ store, clock, lively }));
  if (lively) lifetime.add(new UsageEvents({ store, clock, kubelets }));
  if (lively) lifetime.add(new Resizer({ store, clock, random, failureRatio }));
  const life = lively ? lifetime.add(new Life({ store, clock, random, budgetBytes }, scenery)) : undefined;

  const api = new ApiHandler({ store, kubelets, clock, random, authorized: (request) => hasToken(request, token) });
  const server = createServer((request, response) => api.handle(request, response));
  try {
    const port = await listening(server);
    return {
      port,
      token,
      kubeconfig: demoKubeconfig(port, token),
      state: store,
      setBudget: (bytes) => life?.setBudget(bytes),
      stop: async () => {
        lifetime.dispose();
        await closed(server);
      },
    };
  } catch (error) {
    lifetime.dispose();
    throw error;
  }
}

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
