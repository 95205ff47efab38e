import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A lock between processes: a file that exists. Its holder touches it from time to time; one that has not been touched for
 * `staleMs` belonged to a process that died, and is taken over.
 *
 * The file is made by whoever finds none, and its content names that taking. From then on it is changed, replaced or removed
 * only under a guard: a second file, named after the taking and made exclusively, after which the content is looked at again.
 * So nobody removes a lock that is not the one that was judged. Whoever believes to hold the lock looks at the content before
 * it acts: a holder that slept for longer than `staleMs` has lost it.
 */
export class FileLock {
  readonly #file: string;
  readonly #staleMs: number;
  /** The present or last taking. */
  #id: string = crypto.randomUUID();

  constructor(file: string, staleMs: number) {
    this.#file = file;
    this.#staleMs = staleMs;
  }

  /** Tries once; rejects when the folder cannot be written to. `wanted` decides on a living holder's note whether to take the lock from it. */
  async acquire(note: string, wanted: (holderNote: string) => boolean = () => false): Promise<boolean> {
    if (await this.#create(note)) return true;
    const found = await this.#read();
    // It was released since.
    if (!found) return await this.#create(note);
    if (found.id === this.#id) return true;
    if (!(await this.#isFree(found, wanted))) return false;
    return await this.#guarded(found.id, async () => {
      const present = await this.#read();
      if (present?.id !== found.id || !(await this.#isFree(present, wanted))) return false;
      const id = crypto.randomUUID();
      await this.#replace(id, note);
      this.#id = id;
      return true;
    });
  }

  /** Says that the holder lives, and whether it still is the holder. */
  async touch(note: string): Promise<boolean> {
    const content = await this.#read();
    if (content?.id !== this.#id) return false;
    try {
      if (content.note !== note) return await this.#asHolder(() => this.#replace(this.#id, note));
      const now = new Date();
      await utimes(this.#file, now, now);
      return true;
    } catch {
      return false;
    }
  }

  async release(): Promise<void> {
    if ((await this.#read())?.id === this.#id) await this.#asHolder(() => rm(this.#file, { force: true }));
  }

  async #isFree({ note }: Content, wanted: (holderNote: string) => boolean): Promise<boolean> {
    const ageMs = await ageMsOf(this.#file);
    return (ageMs !== undefined && ageMs > this.#staleMs) || wanted(note);
  }

  /** Changes the file if it is still this holder's. */
  #asHolder(change: () => Promise<void>): Promise<boolean> {
    return this.#guarded(this.#id, async () => {
      if ((await this.#read())?.id !== this.#id) return false;
      await change();
      return true;
    });
  }

  /**
   * Runs while nobody else may change what was taken as `id`; false when somebody else is at it. A guard whose process died,
   * which takes a death within the same millisecond, is cleared for the next try.
   */
  async #guarded(id: string, task: () => Promise<boolean>): Promise<boolean> {
    const guard = `${this.#file}.${/^[\w-]+$/.test(id) ? id : 'unnamed'}`;
    if (!(await createdExclusively(guard, ''))) {
      if (((await ageMsOf(guard)) ?? 0) > this.#staleMs) await rm(guard, { force: true });
      return false;
    }
    try {
      return await task();
    } finally {
      await rm(guard, { force: true });
    }
  }

  /** False when there is one already. Rejects when the folder cannot be written to. */
  async #create(note: string): Promise<boolean> {
    await mkdir(dirname(this.#file), { recursive: true });
    const id = crypto.randomUUID();
    if (!(await createdExclusively(this.#file, `${id} ${note}`))) return false;
    this.#id = id;
    return true;
  }

  /** The file is whole at every moment: whoever reads it meanwhile sees the old content or the new. */
  async #replace(id: string, note: string): Promise<void> {
    const aside = `${this.#file}.${crypto.randomUUID()}`;
    try {
      await writeFile(aside, `${id} ${note}`, { mode: 0o600 });
      await rename(aside, this.#file);
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
  }

  /** Undefined when there is none. A file that is just being created is empty. */
  async #read(): Promise<Content | undefined> {
    try {
      const [id = '', note = ''] = (await readFile(this.#file, 'utf8')).split(' ');
      return { id, note };
    } catch {
      return undefined;
    }
  }
}

interface Content {
  readonly id: string;
  readonly note: string;
}

async function createdExclusively(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows answers EPERM for a file that is just being removed.
    if (code === 'EEXIST' || code === 'EPERM') return false;
    throw error;
  }
}

/** File times and Date are both the machine's wall clock. */
async function ageMsOf(file: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}
