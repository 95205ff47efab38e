import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The parsed content of a file; undefined when it is missing, unreadable or not JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Replaces a file in one step, so that nobody reads half of it. Its folder is made. Rejects when the disk refuses. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${crypto.randomUUID()}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** When a file was last written, in ms since the epoch; undefined if it is not there. */
export async function modified(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

/** A file's name for a key: its hash, as keys are long, and name clusters, servers and users. */
export async function nameOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  return Buffer.from(digest).toString('hex').slice(0, 32);
}
