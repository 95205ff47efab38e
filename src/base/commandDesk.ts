import { type Disposable, toDisposable } from './disposable.ts';

type CommandHandler = (...args: unknown[]) => unknown;

/**
 * Takes commands before there is anybody to carry them out: they wait until `open`, or fail with the reason of `refuse`.
 *
 * VS Code looks a command up as soon as `activate` has answered. One that is registered a turn later is "not found", and one
 * whose code cannot be loaded is for ever.
 */
export class CommandDesk {
  readonly #handlers = new Map<string, CommandHandler>();
  readonly #opened = Promise.withResolvers<void>();

  constructor() {
    // Each command tells its caller.
    this.#opened.promise.catch(() => {});
  }

  /** Until disposed. */
  registerCommand(id: string, handler: CommandHandler): Disposable {
    this.#handlers.set(id, handler);
    return toDisposable(() => this.#handlers.delete(id));
  }

  /** Everything is registered. */
  open(): void {
    this.#opened.resolve();
  }

  /** Nothing will be. */
  refuse(message: string): void {
    this.#opened.reject(new Error(message));
  }

  /** What the handler answers. Rejects as it does, or when there is none. */
  async run(id: string, args: readonly unknown[]): Promise<unknown> {
    await this.#opened.promise;
    const handler = this.#handlers.get(id);
    if (!handler) throw new Error(`The command ${id} is not there any more.`);
    return await handler(...args);
  }
}
