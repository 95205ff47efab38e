import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Readings } from '../domain/reading.ts';
import { readingsFromJson } from '../domain/readingsJson.ts';
import { recordOf } from '../domain/settingForms.ts';
import type { SharedUsage, WrittenUsage } from '../session/currentUsage.ts';
import { modified, nameOf, readJson, writeJson } from './jsonFile.ts';

const version = 1;
/** What was written before is not what is used now. */
const recentMs = 10 * 60_000;
/** A file that nobody has written for so long is of no use to anybody. */
const keptMs = 24 * 3_600_000;

/**
 * Readings that the windows of one user share: one file for each target, in a folder of the extension's global storage. A file
 * of another version, or one that is no such file, is nothing.
 */
export class SharedUsageFiles implements SharedUsage {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #log: Log;
  /** What each file was read as last, and when that was written. */
  readonly #known = new Map<string, { readonly modifiedMs: number; readonly stored: WrittenUsage | undefined }>();
  /** Writes run one after the other: the last one is what stays. */
  #queue: Promise<void> = Promise.resolve();
  #cleared = false;

  constructor(folder: string, clock: Clock, log: Log) {
    this.#folder = join(folder, 'usage');
    this.#clock = clock;
    this.#log = log;
  }

  async read(key: string): Promise<WrittenUsage | undefined> {
    const file = await this.#fileOf(key);
    const modifiedMs = await modified(file);
    if (modifiedMs === undefined) return undefined;
    let known = this.#known.get(file);
    if (known?.modifiedMs !== modifiedMs) {
      known = { modifiedMs, stored: storedIn(await readJson(file), key) };
      this.#known.set(file, known);
    }
    const { stored } = known;
    const ageMs = this.#clock.now() - (stored?.atMs ?? Number.NEGATIVE_INFINITY);
    return stored && ageMs <= recentMs && ageMs >= -recentMs ? stored : undefined;
  }

  write(key: string, readings: Readings): Promise<void> {
    const stored = { version, key, atMs: this.#clock.now(), readings: Object.fromEntries(readings) };
    this.#queue = this.#queue.then(async () => {
      try {
        await writeJson(await this.#fileOf(key), stored);
        if (!this.#cleared) await this.#clear();
      } catch (error) {
        this.#log.warn(`Cannot share used bytes: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    return this.#queue;
  }

  /** Once in the life of a window, after its first write. */
  async #clear(): Promise<void> {
    this.#cleared = true;
    for (const name of await readdir(this.#folder)) {
      const file = join(this.#folder, name);
      const modifiedMs = await modified(file);
      if (modifiedMs !== undefined && Date.now() - modifiedMs > keptMs) await rm(file, { force: true });
    }
  }

  async #fileOf(key: string): Promise<string> {
    return join(this.#folder, `${await nameOf(key)}.json`);
  }
}

function storedIn(value: unknown, key: string): WrittenUsage | undefined {
  const fields = recordOf(value);
  const readings = readingsFromJson(fields?.readings);
  if (fields?.version !== version || fields.key !== key || typeof fields.atMs !== 'number') return undefined;
  return readings && { atMs: fields.atMs, readings };
}
