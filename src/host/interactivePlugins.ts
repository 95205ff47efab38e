import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Which credential plugins have needed the user, kept over windows and restarts. */
export interface InteractivePlugins {
  has(key: string): Promise<boolean>;
  /** Resolves when every window can see it; never rejects. */
  set(key: string, interactive: boolean): Promise<void>;
}

const prefix = 'needs-user-';
/** Who has had more plugins than this is asked once more by the oldest. */
const kept = 100;

/**
 * A file per plugin in the extension's global storage: what one window has learned holds in the next one at once, before it
 * has its turn. VS Code's own memory tells other windows later. `key` has to be fit for the name of a file.
 */
export function interactivePlugins(folder: string): InteractivePlugins {
  /** Where nothing can be written each window remembers for itself. */
  const unwritten = new Set<string>();
  const fileOf = (key: string) => join(folder, `${prefix}${key}`);
  return {
    async has(key) {
      return unwritten.has(key) || (await timeOf(fileOf(key))) !== undefined;
    },
    async set(key, interactive) {
      unwritten.delete(key);
      try {
        if (!interactive) {
          await rm(fileOf(key), { force: true });
          return;
        }
        await mkdir(folder, { recursive: true });
        await writeFile(fileOf(key), '', { mode: 0o600 });
        await forgetOldest(folder);
      } catch {
        if (interactive) unwritten.add(key);
      }
    },
  };
}

async function forgetOldest(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
  if (files.length <= kept) return;
  const times = await Promise.all(files.map(async (file) => ({ file, timeMs: (await timeOf(file)) ?? 0 })));
  times.sort((a, b) => b.timeMs - a.timeMs);
  for (const { file } of times.slice(kept)) await rm(file, { force: true });
}

async function timeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}
