import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../../src/base/log.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { SharedUsageFiles } from '../../../src/host/sharedUsage.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const full: Reading = {
  quality: 'measured',
  subject: 'claim',
  source: 'kubelet',
  atMs: 5,
  reason: 'It is mounted.',
  capacityBytes: 100,
  availableBytes: 20,
  usedBytes: 70,
  inodes: 1000,
  inodesUsed: 100,
};
const unknown: Reading = { quality: 'forbidden', subject: 'claim', reason: 'Nobody may say.' };

describe('shared usage', () => {
  let folder: string;
  let clock: FakeClock;
  const open = () => new SharedUsageFiles(folder, clock, silentLog);
  const file = () => join(folder, 'usage', readdirSync(join(folder, 'usage'))[0] ?? assert.fail('no file'));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-shared-usage-'));
    clock = new FakeClock();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read by another window as it was written, and under no other key', async () => {
    const readings = new Map([
      ['c1', full],
      ['c2', unknown],
    ]);
    await open().write('prod', readings);
    const other = open();
    assert.deepEqual(await other.read('prod'), { readings, atMs: clock.now() });
    assert.equal(await other.read('dev'), undefined);
    assert.deepEqual(readdirSync(join(folder, 'usage')).length, 1);
  });

  it('is not shown when it is older than ten minutes, or of a time to come', async () => {
    await open().write('prod', new Map([['c1', full]]));
    const other = open();
    await clock.advance(600_000);
    assert.ok(await other.read('prod'));
    await clock.advance(1);
    assert.equal(await other.read('prod'), undefined);
    clock.jumpWallClock(-3_600_000);
    assert.equal(await other.read('prod'), undefined);
  });

  it('is nothing where the file is of another version or no such file, and what is no reading is left out', async () => {
    await open().write('prod', new Map([['c1', full]]));
    const good = JSON.parse(readFileSync(file(), 'utf8'));
    const readings = { c1: full, c2: { ...full, quality: 'splendid' }, c3: 5, c4: { ...full, capacityBytes: -1 } };
    for (const bad of [
      '{',
      '[]',
      '{}',
      JSON.stringify({ ...good, version: 2 }),
      JSON.stringify({ ...good, key: 'x' }),
    ]) {
      writeFileSync(file(), bad);
      assert.equal(await open().read('prod'), undefined, bad);
    }
    writeFileSync(file(), JSON.stringify({ ...good, readings }));
    const { quality, subject, reason } = full;
    assert.deepEqual(
      (await open().read('prod'))?.readings,
      new Map<string, Reading>([
        ['c1', full],
        ['c4', { quality, subject, reason }],
      ]),
    );
  });

  it('leaves no files of clusters that nobody has looked at for a day', async () => {
    await open().write('old', new Map());
    const old = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(file(), old, old);
    await open().write('new', new Map());
    assert.equal(readdirSync(join(folder, 'usage')).length, 1);
    assert.ok(await open().read('new'));
  });
});
