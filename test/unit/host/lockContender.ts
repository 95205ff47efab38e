import { utimes } from 'node:fs/promises';
import { workerData } from 'node:worker_threads';
import { FileLock } from '../../../src/host/fileLock.ts';

/** What a contender is told. `shared`: how many are inside now, overlaps seen, acquisitions over all. */
export interface Contest {
  readonly file: string;
  readonly shared: Int32Array<SharedArrayBuffer>;
  readonly acquisitions: number;
  /** Every so many acquisitions the lock is left behind as by a process that died long ago. */
  readonly abandonEvery: number;
}

/** Longer than any pause of a loaded machine: only what is made old by hand is stale. */
const staleMs = 60_000;

/** Takes the lock again and again, in a thread of its own, and notes whenever another is inside at the same time. */
const { file, shared, acquisitions, abandonEvery } = workerData as Contest;
while (Atomics.load(shared, 2) < acquisitions) {
  const lock = new FileLock(file, staleMs);
  if (!(await lock.acquire(''))) {
    await new Promise((resolve) => setTimeout(resolve, 2 * Math.random()));
    continue;
  }
  if (Atomics.add(shared, 0, 1) > 0) Atomics.add(shared, 1, 1);
  await new Promise((resolve) => setImmediate(resolve));
  const nth = Atomics.add(shared, 2, 1) + 1;
  Atomics.sub(shared, 0, 1);
  if (nth % abandonEvery === 0) await utimes(file, 0, 0).catch(() => {});
  else await lock.release();
}
