import { createHook } from 'node:async_hooks';
import fs from 'node:fs';

type AnyFunction = (...args: unknown[]) => unknown;

/** Kinds of asynchronous work (async_hooks) that leave the process. */
const kinds =
  /^(FSREQ|FILEHANDLE|FSEVENT|STATWATCHER|TCP|TLS|PIPE|UDP|GETADDRINFO|GETNAMEINFO|QUERYWRAP|PROCESS|WORKER|HTTP2|HTTPCLIENT)/;
/** Where VS Code's own code for the extension host lies. */
const vscodeCode = 'extensionHostProcess.js';

/**
 * Notes which files, sockets, processes and threads are reached for, by whatever code, while a task runs: asynchronous
 * work by its beginning, synchronous functions of `fs` by wrapping them until disposed.
 */
export class OutsideWorld {
  readonly loaded: string[] = [];
  readonly reached: string[] = [];
  readonly #folder: string;
  readonly #undo: (() => void)[] = [];
  #watching = false;

  /** `folder` of the extension, with a separator at its end. */
  constructor(folder: string) {
    this.#folder = folder;
    const hook = createHook({ init: (_id, kind) => kinds.test(kind) && this.#note(kind) }).enable();
    this.#undo.push(() => hook.disable());
    const functions = fs as unknown as Record<string, AnyFunction>;
    for (const [name, original] of Object.entries(functions)) {
      if (!name.endsWith('Sync') || typeof original !== 'function') continue;
      const replacement: AnyFunction = (...args) => {
        this.#noteFile(name, String(args[0]));
        return original.apply(fs, args);
      };
      functions[name] = Object.assign(replacement, original);
      this.#undo.push(() => {
        functions[name] = original;
      });
    }
  }

  /** Runs the task; what begins before it returns is noted. */
  watch<T>(task: () => T): T {
    this.#watching = true;
    try {
      return task();
    } finally {
      this.#watching = false;
    }
  }

  dispose(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  /** A module is loaded by finding out its real path and reading it. */
  #noteFile(name: string, path: string): void {
    if (!this.#watching) return;
    const module = path.startsWith(this.#folder) && /\.[cm]?js$/.test(path);
    if (module && name === 'readFileSync') this.loaded.push(path.slice(this.#folder.length));
    else if (!(module && name === 'realpathSync')) this.#note(`${name} ${path}`);
  }

  #note(what: string): void {
    if (!this.#watching) return;
    const lines = new Error().stack?.split('\n').slice(2) ?? [];
    const from = lines.find((line) => line.includes(this.#folder) || line.includes(vscodeCode))?.trim() ?? '';
    this.reached.push(`${what} ${from}`.trim());
  }
}
