import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import { Probe } from '../../../src/cluster/probe.ts';
import { WatchAttempt } from '../../../src/cluster/watchAttempt.ts';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';
import { claim, noCredential, targetAt } from './reflectorHarness.ts';

const events = 24_000;
const padding = 'x'.repeat(800);
const line = (version: number) => {
  const object = { ...claim('a', String(version)), metadata: { ...claim('a', String(version)).metadata, padding } };
  return `${JSON.stringify({ type: 'MODIFIED', object })}\n`;
};

/** Sends so many events as fast as the other side takes them, and says how many bytes that were. */
class Torrent {
  sentBytes = 0;
  url = '';
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => void this.#pour(socket));
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  async #pour(socket: Socket): Promise<void> {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n');
    for (let version = 1; version <= events && !socket.destroyed; version++) {
      const piece = line(version);
      this.sentBytes += piece.length;
      if (!socket.write(piece)) await once(socket, 'drain').catch(() => {});
    }
    socket.end();
  }
}

describe('watch: a consumer slower than the stream', () => {
  it('loses no event, and lets the server wait instead of piling up what has come', async () => {
    const server = new Torrent();
    await server.start();
    const connection = new Connection(targetAt(server.url), noCredential, silentLog);
    let taken = 0;
    let takenBytes = 0;
    let mostPending = 0;
    const attempt = new WatchAttempt({
      collection: { kind: claims },
      connection,
      probe: new Probe(connection, systemClock),
      clock: systemClock,
      random: Math.random,
      interner: new Interner(),
      listener: {
        opened: () => {},
        changed: (_, { resourceVersion }) => {
          assert.equal(resourceVersion, String(++taken));
          takenBytes += line(taken).length;
          mostPending = Math.max(mostPending, server.sentBytes - takenBytes);
          // Takes longer than reading it did.
          const untilMs = performance.now() + 0.03;
          while (performance.now() < untilMs);
          return true;
        },
        reached: () => {},
        bookmarked: () => false,
      },
    });
    const outcome = await attempt.run('0', 'background', new AbortController().signal);
    connection.dispose();
    server.stop();
    assert.deepEqual([outcome.end, taken], ['again', events]);
    assert.ok(server.sentBytes > 24e6);
    // What the kernel holds of a connection on loopback, and little more.
    assert.ok(mostPending < 12e6, `${(mostPending / 1e6).toFixed(1)} MB were under way at most`);
  });
});
