import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder `name` in the user's cache (`~/.cache/pvcwatch`): for what is too large to fetch with every checkout.
 * If it is missing, `fill` puts its contents into a folder aside.
 *
 * That one is renamed into place when it is complete, so an interrupted install leaves nothing that looks whole, and of
 * two processes that install at once either may win.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pvcwatch');
  const home = join(cache, name);
  if (existsSync(home)) return home;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(`${home}.partial-`);
  const discard = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', discard);
  try {
    await fill(folder);
    publish(folder, home);
  } finally {
    discard();
    process.removeListener('exit', discard);
  }
  return home;
}

function publish(folder: string, home: string): void {
  try {
    renameSync(folder, home);
  } catch (error) {
    // Another process was faster; what it installed is the same.
    if (!existsSync(home)) throw error;
  }
}
