import { type ChildProcess, fork } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';

/** A program of the bench in a Node process of its own, which ends with this one. */
export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #name: string;

  /** `script` relative to bench/, or absolute. */
  constructor(script: string, args: readonly string[], flags: readonly string[] = []) {
    this.#name = script;
    this.#child = fork(resolvePath(import.meta.dirname, script), args, { execArgv: [...flags] });
    process.once('exit', this.#kill);
  }

  /** Its next message; rejects when it ends without one or takes too long. */
  async message<T>(limitMs = 60_000): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.#name}: no result within ${limitMs / 1000} s.`)), limitMs);
      const settle = (end: () => void) => {
        clearTimeout(late);
        this.#child.off('message', received).off('exit', ended);
        end();
      };
      const received = (message: unknown) => settle(() => resolve(message as T));
      const ended = (code: number | null) => settle(() => reject(new Error(`${this.#name} has ended with ${code}.`)));
      this.#child.on('message', received).on('exit', ended);
    });
  }

  send(message: object): void {
    this.#child.send(message);
  }

  async stop(): Promise<void> {
    const gone =
      this.#child.exitCode !== null || this.#child.signalCode !== null
        ? Promise.resolve()
        : new Promise((resolve) => this.#child.once('exit', resolve));
    this.#kill();
    await gone;
    process.off('exit', this.#kill);
  }

  readonly #kill = () => {
    this.#child.kill('SIGKILL');
  };
}

/** Runs a program to its first message. */
export async function resultOf<T>(
  script: string,
  args: readonly string[],
  flags: readonly string[],
  limitMs?: number,
): Promise<T> {
  const child = new BenchProcess(script, args, flags);
  try {
    return await child.message<T>(limitMs);
  } finally {
    await child.stop();
  }
}
