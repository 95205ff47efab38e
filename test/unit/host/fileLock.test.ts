import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { FileLock } from '../../../src/host/fileLock.ts';
import type { Contest } from './lockContender.ts';

const staleMs = 60_000;

describe('file lock', () => {
  let folder: string;
  let file: string;
  const lock = () => new FileLock(file, staleMs);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-lock-'));
    file = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [what, abandonEvery] of [
    ['while everybody lets go', Number.MAX_SAFE_INTEGER],
    ['while some die with it', 3],
  ] as const) {
    it(`never lets two in at once ${what}`, async function () {
      this.timeout(60_000);
      const shared = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
      const contest: Contest = { file, shared, acquisitions: 600, abandonEvery };
      const contenders = Array.from(
        { length: 4 },
        () => new Worker(new URL('lockContender.ts', import.meta.url), { workerData: contest }),
      );
      await Promise.all(
        contenders.map(
          (contender) =>
            new Promise<void>((resolve, reject) => contender.on('error', reject).on('exit', () => resolve())),
        ),
      );
      assert.ok((shared[2] ?? 0) >= 600);
      assert.equal(shared[1], 0, 'two were inside at once');
    });
  }

  it('is taken from a holder that was not heard of, which then neither touches nor releases it', async () => {
    const [old, next] = [lock(), lock()];
    assert.equal(await old.acquire('a'), true);
    assert.equal(await next.acquire('b'), false);
    utimesSync(file, 0, 0);
    assert.equal(await next.acquire('b'), true);
    const content = readFileSync(file, 'utf8');
    assert.equal(await old.touch('other'), false);
    await old.release();
    assert.equal(readFileSync(file, 'utf8'), content);
    await next.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('stays with its holder when that asks for it again, and says its new note', async () => {
    const [holder, other] = [lock(), lock()];
    assert.equal(await holder.acquire('back'), true);
    assert.equal(await holder.acquire('back'), true);
    assert.equal(await holder.touch('front'), true);
    assert.equal(await other.acquire('', (note) => note === 'back'), false);
    assert.equal(await other.acquire('', (note) => note === 'front'), true);
    assert.equal(await holder.touch('front'), false);
  });

  it('is free again after a process died while it took it over', async () => {
    writeFileSync(file, 'dead note');
    writeFileSync(`${file}.dead`, '');
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), 0, 0);
    const next = lock();
    assert.equal((await next.acquire('')) || (await next.acquire('')), true);
    await next.release();
    assert.deepEqual(readdirSync(folder), []);
  });
});
