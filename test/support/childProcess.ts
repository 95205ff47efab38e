import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program that ends with the test process at the latest. Its output goes to a file, for when something fails. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(file: string, args: readonly string[], logFile: string, env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(file, [...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
    running.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (data: Buffer) => append(logFile, data));
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        append(logFile, Buffer.from(String(error)));
        running.delete(this.#child);
        resolve();
      });
      this.#child.on('exit', () => {
        running.delete(this.#child);
        resolve();
      });
    });
  }

  get exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get ended(): Promise<void> {
    return this.#ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to end, insists after five seconds, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.exited) return;
    this.#child.kill('SIGCONT');
    this.#child.kill(signal);
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await this.#ended;
    clearTimeout(insist);
  }
}

function append(logFile: string, data: Buffer): void {
  try {
    appendFileSync(logFile, data);
  } catch {
    // The folder is removed while the last words arrive.
  }
}
