import assert from 'node:assert/strict';
import { type FilesystemFigures, isFull, sharedUsage, usageOf, type VolumeFacts } from '../../../src/demo/usageLife.ts';

const gibi = 1024 ** 3;
const minuteMs = 60_000;
const stepMs = 5_000;

const paths = {
  fills: 'payments/data-ledger-0',
  compacts: 'monitoring/db-prometheus-0',
  shrinks: 'analytics/data-clickhouse-0',
  crashes: 'search/data-opensearch-data-2',
  outgrows: 'checkout/data-postgres-0',
  notGrown: 'monitoring/storage-loki-1',
  noInodes: 'catalog/data-mongo-0',
  calm: 'mail/maildir-dovecot-0',
};

describe('usage in the demo cluster', () => {
  for (const [character, path] of Object.entries(paths)) {
    it(`never uses more than there is, and never jumps (${character})`, () => {
      const hours = lifeOf(path, 180);
      for (const figures of hours) assertSound(figures);
      const jumps = differences(hours).map((bytes) => Math.abs(bytes) / (4 * gibi));
      assert.ok(Math.max(...jumps) < 0.06, String(Math.max(...jumps)));
    });
  }

  it('crosses 85 % and 97 % within five minutes where a claim fills up, and never goes back', () => {
    const life = lifeOf(paths.fills, 60);
    assert.ok(differences(life).every((bytes) => bytes >= 0));
    const at = (minutes: number) => ratioOf(life[(minutes * minuteMs) / stepMs]);
    assert.ok(at(0) < 0.85, String(at(0)));
    assert.ok(at(2) > 0.85 && at(2) < 0.97, String(at(2)));
    assert.ok(at(4) > 0.97 && at(4) < 1, String(at(4)));
  });

  it('rises and falls with each compaction', () => {
    const changes = differences(lifeOf(paths.compacts, 20)).map(Math.sign);
    const turns = changes.filter((sign, index) => index > 0 && sign !== changes[index - 1]).length;
    assert.ok(turns >= 7 && turns <= 8, String(turns));
  });

  it('only ever shrinks where it shrinks', () => {
    const life = lifeOf(paths.shrinks, 30);
    assert.ok(differences(life).every((bytes) => bytes <= 0));
    assert.ok(ratioOf(life[0]) > 0.75 && ratioOf(life.at(-1)) < 0.4);
  });

  it('is full within five minutes where a pod does not survive it, and nowhere else', () => {
    const full = Object.values(paths).filter((path) => lifeOf(path, 5).some(isFull));
    assert.deepEqual(full, [paths.crashes]);
  });

  it('keeps what is in a volume when the volume grows', () => {
    const before = usageOf(volume(paths.outgrows, { elapsedMs: 10 * minuteMs }));
    const after = usageOf(volume(paths.outgrows, { elapsedMs: 10 * minuteMs, capacityBytes: 8 * gibi }));
    assert.equal(after.usedBytes, before.usedBytes);
    assert.ok(ratioOf(before) > 0.9 && ratioOf(after) < 0.5);
  });

  it('says the same at the same time, and of other volumes something else', () => {
    const [one, two] = [volume(paths.calm, { elapsedMs: 1234 }), volume(paths.calm, { elapsedMs: 1234, uid: 'other' })];
    assert.deepEqual(usageOf(one), usageOf({ ...one }));
    assert.notDeepEqual(usageOf(one), usageOf(two));
  });

  it('has a filesystem well below its volume, and one without inodes', () => {
    assert.ok(usageOf(volume(paths.notGrown)).capacityBytes * 1.25 < 4 * gibi);
    assert.equal(usageOf(volume(paths.noInodes)).inodes, Number(18_446_744_073_709_551_615n));
  });

  it('has room in the shared filesystem', () => {
    for (let minute = 0; minute < 180; minute++) assertSound(sharedUsage(minute * minuteMs));
  });
});

function volume(path: string, more: Partial<VolumeFacts> = {}): VolumeFacts {
  const [namespace = '', name = ''] = path.split('/');
  return { namespace, name, uid: 'a-uid', firstBytes: 4 * gibi, capacityBytes: 4 * gibi, elapsedMs: 0, ...more };
}

function lifeOf(path: string, minutes: number): readonly FilesystemFigures[] {
  const steps = (minutes * minuteMs) / stepMs + 1;
  return Array.from({ length: steps }, (_, step) => usageOf(volume(path, { elapsedMs: step * stepMs })));
}

function assertSound(figures: FilesystemFigures): void {
  const { capacityBytes, availableBytes, usedBytes, inodes, inodesFree, inodesUsed } = figures;
  assert.ok(usedBytes >= 0 && usedBytes <= capacityBytes, `${usedBytes} of ${capacityBytes}`);
  assert.equal(usedBytes + availableBytes, capacityBytes);
  assert.ok(inodesUsed >= 0 && inodesUsed <= inodes, `${inodesUsed} of ${inodes} inodes`);
  assert.equal(inodesUsed + inodesFree, inodes);
}

function differences(life: readonly FilesystemFigures[]): readonly number[] {
  return life.slice(1).map(({ usedBytes }, index) => usedBytes - (life[index]?.usedBytes ?? usedBytes));
}

function ratioOf(figures: FilesystemFigures | undefined): number {
  return figures ? figures.usedBytes / figures.capacityBytes : Number.NaN;
}
