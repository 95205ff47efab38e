import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { type HistorySample, keptSample } from '../domain/historySample.ts';
import type { ClaimSample, HistoryStore } from './history.ts';
import { packed, unpacked } from './packing.ts';
import { numberIn, Statements } from './statements.ts';
import { type Block, blockOf, recentFromMs, thinned, tiers, tooOldMs } from './thinning.ts';

const claimsAStep = 50;
const blocksAStep = 100;
const rowsAStep = 20_000;
/** Free pages are given back from so many on, and so many at a time. */
const pagesAStep = 500;

/**
 * The version of the tables, kept in the file's `user_version`.
 *
 * `recent` is in order of time, so that one poll of all claims writes a few pages and not one for each claim; its figures are
 * REAL, as SQLite's integers beyond 2^53 are refused when they are read. What is older is packed in `block`s of one claim.
 */
export const schemaVersion = 1;

const schema = `
  CREATE TABLE IF NOT EXISTS claim (id INTEGER PRIMARY KEY, cluster TEXT NOT NULL, uid TEXT NOT NULL, UNIQUE (cluster, uid));
  CREATE TABLE IF NOT EXISTS recent (at INTEGER, claim INTEGER, capacity REAL, available REAL, used REAL, inodes REAL,
    inodesUsed REAL, PRIMARY KEY (at, claim)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS block (id INTEGER PRIMARY KEY, claim INTEGER NOT NULL, tier INTEGER NOT NULL,
    start INTEGER NOT NULL, samples BLOB NOT NULL, UNIQUE (claim, tier, start));
  CREATE INDEX IF NOT EXISTS blockAge ON block (tier, start);
  PRAGMA user_version = ${schemaVersion};`;

/** Samples in an open SQLite database, of which it makes the tables. Every change is one transaction. */
export class SqliteStore implements HistoryStore {
  readonly #sql: Statements;
  readonly #mostBytes: number;

  constructor(database: DatabaseSync, mostBytes: number) {
    this.#sql = new Statements(database);
    this.#mostBytes = mostBytes;
    if (this.#sql.number('PRAGMA user_version') === schemaVersion) this.#check();
    else
      this.#sql.transaction(() => {
        this.#sql.exec(schema);
        this.#check();
      });
  }

  append(identity: string, samples: readonly ClaimSample[], nowMs: number): void {
    const recentMs = recentFromMs(nowMs);
    this.#sql.transaction(() => {
      for (const [uid, some] of Map.groupBy(samples, ({ uid }) => uid)) {
        const kept = some.flatMap((sample) => keptSample(sample) ?? []);
        if (kept.length === 0) continue;
        const claim = this.#claimOf(identity, uid);
        const old = kept.filter(({ atMs }) => atMs < recentMs);
        for (const sample of kept) if (sample.atMs >= recentMs) this.#insert(claim, sample);
        if (old.length > 0) this.#merge(claim, old, nowMs);
      }
    });
  }

  read(identity: string, uid: string, fromMs: number, toMs: number): HistorySample[] {
    // As of one moment: another window may be moving samples from one table to the other.
    return this.#sql.transaction(() => this.#read(identity, uid, fromMs, toMs), 'BEGIN');
  }

  clear(): void {
    this.#sql.transaction(() => this.#sql.exec('DELETE FROM recent; DELETE FROM block; DELETE FROM claim;'));
    this.#sql.exec('PRAGMA incremental_vacuum');
  }

  *tidy(nowMs: number): Generator<void, void> {
    yield* this.#packRecent(nowMs);
    for (const [tier, each] of tiers.entries()) yield* this.#promote(tier, tooOldMs(each, nowMs), nowMs);
    yield* this.#dropOldest();
    this.#sql.transaction(() =>
      this.#sql.run(
        'DELETE FROM claim WHERE NOT EXISTS (SELECT 1 FROM block WHERE claim = claim.id) AND id NOT IN (SELECT claim FROM recent)',
      ),
    );
    while ((this.#sql.number('PRAGMA freelist_count') ?? 0) > pagesAStep) {
      this.#sql.exec(`PRAGMA incremental_vacuum(${pagesAStep})`);
      yield;
    }
  }

  close(): void {
    this.#sql.close();
  }

  #read(identity: string, uid: string, fromMs: number, toMs: number): HistorySample[] {
    const claim = this.#sql.number('SELECT id FROM claim WHERE cluster = ? AND uid = ?', identity, uid);
    if (claim === undefined) return [];
    const found: HistorySample[] = [];
    for (const [tier, { blockMs }] of tiers.entries()) {
      const blocks = this.#sql.all(
        'SELECT samples FROM block WHERE claim = ? AND tier = ? AND start > ? AND start <= ?',
        ...[claim, tier, fromMs - blockMs, toMs],
      );
      for (const { samples } of blocks) found.push(...samplesIn(samples));
    }
    const rows = this.#sql.all('SELECT * FROM recent WHERE at >= ? AND at <= ? AND claim = ?', fromMs, toMs, claim);
    found.push(...rows.map(sampleOf));
    return thinned(
      found.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
      1,
    );
  }

  /** A file that holds something else entirely fails here, and not at the first sample. */
  #check(): void {
    for (const columns of ['cluster, uid FROM claim', 'at, capacity FROM recent', 'tier, samples FROM block'])
      this.#sql.all(`SELECT ${columns} LIMIT 1`);
  }

  /** Packs first and deletes at the end: a crash between leaves samples twice, which is once as they are read. */
  *#packRecent(nowMs: number): Generator<void, void> {
    const recentMs = recentFromMs(nowMs);
    if (this.#sql.number('SELECT at FROM recent WHERE at < ? LIMIT 1', recentMs) === undefined) return;
    let count = 0;
    let last = 0;
    while (true) {
      const ids = this.#sql.all('SELECT id FROM claim WHERE id > ? ORDER BY id LIMIT ?', last, claimsAStep);
      const first = last + 1;
      last = numberIn(ids.at(-1)?.id) ?? last;
      if (ids.length === 0) break;
      const rows = this.#sql.all('SELECT * FROM recent WHERE at < ? AND claim BETWEEN ? AND ?', recentMs, first, last);
      count += rows.length;
      this.#sql.transaction(() => {
        for (const [claim, some] of Map.groupBy(rows, ({ claim }) => numberIn(claim) ?? 0))
          this.#merge(claim, some.map(sampleOf), nowMs);
      });
      yield;
    }
    for (let left = count; left > 0; yield) {
      const deleted = this.#sql.transaction(() => {
        // Another window may have added to it meanwhile: then it is packed next time.
        if (this.#sql.number('SELECT count(*) FROM recent WHERE at < ?', recentMs) !== left) return left;
        const times = 'SELECT at FROM recent WHERE at < ? ORDER BY at LIMIT ?';
        return this.#sql.run(`DELETE FROM recent WHERE at <= (SELECT max(at) FROM (${times}))`, recentMs, rowsAStep);
      });
      left -= deleted;
    }
  }

  /** Moves blocks that are too old for their tier into the next one; those of the last one go. */
  *#promote(tier: number, tooOld: number, nowMs: number): Generator<void, void> {
    while (true) {
      const moved = this.#sql.transaction(() => {
        const blocks = this.#sql.all(
          'SELECT id, claim, samples FROM block WHERE tier = ? AND start <= ? ORDER BY start LIMIT ?',
          ...[tier, tooOld, blocksAStep],
        );
        for (const { id, claim, samples } of blocks) {
          this.#sql.run('DELETE FROM block WHERE id = ?', numberIn(id) ?? 0);
          this.#merge(numberIn(claim) ?? 0, samplesIn(samples), nowMs);
        }
        return blocks.length;
      });
      if (moved === 0) return;
      yield;
    }
  }

  *#dropOldest(): Generator<void, void> {
    while (this.#usedBytes() > this.#mostBytes) {
      const dropped = this.#sql.transaction(() => {
        const blocks = 'SELECT id FROM block ORDER BY tier DESC, start LIMIT ?';
        const changes = this.#sql.run(`DELETE FROM block WHERE id IN (${blocks})`, blocksAStep);
        if (changes > 0) return changes;
        const times = 'SELECT at FROM recent ORDER BY at LIMIT ?';
        return this.#sql.run(`DELETE FROM recent WHERE at <= (SELECT max(at) FROM (${times}))`, rowsAStep);
      });
      if (dropped === 0) return;
      yield;
    }
  }

  #usedBytes(): number {
    const pages = (this.#sql.number('PRAGMA page_count') ?? 0) - (this.#sql.number('PRAGMA freelist_count') ?? 0);
    return pages * (this.#sql.number('PRAGMA page_size') ?? 0);
  }

  #claimOf(identity: string, uid: string): number {
    this.#sql.run('INSERT OR IGNORE INTO claim (cluster, uid) VALUES (?, ?)', identity, uid);
    return this.#sql.number('SELECT id FROM claim WHERE cluster = ? AND uid = ?', identity, uid) ?? 0;
  }

  #insert(claim: number, { atMs, capacityBytes, availableBytes, ...more }: HistorySample): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO recent VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[atMs, claim, capacityBytes, availableBytes],
      ...[more.usedBytes ?? null, more.inodes ?? null, more.inodesUsed ?? null],
    );
  }

  /** Into the blocks where they belong at such a time. */
  #merge(claim: number, samples: readonly HistorySample[], nowMs: number): void {
    const blocks = Map.groupBy(samples, ({ atMs }) => keyOf(blockOf(atMs, nowMs)));
    for (const some of blocks.values()) {
      const block = some[0] && blockOf(some[0].atMs, nowMs);
      if (!block) continue;
      const place = [claim, block.tier, block.fromMs] as const;
      const [before] = this.#sql.all('SELECT samples FROM block WHERE claim = ? AND tier = ? AND start = ?', ...place);
      const all = [...(before ? samplesIn(before.samples) : []), ...some];
      const bytes = packed(thinned(all, tiers[block.tier]?.stepMs ?? 1));
      this.#sql.run(
        'INSERT INTO block (claim, tier, start, samples) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET samples = excluded.samples',
        ...place,
        bytes,
      );
    }
  }
}

function keyOf(block: Block | undefined): string {
  return block ? `${block.tier} ${block.fromMs}` : '';
}

function sampleOf(row: Record<string, SQLOutputValue>): HistorySample {
  return {
    atMs: numberIn(row.at) ?? 0,
    capacityBytes: numberIn(row.capacity) ?? 0,
    availableBytes: numberIn(row.available) ?? 0,
    usedBytes: numberIn(row.used),
    inodes: numberIn(row.inodes),
    inodesUsed: numberIn(row.inodesUsed),
  };
}

function samplesIn(blob: SQLOutputValue | undefined): HistorySample[] {
  return (blob instanceof Uint8Array ? unpacked(blob) : undefined) ?? [];
}
