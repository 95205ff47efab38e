import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import type { DemoWorkerData, FromDemoWorker, ToDemoWorker } from '../demo/protocol.ts';
import { settingsFor } from '../domain/contextSettings.ts';
import type { Settings } from '../domain/settings.ts';

const startLimitMs = 15_000;
/** What the demo's total swings around where no budget is set. */
const defaultBudgetBytes = 200n * 2n ** 30n;

/** A worker thread, as far as it is used here. */
export interface DemoWorker {
  on(event: 'message', listener: (message: FromDemoWorker) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  postMessage(message: ToDemoWorker): void;
  terminate(): Promise<unknown>;
}

/**
 * The budget of everything in the demo cluster, around which its total swings; undefined where there is none. Budgets of
 * namespaces and classes are of other sums.
 */
export function demoBudgetBytes(settings: Settings): bigint | undefined {
  return settingsFor(settings, 'demo').maxClaims?.bytes;
}

/** The demo cluster in a worker thread of its own; ends with the window. */
export class DemoCluster implements Disposable {
  readonly #kubeconfig = new SignalSource<string | undefined>(undefined);
  readonly #lifetime = new DisposableStore();
  readonly #budgetBytes: Signal<bigint | undefined>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #startWorker: (data: DemoWorkerData) => Promise<DemoWorker>;
  #worker: DemoWorker | undefined;
  /** The start under way; closing gives it up. */
  #opening: { readonly ended: Promise<void>; readonly giveUp: () => void } | undefined;

  constructor(budgetBytes: Signal<bigint | undefined>, clock: Clock, log: Log, startWorker = startDemoWorker) {
    this.#budgetBytes = budgetBytes;
    this.#clock = clock;
    this.#log = log;
    this.#startWorker = startWorker;
    this.#lifetime.add(
      budgetBytes.subscribe((bytes) => this.#worker?.postMessage({ budgetBytes: bytes ?? defaultBudgetBytes })),
    );
    this.#lifetime.add(toDisposable(() => this.close()));
  }

  /** Kubeconfig of the running demo cluster; undefined while there is none. */
  get kubeconfig(): Signal<string | undefined> {
    return this.#kubeconfig;
  }

  /** Resolves when the cluster is there, or was closed before. Rejects with a message fit to be shown. */
  open(): Promise<void> {
    if (this.#kubeconfig.value !== undefined || this.#lifetime.disposed) return Promise.resolve();
    if (this.#opening) return this.#opening.ended;
    const given = new AbortController();
    const opening = {
      ended: this.#start(given.signal).finally(() => {
        if (this.#opening === opening) this.#opening = undefined;
      }),
      giveUp: () => given.abort(),
    };
    this.#opening = opening;
    return opening.ended;
  }

  close(): void {
    this.#opening?.giveUp();
    this.#opening = undefined;
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    this.#kubeconfig.set(undefined);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  async #start(givenUp: AbortSignal): Promise<void> {
    const worker = await this.#startWorker({ budgetBytes: this.#budgetBytes.value ?? defaultBudgetBytes });
    let kubeconfig: string | undefined;
    try {
      kubeconfig = await ready(worker, this.#clock, givenUp);
    } finally {
      if (kubeconfig === undefined) void worker.terminate();
    }
    if (kubeconfig === undefined) return;
    this.#worker = worker;
    worker.on('error', (error) => this.#log.error(`The demo cluster failed: ${error.message}`));
    worker.on('exit', () => {
      if (this.#worker === worker) this.close();
    });
    // The setting may have changed while the worker was starting.
    worker.postMessage({ budgetBytes: this.#budgetBytes.value ?? defaultBudgetBytes });
    this.#kubeconfig.set(kubeconfig);
  }
}

async function startDemoWorker(workerData: DemoWorkerData): Promise<DemoWorker> {
  const threads = await import('node:worker_threads');
  return new threads.Worker(join(__dirname, 'demoWorker.cjs'), { workerData, name: 'PVC Watch demo cluster' });
}

/** The kubeconfig of a worker that starts; undefined once it is given up. Rejects when it fails or takes too long. */
async function ready(worker: DemoWorker, clock: Clock, givenUp: AbortSignal): Promise<string | undefined> {
  const lifetime = new DisposableStore();
  try {
    return await new Promise((resolve, reject) => {
      const giveUp = () => resolve(undefined);
      lifetime.add(clock.after(startLimitMs, () => reject(new Error('it did not start in time'))));
      lifetime.add(toDisposable(() => givenUp.removeEventListener('abort', giveUp)));
      givenUp.addEventListener('abort', giveUp);
      if (givenUp.aborted) giveUp();
      worker.on('message', (message) => {
        if ('kubeconfig' in message) resolve(message.kubeconfig);
        else reject(new Error(message.error));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('it ended while it was starting')));
    });
  } finally {
    lifetime.dispose();
  }
}
