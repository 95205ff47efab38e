import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, every } from '../base/clock.ts';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable.ts';

const settleMs = 1_000;
/** A file that is rewritten all the time is told of after so long. */
const restlessMs = 5_000;
const pollMs = 5_000;

/**
 * Tells when one of several files has changed, appeared or gone, after it has been still for a second, or after five seconds
 * without stillness.
 *
 * Folders are watched, because editors and kubectl replace files, and mounted secrets are links to links; a slow poll covers
 * what notifies nobody (network file systems) and watches folders that have come, or come anew, since.
 */
export function watchFiles(files: readonly string[], clock: Clock, changed: () => void): Disposable {
  const lifetime = new DisposableStore();
  let known: string | undefined;
  let settling: Disposable | undefined;
  let restlessSinceMs: number | undefined;
  const look = async () => {
    const states = await Promise.all(files.map(stateOf));
    if (lifetime.disposed) return;
    const next = JSON.stringify(states);
    const differs = known !== undefined && known !== next;
    known = next;
    if (!differs) return;
    settling?.dispose();
    const nowMs = clock.monotonicMs();
    restlessSinceMs ??= nowMs;
    settling = clock.after(Math.max(0, Math.min(settleMs, restlessSinceMs + restlessMs - nowMs)), () => {
      restlessSinceMs = undefined;
      changed();
    });
  };
  const lookSoon = () => void look();
  const folders = [...new Set(files.map((file) => dirname(file)))].map((folder) => new FolderWatch(folder, lookSoon));
  for (const folder of folders) lifetime.add(folder);
  lookSoon();
  lifetime.add(
    every(clock, pollMs, () => {
      for (const folder of folders) void folder.check();
      lookSoon();
    }),
  );
  lifetime.add(toDisposable(() => settling?.dispose()));
  return lifetime;
}

/** Hears of changes in one folder, also after that has come late or has been replaced by another. */
class FolderWatch implements Disposable {
  readonly #folder: string;
  readonly #told: () => void;
  #watcher: FSWatcher | undefined;
  #inode: number | undefined;
  #disposed = false;

  constructor(folder: string, told: () => void) {
    this.#folder = folder;
    this.#told = told;
    this.#open();
    void this.check();
  }

  /** Begins anew where the folder is not the one that is being watched. */
  async check(): Promise<void> {
    const inode = await stat(this.#folder).then(
      ({ ino }) => ino,
      () => undefined,
    );
    if (this.#disposed) return;
    const same = this.#inode === undefined || this.#inode === inode;
    this.#inode = inode;
    if (!same) this.#close();
    if (!this.#watcher && inode !== undefined) this.#open();
  }

  dispose(): void {
    this.#disposed = true;
    this.#close();
  }

  #open(): void {
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, this.#told);
      this.#watcher.on('error', () => this.#close());
    } catch {
      // Not there, or not to be watched: the poll covers it.
    }
  }

  #close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

async function stateOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return '';
  }
}
