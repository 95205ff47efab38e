import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../../src/base/clock.ts';
import { type Log, silentLog } from '../../../src/base/log.ts';
import { FileHistory } from '../../../src/history/fileHistory.ts';
import { MemoryHistory } from '../../../src/history/memoryHistory.ts';
import { MemoryStore } from '../../../src/history/memoryStore.ts';

describe('the history of a window', () => {
  const nowMs = Date.UTC(2026, 10, 25, 9, 30);
  const clock = { ...systemClock, now: () => nowMs };
  const sample = { atMs: nowMs, capacityBytes: 100, availableBytes: 40, usedBytes: 50, inodes: 9, inodesUsed: 3 };
  let folder: string;
  let file: string;
  let warnings: string[];
  let workers: Worker[];
  let histories: FileHistory[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-history-'));
    file = join(folder, 'deep', 'history.sqlite');
    [warnings, workers, histories] = [[], [], []];
  });
  afterEach(async () => {
    for (const history of histories) history.dispose();
    await Promise.all(workers.map((worker) => worker.terminate()));
    rmSync(folder, { recursive: true, force: true });
  });

  function open(): FileHistory {
    const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
    const startWorker = async (workerData: unknown) => {
      const worker = new Worker(new URL('../../../src/history/worker.ts', import.meta.url), {
        workerData,
        stderr: true,
      });
      workers.push(worker);
      return worker;
    };
    const history = new FileHistory({ file, clock, log, startWorker });
    histories.push(history);
    return history;
  }

  it('is written by one and read by another, and is there after both', async () => {
    const [writer, reader] = [open(), open()];
    await writer.append('prod', [{ uid: 'a', ...sample }]);
    assert.deepEqual(await reader.read('prod', 'a', 0, nowMs), [sample]);
    const ended = Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
    writer.dispose();
    reader.dispose();
    assert.deepEqual(await ended, [0, 0]);
    assert.deepEqual(await open().read('prod', 'a', 0, nowMs), [sample]);
    assert.deepEqual(warnings, []);
  });

  it('keeps what was appended just before the window closed', async () => {
    const history = open();
    await history.read('prod', 'a', 0, nowMs);
    const appended = history.append('prod', [{ uid: 'a', ...sample }]);
    await Promise.resolve();
    history.dispose();
    await appended;
    assert.deepEqual(await open().read('prod', 'a', 0, nowMs), [sample]);
  });

  it('is cleared for all windows', async () => {
    const [writer, reader] = [open(), open()];
    await writer.append('prod', [{ uid: 'a', ...sample }]);
    await reader.clear();
    assert.deepEqual(await writer.read('prod', 'a', 0, nowMs), []);
  });

  it('is in memory where no file can be, and says so once', async () => {
    writeFileSync(join(folder, 'deep'), '');
    const history = open();
    await history.append('prod', [{ uid: 'a', ...sample }]);
    assert.deepEqual(await history.read('prod', 'a', 0, nowMs), [sample]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^The history of usage is kept in memory only: .*EEXIST|ENOTDIR/);
  });

  it('goes on in memory when its thread ends, and answers what was asked', async () => {
    const history = open();
    await history.append('prod', [{ uid: 'a', ...sample }]);
    await workers[0]?.terminate();
    assert.deepEqual(await history.read('prod', 'a', 0, nowMs), []);
    await history.append('prod', [{ uid: 'a', ...sample }]);
    assert.deepEqual(await history.read('prod', 'a', 0, nowMs), [sample]);
    assert.match(warnings.join(), /^The history of usage is kept in memory only from now on: its thread has ended$/);
  });

  it('sets a corrupt file aside, with a message, and begins anew', async () => {
    file = join(folder, 'history.sqlite');
    writeFileSync(file, 'no database'.repeat(500));
    const history = open();
    await history.append('prod', [{ uid: 'a', ...sample }]);
    assert.deepEqual(await history.read('prod', 'a', 0, nowMs), [sample]);
    assert.match(warnings.join(), /history\.sqlite\.corrupt\.$/);
  });

  it('of the demo cluster is tidied up by itself', async () => {
    const store = new MemoryStore();
    let timeMs = nowMs;
    const history = new MemoryHistory({ ...clock, now: () => timeMs }, store);
    const [one, other] = [
      { ...sample, atMs: nowMs - 2000 },
      { ...sample, atMs: nowMs - 1000 },
    ];
    await history.append('demo', [
      { uid: 'a', ...one },
      { uid: 'a', ...other },
    ]);
    assert.equal((await history.read('demo', 'a', 0, nowMs)).length, 2);
    timeMs += 86_400_000;
    await history.append('demo', [{ uid: 'b', ...sample }]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await history.read('demo', 'a', 0, nowMs), [other]);
  });
});
