import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Claim } from '../../../src/alerts/ledger.ts';
import type { StoredSnooze } from '../../../src/alerts/snoozes.ts';
import { silentLog } from '../../../src/base/log.ts';
import type { Episode } from '../../../src/domain/episode.ts';
import { SharedAlertsFile } from '../../../src/host/sharedAlerts.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { until } from '../../support/until.ts';

describe('shared alerts', () => {
  let folder: string;
  let clock: FakeClock;
  const files: SharedAlertsFile[] = [];
  const open = (log = silentLog) => {
    const file = new SharedAlertsFile(folder, clock, log);
    files.push(file);
    return file;
  };
  const episode = (key: string): Episode => ({
    kind: 'budget',
    key,
    contextName: 'kind-dev',
    contextLabel: 'dev',
    demo: false,
    subject: 'total',
    budgetBytes: 1n,
    claimedBytes: 2n,
    openedMs: clock.now(),
    changedMs: clock.now(),
    changes: 1,
    shown: true,
  });
  const claim = (key: string): Claim => ({ deed: 'notice', episode: episode(key), phase: 'opened', atMs: clock.now() });
  const snooze = (episodeKey: string): StoredSnooze => ({
    episodeKey,
    openedMs: clock.now(),
    atMs: clock.now(),
    subject: 'total',
    contextLabel: 'dev',
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-shared-'));
    clock = new FakeClock();
  });
  afterEach(() => {
    for (const file of files.splice(0)) file.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets other windows know, and those that open later', async () => {
    const [a, b] = [open(), open()];
    await a.claim([claim('k')]);
    const kept = episode('k');
    await a.keepEpisodes([kept]);
    await a.changeSnoozes(() => [snooze('k')]);
    await until('the other window has read it', 10_000, async () => {
      await clock.advance(5000);
      return b.snoozes.value.length === 1;
    });
    const later = open();
    await later.refresh();
    for (const file of [b, later]) {
      assert.deepEqual([...file.ledger.value.keys()], ['k']);
      assert.deepEqual([...file.episodes.value.values()], [kept]);
    }
  });

  it('grants each deed to one of several windows, however many ask at once', async () => {
    const windows = Array.from({ length: 6 }, () => open());
    const granted = await Promise.all(windows.map((window) => window.claim([claim('k'), claim('l')])));
    assert.deepEqual(
      granted
        .flat()
        .map(({ episode: { key } }) => key)
        .sort(),
      ['k', 'l'],
    );
  });

  it('loses nothing of what several windows write at once', async () => {
    const windows = Array.from({ length: 6 }, () => open());
    await Promise.all(
      windows.flatMap((window, index) => [
        window.claim([claim(`k${index}`)]),
        window.changeSnoozes((snoozes) => [...snoozes, snooze(`k${index}`)]),
        window.keepEpisodes([episode(`k${index}`)]),
      ]),
    );
    const later = open();
    await later.refresh();
    assert.deepEqual([later.ledger.value.size, later.snoozes.value.length, later.episodes.value.size], [6, 6, 6]);
    assert.deepEqual(readdirSync(folder), ['alerts.json'], 'no lock and no half-written file stays');
  });

  it('begins with what a window remembers only where nothing is known yet', async () => {
    const memory = { episodes: [episode('old')], ledger: new Map(), snoozes: [snooze('old')] };
    const first = open();
    await first.seed(memory);
    assert.deepEqual(
      first.snoozes.value.map(({ episodeKey }) => episodeKey),
      ['old'],
    );
    await first.changeSnoozes(() => []);
    const second = open();
    await second.seed(memory);
    assert.deepEqual(second.snoozes.value, [], 'a snooze that was ended does not come back');
    assert.deepEqual([...second.episodes.value.keys()], ['old']);
  });

  it('does not write again what the windows know already', async () => {
    const first = open();
    await first.claim([claim('k')]);
    await first.keepEpisodes([episode('k'), episode('l')]);
    await first.changeSnoozes(() => [snooze('k')]);
    const { mtimeMs } = statSync(join(folder, 'alerts.json'));
    const second = open();
    await second.seed({
      episodes: [...first.episodes.value.values()].reverse(),
      ledger: first.ledger.value,
      snoozes: first.snoozes.value,
    });
    assert.equal(statSync(join(folder, 'alerts.json')).mtimeMs, mtimeMs);
  });

  it('begins anew when the file is rubbish', async () => {
    writeFileSync(join(folder, 'alerts.json'), '{"version":');
    const file = open();
    await file.claim([claim('k')]);
    const later = open();
    await later.refresh();
    assert.equal(later.ledger.value.size, 1);
  });

  it('still knows in this window what the disk refuses, and says so', async () => {
    const said: string[] = [];
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where a folder should be');
    const file = open({ ...silentLog, warn: (message) => said.push(message) });
    assert.equal((await file.claim([claim('k')])).length, 1);
    assert.equal((await file.claim([claim('k')])).length, 0);
    assert.match(said.join(), /Cannot write what was notified/);
  });
});
