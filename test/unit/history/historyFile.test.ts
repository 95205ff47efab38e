import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sqlite from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type Log, silentLog } from '../../../src/base/log.ts';
import { HistoryFile } from '../../../src/history/historyFile.ts';

const nowMs = Date.UTC(2026, 10, 25, 9, 30);
const sample = { uid: 'a', atMs: nowMs, capacityBytes: 100, availableBytes: 40 };

describe('a history file', () => {
  let folder: string;
  let file: string;
  let warnings: string[];
  let open: () => HistoryFile;
  const opened: HistoryFile[] = [];
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-history-'));
    file = join(folder, 'history.sqlite');
    warnings = [];
    const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
    open = () => {
      const store = new HistoryFile(sqlite, { file, mostBytes: 1_000_000, log });
      opened.push(store);
      return store;
    };
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const store of opened.splice(0)) store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const timesIn = (store: HistoryFile) => store.read('prod', 'a', 0, nowMs + 1e9).map(({ atMs }) => atMs);
  const journalOf = () => {
    const database = new sqlite.DatabaseSync(file);
    const mode = database.prepare('PRAGMA journal_mode').get()?.journal_mode;
    database.close();
    return mode;
  };

  it('is there again after it was closed, with a WAL', () => {
    open().append('prod', [sample], nowMs);
    opened.pop()?.close();
    assert.deepEqual(timesIn(open()), [nowMs]);
    assert.equal(journalOf(), 'wal');
    assert.deepEqual(warnings, []);
  });

  it('has a rollback journal where there can be no WAL', () => {
    const address = pathToFileURL(file);
    // This way to files has no shared memory.
    address.searchParams.set('vfs', 'unix-dotfile');
    class WithoutSharedMemory extends sqlite.DatabaseSync {
      constructor(_path: string, options: sqlite.DatabaseSyncOptions) {
        super(address, options);
      }
    }
    const module = { ...sqlite, DatabaseSync: WithoutSharedMemory as typeof sqlite.DatabaseSync };
    const store = new HistoryFile(module, { file, mostBytes: 1_000_000, log: silentLog });
    opened.push(store);
    store.append('prod', [sample], nowMs);
    assert.deepEqual(timesIn(store), [nowMs]);
    assert.equal(journalOf(), 'delete');
  });

  const garbage: [title: string, content: () => Uint8Array][] = [
    ['is no database', () => Buffer.from('not a database '.repeat(1000))],
    ['ends in its header', () => databaseOf('CREATE TABLE claim (id INTEGER)').subarray(0, 60)],
  ];
  for (const [title, content] of garbage)
    it(`that ${title} is set aside with a message`, () => {
      const before = content();
      writeFileSync(file, before);
      beginsAnew();
      assert.ok(readFileSync(`${file}.corrupt`).equals(before));
    });

  const foreign: [title: string, sql: string, tables: number][] = [
    ['has other tables of the same names', 'CREATE TABLE claim (id INTEGER)', 1],
    ['lacks its tables', 'PRAGMA user_version = 1', 0],
  ];
  for (const [title, sql, tables] of foreign)
    it(`that ${title} is set aside with a message`, () => {
      writeFileSync(file, databaseOf(sql));
      beginsAnew();
      const aside = new sqlite.DatabaseSync(`${file}.corrupt`);
      assert.equal(aside.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.count, tables);
      aside.close();
    });

  function beginsAnew(): void {
    const store = open();
    store.append('prod', [sample], nowMs);
    assert.deepEqual(timesIn(store), [nowMs]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /could not be read and begins anew; .*history\.sqlite\.corrupt/);
  }

  it('of a newer version is set aside with a message, with all that is in it', () => {
    open().append('prod', [sample], nowMs);
    opened.pop()?.close();
    const newer = new sqlite.DatabaseSync(file);
    newer.exec('PRAGMA user_version = 7');
    newer.close();
    const store = open();
    assert.deepEqual(timesIn(store), []);
    store.append('prod', [sample], nowMs);
    assert.deepEqual(timesIn(open()), [nowMs]);
    assert.match(warnings.join(), /newer version and begins anew; .*history\.sqlite\.schema-7\.$/);
    const aside = new sqlite.DatabaseSync(`${file}.schema-7`);
    assert.equal(aside.prepare('SELECT count(*) AS count FROM recent').get()?.count, 1);
    aside.close();
  });

  it('that becomes corrupt while it is open is set aside once by all windows, which go on', () => {
    const writer = open();
    const samples = Array.from({ length: 2000 }, (_, index) => ({ ...sample, uid: `claim-${index}` }));
    writer.append('prod', samples, nowMs);
    opened.pop()?.close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xaa, 8192));
    const [one, other] = [open(), open()];
    one.append('prod', [...samples, sample], nowMs);
    other.append('prod', [{ ...sample, atMs: nowMs + 1000 }], nowMs);
    one.append('prod', [{ ...sample, atMs: nowMs + 2000 }], nowMs);
    // Whoever still had the old file found out with its first use of it.
    assert.deepEqual(timesIn(open()), timesIn(other));
    assert.ok(timesIn(other).includes(nowMs + 1000));
    assert.ok(existsSync(`${file}.corrupt`));
    assert.ok(warnings.length >= 1, warnings.join());
  });

  it('is written by one process and read by another at the same time', async () => {
    const child = fork(join(import.meta.dirname, 'historyWriter.ts'), [file, String(nowMs)]);
    children.push(child);
    const next = async () => Number((await once(child, 'message'))[0]);
    await next();
    const reader = open();
    let before = 0;
    for (let round = 0; round < 20; round++) {
      const written = await next();
      const times = timesIn(reader);
      assert.ok(times.length >= written && times.length >= before, `${times.length} of ${written}`);
      before = times.length;
    }
    reader.append('prod', [{ ...sample, uid: 'b' }], nowMs);
    assert.equal(reader.read('prod', 'b', 0, nowMs).length, 1);
  });

  it('is read as of one moment, also when another window tidies it up meanwhile', () => {
    const writer = open();
    writer.append('prod', [sample], nowMs);
    let tidied = 0;
    class Interrupted extends sqlite.DatabaseSync {
      override prepare(sql: string): sqlite.StatementSync {
        if (sql.startsWith('SELECT * FROM recent')) tidied += [...writer.tidy(nowMs + 20 * 3_600_000)].length;
        return super.prepare(sql);
      }
    }
    const module = { ...sqlite, DatabaseSync: Interrupted as typeof sqlite.DatabaseSync };
    const reader = new HistoryFile(module, { file, mostBytes: 1_000_000, log: silentLog });
    opened.push(reader);
    assert.deepEqual(timesIn(reader), [nowMs]);
    assert.ok(tidied > 0);
    assert.deepEqual(timesIn(reader), [nowMs]);
  });

  it('keeps all that a writer had written when it was killed', async () => {
    const child = fork(join(import.meta.dirname, 'historyWriter.ts'), [file, String(nowMs)]);
    children.push(child);
    let written = 0;
    child.on('message', (count) => {
      written = Number(count);
      if (written === 25) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const times = timesIn(open());
    assert.ok(written >= 25 && times.length >= written && times.length <= written + 1, `${times.length} of ${written}`);
    assert.deepEqual(
      times,
      times.map((_, index) => nowMs + index * 1000),
    );
    assert.deepEqual(warnings, []);
  });

  it('cannot be where a file is in the way', () => {
    file = join(folder, 'plain', 'history.sqlite');
    writeFileSync(join(folder, 'plain'), '');
    assert.throws(open, /unable to open database file/);
  });

  it('cannot be in a folder that is read-only, and leaves nothing there', () => {
    const readOnly = join(folder, 'readOnly');
    file = join(readOnly, 'history.sqlite');
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o555);
    chmodSync(folder, 0o755);
    asNobody(() => assert.throws(open, /unable to open database file/));
    assert.deepEqual(readdirSync(readOnly), []);
  });

  /** A database of such tables. */
  function databaseOf(sql: string): Buffer {
    const path = join(folder, 'other');
    const database = new sqlite.DatabaseSync(path);
    database.exec(sql);
    database.close();
    return readFileSync(path);
  }
});

/** To root nothing is read-only, so it steps back for a moment. */
function asNobody(task: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    task();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
