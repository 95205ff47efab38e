import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that was started `detached`, with everything it has started in turn; ends with this process at the latest. */
export class ProcessGroup {
  /** Settles when the program itself has ended. */
  readonly ended: Promise<void>;
  #leaderEnded = false;
  readonly #id: number;
  readonly #killAll = () => this.#signal('SIGKILL');

  constructor(leader: ChildProcess) {
    this.#id = leader.pid ?? 0;
    process.once('exit', this.#killAll);
    this.ended = new Promise<void>((resolve) => {
      leader.once('error', () => resolve());
      leader.once('exit', () => resolve());
    }).then(() => {
      this.#leaderEnded = true;
    });
  }

  get leaderEnded(): boolean {
    return this.#leaderEnded;
  }

  /** Asks all to end, insists after three seconds. */
  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    for (let waited = 0; this.#signal(0) && waited < 3_000; waited += 50) await sleep(50);
    this.#signal('SIGKILL');
    await this.ended;
    process.removeListener('exit', this.#killAll);
  }

  /** False when the group has no process any more. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    if (this.#id === 0) return false;
    try {
      return process.kill(process.platform === 'win32' ? this.#id : -this.#id, signal);
    } catch {
      return false;
    }
  }
}
