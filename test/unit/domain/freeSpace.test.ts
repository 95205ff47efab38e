import assert from 'node:assert/strict';
import { mixinThresholds } from '../../../src/domain/claimThresholds.ts';
import { freeSpace } from '../../../src/domain/freeLevel.ts';
import { usedBytesOf } from '../../../src/domain/freeSpace.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import { claimOf, noReading, readingOf } from '../../support/views.ts';

const level = (reading: Reading | undefined, claim: Partial<ClaimRecord> = {}) => {
  const { level, of } = freeSpace(claimOf('shop/a 100Gi', claim), reading, mixinThresholds);
  return level === 'normal' ? level : `${level}: ${of}`;
};
const free = (ratio: number) => readingOf(50, { capacityBytes: 10_000, availableBytes: ratio * 10_000 });

describe('free space', () => {
  it('is a warning below 15 % and an error below 3 %, both strictly', () => {
    const levels = [0.5, 0.15, 0.1499, 0.03, 0.0299, 0].map((ratio) => level(free(ratio)));
    assert.deepEqual(levels, ['normal', 'normal', 'warning: bytes', 'warning: bytes', 'error: bytes', 'error: bytes']);
  });

  it('is that of the inodes where they are scarcer', () => {
    assert.equal(level(readingOf(50, { inodesUsed: 850 })), 'normal');
    assert.equal(level(readingOf(50, { inodesUsed: 851 })), 'warning: inodes');
    assert.equal(level(readingOf(90, { inodesUsed: 971 })), 'error: inodes');
    assert.equal(level(readingOf(99, { inodesUsed: 900 })), 'error: bytes');
    assert.equal(level(readingOf(50, { inodes: undefined, inodesUsed: undefined })), 'normal');
  });

  it('counts for a filesystem that is shared, has not grown, or was last seen full', () => {
    for (const quality of ['sharedFilesystem', 'filesystemNotGrown', 'lastSeen'] as const)
      assert.equal(level(readingOf(99, { quality })), 'error: bytes', quality);
  });

  const exempt: [what: string, reading: Reading | undefined, claim?: Partial<ClaimRecord>][] = [
    ['without a reading', undefined],
    ['without figures', noReading('notReported', 'Nobody said.')],
    ['of block volumes', readingOf(99), { volumeMode: 'Block' }],
    ['read as a block volume', noReading('block', 'A block volume.')],
    ['that many read and nobody writes', readingOf(99), { accessModes: ['ReadOnlyMany'] }],
    ['of which nothing is used', readingOf(99, { usedBytes: 0 })],
    ['that no pod mounts', readingOf(99, { quality: 'notMounted' })],
    ['that ask to be left out', readingOf(99), { alertWishes: { ignore: 'true' } }],
    ['that grow by themselves', readingOf(99), { alertWishes: { storageLimit: '1Ti' } }],
    ['whose own bounds are lower', readingOf(98), { alertWishes: { freeWarning: '1%', freeCritical: '1%' } }],
  ];
  for (const [what, reading, claim] of exempt)
    it(`is no matter for claims ${what}`, () => assert.equal(level(reading, claim), 'normal'));

  it('is one for claims that can be written to as well', () =>
    assert.equal(level(readingOf(99), { accessModes: ['ReadOnlyMany', 'ReadWriteOnce'] }), 'error: bytes'));
});

describe('used bytes', () => {
  it('are those that were sent, else what is not available', () => {
    assert.equal(usedBytesOf({ usedBytes: 3, capacityBytes: 10, availableBytes: 5 }), 3);
    assert.equal(usedBytesOf({ capacityBytes: 10, availableBytes: 4 }), 6);
    assert.equal(usedBytesOf({}), undefined);
  });
});
