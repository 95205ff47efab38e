import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Disposable } from '../base/disposable.ts';

/** The sockets of one connection: how many are open, and which errors ended one that had served before. */
export class Sockets implements Disposable {
  /** How many dispatchers were made for them since the beginning. */
  dispatchers = 0;
  readonly #open = new Set<Socket>();
  readonly #served = new WeakSet<Error>();
  #disposed = false;

  get open(): number {
    return this.#open.size;
  }

  /** The same connector, with its sockets known here from the end of their handshake until they close. */
  counted(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) =>
      connect(options, (...[failure, socket]) => {
        if (failure || !socket) {
          callback(failure ?? new Error('no socket'), null);
          return;
        }
        this.#add(socket);
        callback(null, socket);
      });
  }

  /** Whether it ended a socket on which something had been answered already: one kept alive, which either side may end at any time. */
  hadServed(error: unknown): boolean {
    return error instanceof Error && this.#served.has(error);
  }

  /** Breaks all of them, those of dispatchers that are closing too: undici forgets these. */
  dispose(): void {
    this.#disposed = true;
    for (const socket of this.#open) socket.destroy();
  }

  #add(socket: Socket): void {
    if (this.#disposed) socket.destroy();
    this.#open.add(socket);
    // Before undici's own listener, which tells whoever waits for an answer. Over TLS only what was decrypted counts as read.
    socket.prependListener('error', (error: Error) => {
      if (socket.bytesRead > 0) this.#served.add(error);
    });
    socket.once('close', () => this.#open.delete(socket));
  }
}
