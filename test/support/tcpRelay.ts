import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a way does with bytes. `silent`: takes them and passes nothing on, for good: what is open then never recovers, as behind
 * a NAT that has forgotten it. `refused`: resets what is open and does not listen. `slow`: some 12 KB a second to the client.
 */
export type Way = 'open' | 'silent' | 'refused' | 'slow';

const slow = { bytes: 256, everyMs: 20 };

/** A way to a server on loopback, as bytes, that can be made bad. It looks into nothing. */
export class TcpRelay {
  /** How many connections were taken since the beginning. */
  connections = 0;
  #way: Way = 'open';
  #server: Server | undefined;
  #port = 0;
  readonly #target: number;
  readonly #clients = new Set<Socket>();

  private constructor(target: number) {
    this.#target = target;
  }

  static async start(targetPort: number): Promise<TcpRelay> {
    const relay = new TcpRelay(targetPort);
    await relay.#listen();
    return relay;
  }

  get port(): number {
    return this.#port;
  }

  /** How many connections a client has open at present. */
  get open(): number {
    return this.#clients.size;
  }

  async become(way: Way): Promise<void> {
    this.#way = way;
    if (way === 'refused') await this.#shut();
    else await this.#listen();
  }

  /** Resets everything that is open. */
  cut(): void {
    for (const client of this.#clients) client.resetAndDestroy();
  }

  async close(): Promise<void> {
    await this.#shut();
  }

  async #listen(): Promise<void> {
    if (this.#server) return;
    this.#server = createServer((client) => this.#take(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #shut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #take(client: Socket): void {
    this.connections++;
    this.#clients.add(client);
    const server = connect(this.#target, '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => {});
      socket.on('close', () => {
        // The end of the other side is nothing that a silent way tells.
        if (socket === client || this.#way !== 'silent') other.destroy();
      });
    }
    client.on('close', () => this.#clients.delete(client));
    void this.#pass(client, server);
    void this.#pass(server, client);
  }

  async #pass(from: Socket, to: Socket): Promise<void> {
    let forgotten = this.#way === 'silent';
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        forgotten ||= this.#way === 'silent';
        if (!forgotten) await this.#write(from, to, piece);
      }
      if (!forgotten) to.end();
    } catch {
      // Broken by either side: told by `close`.
    }
  }

  async #write(from: Socket, to: Socket, piece: Buffer): Promise<void> {
    const toClient = this.#clients.has(to) && !this.#clients.has(from);
    for (let start = 0; start < piece.length && !to.destroyed; ) {
      const length = this.#way === 'slow' && toClient ? slow.bytes : piece.length;
      const flushed = to.write(piece.subarray(start, start + length));
      start += length;
      if (!flushed && !to.destroyed) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      if (start < piece.length) await sleep(slow.everyMs);
    }
  }
}
