import { createServer as createHttpServer, type RequestListener, request as sendRequest } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy on loopback that wants the user `me` with the password `p@ss`, and notes where it was asked to go. */
export interface FakeProxy {
  readonly port: number;
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;

/** An HTTP proxy: CONNECT for TLS, whole addresses for plain http. With a certificate it is spoken to over TLS itself. */
export async function httpProxy(tls?: ServerOptions): Promise<FakeProxy> {
  const asked: string[] = [];
  const take: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.headers['proxy-authorization'] !== basic) {
      response.writeHead(407).end();
      return;
    }
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = sendRequest(request.url ?? '', { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    request.pipe(onward);
  };
  const server = tls ? createHttpsServer(tls, take) : createHttpServer(take);
  server.on('connect', (request, client: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (request.headers['proxy-authorization'] !== basic) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    join(client, connect(Number(port), host));
  });
  return await listening(server, asked);
}

/** A SOCKS5 proxy. */
export async function socksProxy(): Promise<FakeProxy> {
  const asked: string[] = [];
  const server = createServer((client) => {
    client.on('error', () => {});
    const steps = [
      (greeting: Buffer) => client.write(Buffer.from([5, greeting.includes(2, 2) ? 2 : 255])),
      (login: Buffer) => {
        const length = login[1] ?? 0;
        const text = `${login.subarray(2, 2 + length)}:${login.subarray(3 + length)}`;
        client.write(Buffer.from([1, text === 'me:p@ss' ? 0 : 1]));
      },
      (wanted: Buffer) => {
        const name = wanted[3] === 3;
        const host = name ? wanted.subarray(5, -2).toString() : wanted.subarray(4, 8).join('.');
        const port = wanted.readUInt16BE(wanted.length - 2);
        asked.push(`${name ? 'name' : 'address'} ${host}:${port}`);
        const onward = connect(port, host);
        onward.on('error', () => client.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
        onward.on('connect', () => {
          client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
          join(client, onward);
        });
      },
    ];
    const next = () =>
      client.once('data', (bytes: Buffer) => {
        steps.shift()?.(bytes);
        if (steps.length > 0) next();
      });
    next();
  });
  return await listening(server, asked);
}

function join(one: Socket, other: Socket): void {
  for (const socket of [one, other]) socket.on('error', () => socket.destroy());
  one.pipe(other).pipe(one);
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroy());
}

async function listening(server: Server, asked: readonly string[]): Promise<FakeProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
