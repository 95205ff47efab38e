import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { HistorySample } from '../domain/historySample.ts';
import type { ClaimSample, History } from './history.ts';
import { MemoryHistory } from './memoryHistory.ts';
import type { HistoryCall, HistoryWorkerData } from './protocol.ts';
import { type HistoryWorker, WorkerCalls } from './workerCalls.ts';

const defaultMostBytes = 300_000_000;

export interface FileHistoryOptions {
  /** The database; its folder is made. Several windows may have the same. */
  readonly file: string;
  /** The most it takes on disk, in about. */
  readonly mostBytes?: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly startWorker?: (data: HistoryWorkerData) => Promise<HistoryWorker>;
}

/**
 * History in a file, written and read by a worker thread that is started at once.
 *
 * Where that cannot be (no SQLite, no folder to write to) or ends unasked, history is in memory from then on, and the log says
 * why. One window appends, by the lease; all may read. Disposing it lets what was asked for come to its end.
 */
export class FileHistory implements History, Disposable {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #ready: Promise<WorkerCalls | undefined>;
  readonly #memory: MemoryHistory;
  #disposed = false;
  #lastProblem = '';

  constructor({
    file,
    mostBytes = defaultMostBytes,
    clock,
    log,
    startWorker = startHistoryWorker,
  }: FileHistoryOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#memory = new MemoryHistory(clock);
    this.#ready = this.#start(() => startWorker({ file, mostBytes }), file);
  }

  async append(identity: string, samples: readonly ClaimSample[]): Promise<void> {
    const calls = await this.#calls();
    if (!calls) return await this.#memory.append(identity, samples);
    await this.#ask(calls, { append: samples, identity, nowMs: this.#clock.now() });
  }

  async read(identity: string, uid: string, fromMs: number, toMs: number): Promise<readonly HistorySample[]> {
    const calls = await this.#calls();
    if (!calls) return await this.#memory.read(identity, uid, fromMs, toMs);
    return await this.#ask(calls, { read: uid, identity, fromMs, toMs });
  }

  async clear(): Promise<void> {
    const calls = await this.#calls();
    if (calls) await this.#ask(calls, { clear: true });
    await this.#memory.clear();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#ready.then((calls) => calls?.stop());
  }

  /** The worker, while there is one. */
  async #calls(): Promise<WorkerCalls | undefined> {
    const calls = await this.#ready;
    return calls?.ended ? undefined : calls;
  }

  async #ask(calls: WorkerCalls, call: HistoryCall): Promise<readonly HistorySample[]> {
    const answer = await calls.ask(call);
    if (answer.ok) return answer.samples;
    if (!this.#disposed) this.#problem(`The history of usage: ${answer.error}`);
    return [];
  }

  async #start(startWorker: () => Promise<HistoryWorker>, file: string): Promise<WorkerCalls | undefined> {
    try {
      await mkdir(dirname(file), { recursive: true });
      const calls = new WorkerCalls(await startWorker(), {
        warned: (message) => this.#problem(message),
        ended: (reason) => {
          if (!this.#disposed) this.#problem(`The history of usage is kept in memory only from now on: ${reason}`);
        },
      });
      return (await calls.ready) ? calls : undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#problem(`The history of usage is kept in memory only: ${reason}`);
      return undefined;
    }
  }

  /** Once and not with every poll, as long as it is the same. */
  #problem(message: string): void {
    if (message !== this.#lastProblem) this.#log.warn(message);
    this.#lastProblem = message;
  }
}

async function startHistoryWorker(workerData: HistoryWorkerData): Promise<HistoryWorker> {
  const threads = await import('node:worker_threads');
  return new threads.Worker(join(__dirname, 'historyWorker.cjs'), { workerData, name: 'PVC Watch history' });
}
