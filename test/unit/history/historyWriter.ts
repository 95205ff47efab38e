import * as sqlite from 'node:sqlite';
import { silentLog } from '../../../src/base/log.ts';
import { HistoryFile } from '../../../src/history/historyFile.ts';

/**
 * Appends a sample of one claim after the other, each a second later, and says how many are safe, until it is killed. It rests
 * between them, as SQLite's locks are not given in turn: whoever writes all the time lets nobody else.
 */
const [file = '', start = ''] = process.argv.slice(2);
const store = new HistoryFile(sqlite, { file, mostBytes: 1_000_000, log: silentLog });
process.once('disconnect', () => process.exit());
for (let count = 0; ; ) {
  const atMs = Number(start) + count * 1000;
  store.append('prod', [{ uid: 'a', atMs, capacityBytes: 100, availableBytes: 40 }], atMs);
  process.send?.(++count);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
