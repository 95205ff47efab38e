import * as sqlite from 'node:sqlite';
import { silentLog } from '../../src/base/log.ts';
import type { ClaimSample } from '../../src/history/history.ts';
import { HistoryFile } from '../../src/history/historyFile.ts';
import { recentFromMs, tiers } from '../../src/history/thinning.ts';
import { seededRandom } from '../../test/support/seededRandom.ts';

/**
 * Fills a history file with a year of so many claims that ends at such a time, as it is when the window that wrote it polled
 * once a minute, and tidies up two hours later, when the most has to be packed at once.
 */
const [file = '', count = '', end = ''] = process.argv.slice(2);
const nowMs = Number(end);
const claims = Number(count);
const random = seededRandom(11);
const store = new HistoryFile(sqlite, { file, mostBytes: 1e12, log: silentLog });
const recentMs = recentFromMs(nowMs);
for (let claim = 0; claim < claims; claim++) {
  store.append('bench', lifeOf(claim, timesBefore(recentMs)), nowMs);
  if (claim % 20 === 19) await new Promise((resolve) => setImmediate(resolve));
}
for (let atMs = recentMs; atMs <= nowMs; atMs += 60_000) {
  const poll = Array.from({ length: claims }, (_, claim) => lifeOf(claim, [atMs + Math.floor(random() * 20) * 1000]));
  store.append('bench', poll.flat(), nowMs);
}
// In a copy, so that what is measured afterwards is at its largest: with all recent samples as rows.
const copy = `${file.replace(/\.sqlite$/, '')}-later`;
const source = new sqlite.DatabaseSync(file);
source.exec(`VACUUM INTO '${copy}'`);
source.close();
store.close();
const later = new HistoryFile(sqlite, { file: copy, mostBytes: 1e12, log: silentLog });
const steps = later.tidy(recentMs + 4 * 3_600_000);
let longestStepMs = 0;
for (let done = false; !done; ) {
  const startedMs = performance.now();
  done = steps.next().done === true;
  longestStepMs = Math.max(longestStepMs, performance.now() - startedMs);
}
later.close();
process.send?.({ longestStepMs });

/** Of the year before, the last of each step of its resolution, some seconds off as polls are. */
function timesBefore(endMs: number): number[] {
  const times: number[] = [];
  let atMs = endMs;
  for (const { keepMs, stepMs } of tiers)
    for (; atMs > nowMs - keepMs; atMs -= stepMs) times.push(atMs - 1000 - Math.floor(random() * 20) * 1000);
  return times;
}

/** Grows and shrinks by some MiB at a time, in blocks of 4 KiB, with as many inodes as that has files. */
function lifeOf(claim: number, times: readonly number[]): ClaimSample[] {
  const capacityBytes = 100 * 2 ** 30;
  return times.map((atMs) => {
    const blocks = Math.floor(13e6 * (0.5 + 0.4 * Math.sin(atMs / 1e9 + claim)) + random() * 4000);
    const usedBytes = blocks * 4096;
    return {
      uid: `claim-${claim}`,
      ...{ atMs, capacityBytes, availableBytes: capacityBytes - usedBytes - 2 ** 30, usedBytes },
      ...{ inodes: 6_553_600, inodesUsed: Math.floor(blocks / 16) },
    };
  });
}
