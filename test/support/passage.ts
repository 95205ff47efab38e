import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

/**
 * The way from an API server into its "cluster", where nothing is: an HTTP proxy on a Unix socket that leads addresses of
 * TEST-NET-1 to ports on loopback. The API server itself refuses to pass requests on to loopback.
 */
export class Passage {
  readonly configFile: string;
  readonly #server: Server;
  readonly #ports = new Map<string, number>();
  readonly #sockets = new Set<Socket>();

  private constructor(folder: string) {
    this.configFile = join(folder, 'egress.json');
    const socket = join(folder, 'egress.sock');
    const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: socket } } };
    const config = {
      apiVersion: 'apiserver.k8s.io/v1beta1',
      kind: 'EgressSelectorConfiguration',
      egressSelections: [{ name: 'cluster', connection }],
    };
    writeFileSync(this.configFile, JSON.stringify(config));
    this.#server = createServer((_, response) => response.writeHead(405).end());
    this.#server.on('connect', ({ url = '' }, near: Socket) => this.#lead(url, near));
    this.#server.listen(socket);
  }

  static async open(folder: string): Promise<Passage> {
    const passage = new Passage(folder);
    await new Promise((resolve) => passage.#server.once('listening', resolve));
    return passage;
  }

  /** `address`: `192.0.2.10:10250` for example. */
  lead(address: string, port: number): void {
    this.#ports.set(address, port);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #lead(address: string, near: Socket): void {
    this.#keep(near);
    const port = this.#ports.get(address);
    if (port === undefined) {
      near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const far = connect(port, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      near.pipe(far);
      far.pipe(near);
    });
    this.#keep(far);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
