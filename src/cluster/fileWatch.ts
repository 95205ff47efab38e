import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, every } from '../base/clock.ts';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable.ts';

const settleMs = 1_000;
const pollMs = 5_000;

/**
 * Tells when one of several files has changed, appeared or gone, after it has been still for a second.
 *
 * Folders are watched, because editors and kubectl replace files, and mounted secrets are links to links; a slow poll covers
 * what notifies nobody (network file systems, folders that do not exist yet).
 */
export function watchFiles(files: readonly string[], clock: Clock, changed: () => void): Disposable {
  const lifetime = new DisposableStore();
  let known: string | undefined;
  let settling: Disposable | undefined;
  const look = async () => {
    const states = await Promise.all(files.map(stateOf));
    if (lifetime.disposed) return;
    const next = JSON.stringify(states);
    const differs = known !== undefined && known !== next;
    known = next;
    if (!differs) return;
    settling?.dispose();
    settling = clock.after(settleMs, changed);
  };
  const lookSoon = () => void look();
  lookSoon();
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    const watcher = tryWatch(folder, lookSoon);
    if (watcher) lifetime.add(toDisposable(() => watcher.close()));
  }
  lifetime.add(every(clock, pollMs, lookSoon));
  lifetime.add(toDisposable(() => settling?.dispose()));
  return lifetime;
}

async function stateOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return '';
  }
}

function tryWatch(folder: string, told: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, told);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
