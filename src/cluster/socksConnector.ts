import { isIP, type Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** Longer than any answer of a proxy to a greeting. */
const answerLimit = 512;

const refusals: Readonly<Record<number, string>> = {
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
};

/**
 * Connects through a SOCKS5 proxy (RFC 1928), with user and password where its address has them (RFC 1929).
 *
 * The proxy resolves names, as Go has it do. `tcp` makes the connection to the proxy, `tls` the handshake with the server in
 * it; both have their own time limits, and `limitMs` bounds what lies between.
 */
export function socksConnector(
  proxy: URL,
  {
    tcp,
    tls,
    limitMs,
  }: { readonly tcp: buildConnector.connector; readonly tls: buildConnector.connector; readonly limitMs: number },
): buildConnector.connector {
  return (options, callback) => {
    const port = proxy.port || '1080';
    const host = proxy.hostname.replace(/^\[|\]$/g, '');
    tcp({ hostname: host, host: proxy.host, protocol: 'http:', port }, (...[failure, socket]) => {
      if (failure || !socket) {
        callback(failure ?? new SocksError('no connection'), null);
        return;
      }
      socket.setTimeout(limitMs, () => socket.destroy(new SocksError('no answer')));
      handshake(socket, proxy, options).then(
        () => {
          socket.setTimeout(0);
          if (options.protocol === 'https:') tls({ ...options, httpSocket: socket }, callback);
          else callback(null, socket);
        },
        (error: Error) => {
          socket.destroy();
          callback(error, null);
        },
      );
    });
  };
}

/** What a SOCKS proxy says no to. The message holds no credentials. */
export class SocksError extends Error {
  readonly code = 'PVCWATCH_SOCKS';
}

async function handshake(socket: Socket, proxy: URL, target: buildConnector.Options): Promise<void> {
  const answers = new Answers(socket);
  try {
    const [user, password] = [decodeURIComponent(proxy.username), decodeURIComponent(proxy.password)];
    socket.write(Buffer.from(user === '' ? [5, 1, 0] : [5, 2, 0, 2]));
    const [version, method] = await answers.take(2);
    if (version !== 5) throw new SocksError('it does not speak SOCKS5');
    if (method === 2 && user !== '') {
      socket.write(Buffer.concat([Buffer.from([1]), counted(user), counted(password)]));
      const [, status] = await answers.take(2);
      if (status !== 0) throw new SocksError('it does not accept the user and password of the proxy address');
    } else if (method !== 0) throw new SocksError('it wants another way to sign in');
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    socket.write(
      Buffer.concat([Buffer.from([5, 1, 0]), addressOf(target.hostname), Buffer.from([port >> 8, port & 255])]),
    );
    const [, reply = 1, , type = 1] = await answers.take(4);
    if (reply !== 0) throw new SocksError(refusals[reply] ?? `refusal ${reply}`);
    const length = type === 3 ? ((await answers.take(1))[0] ?? 0) : type === 4 ? 16 : 4;
    await answers.take(length + 2);
  } finally {
    answers.end();
  }
}

function addressOf(hostname: string): Buffer {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 4) return Buffer.from([1, ...host.split('.').map(Number)]);
  return Buffer.concat([Buffer.from([3]), counted(host)]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new SocksError('a name or password is too long');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** What the proxy has sent, byte by byte: what comes after its last answer belongs to the server. */
class Answers {
  readonly #socket: Socket;
  #waiting: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.pause();
    socket.on('readable', this.#look).on('error', this.#fail).on('close', this.#close);
  }

  async take(count: number): Promise<Buffer> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      const bytes: Buffer | null = this.#socket.read(Math.min(count, answerLimit));
      if (bytes) return bytes;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  end(): void {
    this.#socket.off('readable', this.#look).off('error', this.#fail).off('close', this.#close);
  }

  readonly #look = () => this.#waiting?.();
  readonly #fail = (error: Error) => {
    this.#failure ??= error;
    this.#waiting?.();
  };
  readonly #close = () => this.#fail(new SocksError('it closed the connection'));
}
