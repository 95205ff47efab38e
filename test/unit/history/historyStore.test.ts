import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sqlite from 'node:sqlite';
import { silentLog } from '../../../src/base/log.ts';
import type { HistorySample } from '../../../src/domain/historySample.ts';
import type { ClaimSample, HistoryStore } from '../../../src/history/history.ts';
import { HistoryFile } from '../../../src/history/historyFile.ts';
import { MemoryStore } from '../../../src/history/memoryStore.ts';
import { downsampled } from '../../../src/history/thinning.ts';
import { seededRandom } from '../../support/seededRandom.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 25, 9, 30);

interface Opened {
  readonly store: HistoryStore;
  close(): void;
}

const stores: [name: string, open: () => Opened][] = [
  ['memory', () => ({ store: new MemoryStore(), close() {} })],
  [
    'a file',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-history-'));
      const store = new HistoryFile(sqlite, { file: join(folder, 'history'), mostBytes: 50_000_000, log: silentLog });
      const close = () => {
        store.close();
        rmSync(folder, { recursive: true, force: true });
      };
      return { store, close };
    },
  ],
];

function sampleAt(atMs: number, availableBytes = 50): HistorySample {
  return { atMs, capacityBytes: 100, availableBytes, usedBytes: 49, inodes: undefined, inodesUsed: undefined };
}

function ofClaim(uid: string, sample: HistorySample): ClaimSample {
  return { uid, ...sample };
}

function tidy(store: HistoryStore, atMs: number): number {
  return [...store.tidy(atMs)].length;
}

for (const [name, open] of stores)
  describe(`history in ${name}`, () => {
    let opened: Opened;
    beforeEach(() => {
      opened = open();
    });
    afterEach(() => opened.close());

    it('gives back what it was given, in order of time, of that claim and cluster alone', () => {
      const { store } = opened;
      const [early, late] = [sampleAt(nowMs - minuteMs, 60), sampleAt(nowMs, 55)];
      store.append('prod', [ofClaim('a', late), ofClaim('b', sampleAt(nowMs, 1))], nowMs);
      store.append('prod', [ofClaim('a', early)], nowMs);
      store.append('test', [ofClaim('a', sampleAt(nowMs, 2))], nowMs);
      assert.deepEqual(store.read('prod', 'a', 0, nowMs), [early, late]);
      assert.deepEqual(store.read('prod', 'a', nowMs - minuteMs, nowMs - 1), [early]);
      assert.deepEqual(store.read('prod', 'c', 0, nowMs), []);
      assert.deepEqual(store.read('other', 'b', 0, nowMs), []);
    });

    it('has one sample of each time, the last that was said', () => {
      const { store } = opened;
      for (const atMs of [nowMs, nowMs - 3 * dayMs]) {
        store.append('prod', [ofClaim('a', sampleAt(atMs, 60))], nowMs);
        store.append('prod', [ofClaim('a', sampleAt(atMs + 1, 40))], nowMs);
        assert.deepEqual(store.read('prod', 'a', atMs, atMs), [sampleAt(atMs, 40)]);
      }
    });

    it('keeps sizes beyond 2^53, and leaves out what is no sample', () => {
      const { store } = opened;
      const huge = { ...sampleAt(nowMs), capacityBytes: 2 ** 62, availableBytes: 2 ** 61, inodes: 5, inodesUsed: 4 };
      store.append('prod', [ofClaim('a', huge), ofClaim('a', { ...huge, atMs: 5, capacityBytes: -1 })], nowMs);
      assert.deepEqual(store.read('prod', 'a', 0, nowMs), [huge]);
      tidy(store, nowMs + 6 * hourMs);
      assert.deepEqual(store.read('prod', 'a', 0, nowMs), [huge]);
    });

    it('once it is tidy has what the thinning says, whatever came when', () => {
      const { store } = opened;
      const random = seededRandom(5);
      const told = new Map<string, HistorySample[]>([...'abc'].map((uid) => [uid, []]));
      for (let timeMs = nowMs - 400 * dayMs; timeMs < nowMs; timeMs += Math.ceil(random() ** 30 * 20 * dayMs)) {
        const poll = [...told].map(([uid, samples]) => {
          const late = random() < 0.1 ? random() * 30 * dayMs : 0;
          const sample = sampleAt(Math.floor((timeMs - late) / 1000) * 1000, Math.floor(random() * 100));
          samples.push(sample);
          return ofClaim(uid, sample);
        });
        store.append('prod', poll, timeMs);
        if (random() < 0.05) tidy(store, timeMs);
      }
      tidy(store, nowMs);
      for (const [uid, samples] of told) {
        const expected = downsampled(samples, nowMs).map(({ atMs }) => atMs);
        const kept = store.read('prod', uid, 0, nowMs);
        assert.ok(expected.length > 100, String(expected.length));
        assert.deepEqual(
          kept.map(({ atMs }) => atMs),
          expected,
        );
        for (const sample of kept) assert.ok(samples.some((each) => each.atMs === sample.atMs));
      }
    });

    it('can be read and written between the steps of tidying up, and loses nothing', () => {
      const { store } = opened;
      const claims = Array.from({ length: 250 }, (_, index) => `claim-${index}`);
      const first = sampleAt(nowMs - minuteMs, 10);
      store.append(
        'prod',
        claims.map((uid) => ofClaim(uid, first)),
        nowMs,
      );
      const laterMs = nowMs + 3 * dayMs;
      let steps = 0;
      for (const _ of store.tidy(laterMs)) {
        const atMs = laterMs - 4 * hourMs + steps++ * minuteMs;
        store.append('prod', [ofClaim('claim-0', sampleAt(atMs, 20))], laterMs);
        for (const uid of ['claim-0', 'claim-249']) assert.deepEqual(store.read('prod', uid, 0, nowMs), [first]);
      }
      assert.ok(steps > 2, String(steps));
      assert.equal(store.read('prod', 'claim-0', nowMs, laterMs).length, steps);
    });

    it('is whole when tidying up was cut off, and is finished by the next', () => {
      const { store } = opened;
      const claims = Array.from({ length: 120 }, (_, index) => `claim-${index}`);
      const samples = claims.flatMap((uid) => [3, 2, 1].map((ago) => ofClaim(uid, sampleAt(nowMs - ago * minuteMs))));
      store.append('prod', samples, nowMs);
      const laterMs = nowMs + 6 * hourMs;
      for (const claim of ['claim-0', 'claim-119', 'claim-60']) {
        store.tidy(laterMs).next();
        assert.equal(store.read('prod', claim, 0, nowMs).length, 3);
      }
      tidy(store, laterMs);
      for (const claim of claims) assert.equal(store.read('prod', claim, 0, nowMs).length, 3);
    });

    it('forgets what is older than a year and a month', () => {
      const { store } = opened;
      store.append('prod', [ofClaim('a', sampleAt(nowMs))], nowMs);
      tidy(store, nowMs + 300 * dayMs);
      assert.equal(store.read('prod', 'a', 0, nowMs).length, 1);
      tidy(store, nowMs + 400 * dayMs);
      assert.deepEqual(store.read('prod', 'a', 0, nowMs), []);
    });

    it('is empty once it is cleared, and goes on', () => {
      const { store } = opened;
      store.append('prod', [ofClaim('a', sampleAt(nowMs)), ofClaim('a', sampleAt(nowMs - 5 * dayMs))], nowMs);
      store.clear();
      assert.deepEqual(store.read('prod', 'a', 0, nowMs), []);
      store.append('prod', [ofClaim('a', sampleAt(nowMs))], nowMs);
      assert.deepEqual(store.read('prod', 'a', 0, nowMs), [sampleAt(nowMs)]);
    });
  });

describe('history that is too much', () => {
  it('in memory loses the oldest samples first', () => {
    const store = new MemoryStore(100);
    for (let index = 0; index < 300; index++)
      store.append('prod', [ofClaim(`claim-${index % 3}`, sampleAt(nowMs + index * minuteMs))], nowMs);
    const kept = ['claim-0', 'claim-1', 'claim-2'].flatMap((uid) => store.read('prod', uid, 0, nowMs + dayMs));
    assert.ok(kept.length > 80 && kept.length <= 100, String(kept.length));
    assert.ok(kept.every(({ atMs }) => atMs >= nowMs + 200 * minuteMs));
  });

  it('in a file loses the oldest samples first, and the file shrinks', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-history-'));
    const file = join(folder, 'history');
    const at = (mostBytes: number) => new HistoryFile(sqlite, { file, mostBytes, log: silentLog });
    const pages = () => {
      const database = new sqlite.DatabaseSync(file);
      const count = Number(database.prepare('PRAGMA page_count').get()?.page_count);
      database.close();
      return count;
    };
    try {
      const random = seededRandom(7);
      const large = at(50_000_000);
      const samples = Array.from({ length: 100 * 2000 }, (_, index) =>
        ofClaim(`claim-${index % 100}`, {
          ...sampleAt(nowMs - Math.floor(index / 100) * 4 * hourMs),
          capacityBytes: 2 ** 40,
          availableBytes: Math.floor(random() * 2 ** 40),
          usedBytes: Math.floor(random() * 2 ** 40),
        }),
      );
      large.append('prod', samples, nowMs);
      large.close();
      const before = pages();
      const small = at(500_000);
      tidy(small, nowMs);
      const kept = small.read('prod', 'claim-7', 0, nowMs).map(({ atMs }) => atMs);
      small.close();
      assert.ok(kept.length > 30, String(kept.length));
      assert.equal(kept.at(-1), nowMs);
      assert.ok((kept[0] ?? 0) > nowMs - 250 * dayMs);
      assert.ok(pages() < before && pages() * 4096 < 500_000 + 501 * 4096, `${before} became ${pages()}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
