import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import type * as sqlite from 'node:sqlite';
import type { Log } from '../base/log.ts';
import type { HistorySample } from '../domain/historySample.ts';
import type { ClaimSample, HistoryStore } from './history.ts';
import { SqliteStore, schemaVersion } from './sqliteStore.ts';

/** How long one window waits for another that writes. */
const busyMs = 5_000;

export interface HistoryFileOptions {
  readonly file: string;
  /** The most that the samples take; the oldest go first. */
  readonly mostBytes: number;
  readonly log: Log;
}

/**
 * Samples in a file that several windows share.
 *
 * A file that is corrupt, now or later, is set aside as `FILE.corrupt`, one that a newer version wrote as `FILE.schema-N`, with
 * a message, and a new one begins. Throws where no file can be written at all.
 *
 * The journal is a WAL, so that readers never wait for the writer; where that cannot be (no shared memory, as on some network
 * file systems) it is a rollback journal. Either is synced at every commit, which is once a minute.
 */
export class HistoryFile implements HistoryStore {
  readonly #sqlite: typeof sqlite;
  readonly #options: HistoryFileOptions;
  #store: SqliteStore;

  constructor(module: typeof sqlite, options: HistoryFileOptions) {
    this.#sqlite = module;
    this.#options = options;
    this.#store = this.#open();
  }

  append(identity: string, samples: readonly ClaimSample[], nowMs: number): void {
    this.#safely((store) => store.append(identity, samples, nowMs));
  }

  read(identity: string, uid: string, fromMs: number, toMs: number): HistorySample[] {
    return this.#safely((store) => store.read(identity, uid, fromMs, toMs));
  }

  clear(): void {
    this.#safely((store) => store.clear());
  }

  *tidy(nowMs: number): Generator<void, void> {
    const store = this.#store;
    const steps = store.tidy(nowMs);
    while (!this.#safely((current) => current !== store || steps.next().done === true)) yield;
  }

  close(): void {
    this.#store.close();
  }

  /**
   * Does it again with a fresh connection where the file turned out to be corrupt, as another window may have set it aside
   * already, and then with a fresh file.
   */
  #safely<T>(use: (store: SqliteStore) => T): T {
    for (const again of [() => this.#open(), () => this.#afresh()]) {
      try {
        return use(this.#store);
      } catch (error) {
        if (!isCorrupt(error)) throw error;
        this.#store.close();
        this.#store = again();
      }
    }
    return use(this.#store);
  }

  #open(): SqliteStore {
    const opened = inodeOf(this.#options.file);
    try {
      return this.#connect();
    } catch (error) {
      if (!isCorrupt(error) && !isForeign(error)) throw error;
      return this.#afresh(opened);
    }
  }

  #afresh(opened = inodeOf(this.#options.file)): SqliteStore {
    const { file, log } = this.#options;
    // Another window may have been faster; what is there now is its new one then.
    if (inodeOf(file) === opened) {
      const aside = setAside(file, 'corrupt');
      log.warn(`The history of usage could not be read and begins anew; what was there is kept as ${aside}.`);
    }
    return this.#connect();
  }

  #connect(): SqliteStore {
    const { file, mostBytes, log } = this.#options;
    const database = new this.#sqlite.DatabaseSync(file, { timeout: busyMs });
    try {
      const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
      if (version > schemaVersion) {
        database.close();
        const aside = setAside(file, `schema-${version}`);
        log.warn(`The history of usage is of a newer version and begins anew; what was there is kept as ${aside}.`);
        return this.#connect();
      }
      database.exec('PRAGMA auto_vacuum = INCREMENTAL');
      if (!hasWal(database)) database.exec('PRAGMA journal_mode = DELETE');
      database.exec('PRAGMA synchronous = FULL');
      return new SqliteStore(database, mostBytes);
    } catch (error) {
      if (database.isOpen) database.close();
      throw error;
    }
  }
}

function hasWal(database: sqlite.DatabaseSync): boolean {
  try {
    return database.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode === 'wal';
  } catch (error) {
    if (isCorrupt(error)) throw error;
    return false;
  }
}

/** With its journal, which is worth nothing without it. Returns the new path. */
function setAside(file: string, why: string): string {
  const aside = `${file}.${why}`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    rmSync(aside + suffix, { force: true });
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
function isCorrupt(error: unknown): boolean {
  return [11, 26].includes(codeOf(error));
}

/** SQLITE_ERROR: tables are missing, or are others of the same names. */
function isForeign(error: unknown): boolean {
  return codeOf(error) === 1;
}

/** SQLite's primary result code; 0 for what is none of its errors. */
function codeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}
