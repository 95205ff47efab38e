import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A lock between processes: a file that exists. Its holder touches it from time to time; one that has not been touched for
 * `staleMs` belonged to a process that died, and is taken over.
 *
 * The content is the holder's id. A takeover moves the old file away, which only one process can do; whoever believes to
 * hold the lock looks at the content before it acts.
 */
export class FileLock {
  readonly #file: string;
  readonly #id: string = crypto.randomUUID();
  readonly #staleMs: number;

  constructor(file: string, staleMs: number) {
    this.#file = file;
    this.#staleMs = staleMs;
  }

  /** Tries once; rejects when the folder cannot be written to. `wanted` decides on a living holder's note whether to take the lock from it. */
  async acquire(note: string, wanted: (holderNote: string) => boolean = () => false): Promise<boolean> {
    if (await this.#create(note)) return true;
    const content = await this.#read();
    if (content?.id === this.#id) return true;
    const ageMs = await this.#ageMs();
    const free = content === undefined || ageMs === undefined || ageMs > this.#staleMs || wanted(content.note);
    if (!free) return false;
    const aside = `${this.#file}.${crypto.randomUUID()}`;
    try {
      await rename(this.#file, aside);
      await rm(aside, { force: true });
    } catch {
      // Another process was first.
    }
    return await this.#create(note);
  }

  /** Says that the holder lives, and whether it still is the holder. */
  async touch(note: string): Promise<boolean> {
    const content = await this.#read();
    if (content?.id !== this.#id) return false;
    try {
      if (content.note === note) {
        const now = new Date();
        await utimes(this.#file, now, now);
        return true;
      }
      await this.#write('r+', note);
      return true;
    } catch {
      return false;
    }
  }

  async release(): Promise<void> {
    if ((await this.#read())?.id === this.#id) await rm(this.#file, { force: true });
  }

  /** False when there is one already. Rejects when the folder cannot be written to. */
  async #create(note: string): Promise<boolean> {
    await mkdir(dirname(this.#file), { recursive: true });
    try {
      await this.#write('wx', note);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Windows answers EPERM for a file that is just being removed.
      if (code === 'EEXIST' || code === 'EPERM') return false;
      throw error;
    }
  }

  async #write(flags: 'r+' | 'wx', note: string): Promise<void> {
    const handle = await open(this.#file, flags, 0o600);
    try {
      await handle.truncate();
      await handle.writeFile(`${this.#id} ${note}`);
    } finally {
      await handle.close();
    }
  }

  /** Undefined when there is none. A file that is just being written has an empty note. */
  async #read(): Promise<{ readonly id: string; readonly note: string } | undefined> {
    try {
      const [id = '', note = ''] = (await readFile(this.#file, 'utf8')).split(' ');
      return { id, note };
    } catch {
      return undefined;
    }
  }

  async #ageMs(): Promise<number | undefined> {
    try {
      // File times and Date are both the machine's wall clock.
      return Date.now() - (await stat(this.#file)).mtimeMs;
    } catch {
      return undefined;
    }
  }
}
