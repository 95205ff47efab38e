import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import type { CredentialSource } from '../../../src/cluster/credential.ts';
import { credentialsOf } from '../../../src/cluster/credentials.ts';
import type { ResolvedTarget, ResolvedUser } from '../../../src/cluster/resolvedTarget.ts';
import { type Result, succeed } from '../../../src/domain/apiError.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { Authority } from '../../support/pki.ts';
import { eventually } from './eventually.ts';
import { httpProxy } from './fakeProxies.ts';
import { noCredential, targetAt } from './reflectorHarness.ts';

const signal = new AbortController().signal;

function messageOf(result: Result<unknown>): string {
  return result.ok ? 'answered' : `${result.error.reason}: ${result.error.message}`;
}

function constant(token: string): CredentialSource {
  return { canRefresh: false, get: async () => succeed({ token }) };
}

describe('connection: one way per request', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function serverOf(): Promise<FakeApiServer> {
    const server = await FakeApiServer.start();
    server.handler = (exchange) => exchange.json({ ok: true });
    ends.push(() => server.close());
    return server;
  }

  function connect(target: ResolvedTarget, credentials: CredentialSource): Connection {
    const connection = new Connection(target, credentials, silentLog);
    ends.push(() => connection.dispose());
    return connection;
  }

  it('never sends an old credential to a new server', async () => {
    const [old, fresh] = [await serverOf(), await serverOf()];
    let give = (_: string) => {};
    const late: CredentialSource = {
      canRefresh: true,
      get: (need) =>
        need === 'refresh401'
          ? Promise.resolve(succeed({ token: 'old-renewed' }))
          : new Promise((resolve) => {
              give = (token) => resolve(succeed({ token }));
            }),
    };
    old.handler = (exchange) => exchange.status(401, 'Unauthorized', 'no');
    const connection = connect(targetAt(old.url), late);
    const answer = connection.json('/api', { signal });
    connection.replace(targetAt(fresh.url), constant('new'));
    give('old');
    assert.equal(messageOf(await answer), 'answered');
    assert.deepEqual(
      fresh.requests.map(({ headers }) => headers.authorization),
      ['Bearer new'],
    );
    for (const { headers } of old.requests) assert.match(String(headers.authorization), /^Bearer old/);
  });

  it('answers from the new server what was refused by one that has been replaced meanwhile', async () => {
    const [old, fresh] = [await serverOf(), await serverOf()];
    const connection = connect(targetAt(old.url), constant('old'));
    old.handler = (exchange) => {
      connection.replace(targetAt(fresh.url), constant('new'));
      exchange.status(401, 'Unauthorized', 'no');
    };
    assert.equal(messageOf(await connection.json('/api', { signal })), 'answered');
    assert.deepEqual([old.requests.length, fresh.requests.length], [1, 1]);
  });

  it('lets an answer that is being read come to its end when it is replaced', async () => {
    const [old, fresh] = [await serverOf(), await serverOf()];
    old.handler = (exchange) => exchange.begin().raw('{"a":');
    const connection = connect(targetAt(old.url), noCredential);
    const answer = await connection.request('/api', { signal });
    connection.replace(targetAt(fresh.url), noCredential);
    old.exchanges[0]?.raw('1}').end();
    assert.deepEqual(answer.ok && (await answer.value.json()), succeed({ a: 1 }));
    await eventually('its socket is closed', () => connection.counts.sockets === 0);
  });

  it('breaks what is still open of a target that was replaced, when it is disposed', async () => {
    const [old, fresh] = [await serverOf(), await serverOf()];
    old.handler = (exchange) => exchange.begin();
    const connection = connect(targetAt(old.url), noCredential);
    const answer = await connection.request('/api', { signal });
    connection.replace(targetAt(fresh.url), noCredential);
    assert.equal(connection.counts.sockets, 1);
    connection.dispose();
    assert.match(messageOf(answer.ok ? await answer.value.json() : answer), /^unreachable/);
    assert.equal(connection.counts.sockets, 0);
  });

  it('sends many requests through a change of the target, none of which fails', async () => {
    const servers = [await serverOf(), await serverOf()];
    const connection = connect(targetAt(servers[0]?.url ?? ''), noCredential);
    const answers: Promise<Result<unknown>>[] = [];
    for (let turn = 0; turn < 60; turn++) {
      answers.push(connection.json('/api', { signal }));
      if (turn % 3 === 1) connection.replace(targetAt(servers[turn % 2]?.url ?? ''), constant(`t${turn}`));
      if (turn % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const answer of await Promise.all(answers)) assert.equal(messageOf(answer), 'answered');
  });
});

describe('connection: kept alive', () => {
  const ends: (() => unknown)[] = [];
  let server: FakeApiServer;
  let connection: Connection;
  beforeEach(async () => {
    server = await FakeApiServer.start();
    server.handler = (exchange) => exchange.json({ ok: true });
    connection = new Connection(targetAt(server.url), noCredential, silentLog);
    ends.push(
      () => server.close(),
      () => connection.dispose(),
    );
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** One request, and the turn in which its connection becomes free for the next. */
  const servedOnce = async () => {
    await connection.json('/api', { signal });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const cutNext = () => {
    let count = 0;
    server.handler = (exchange) => (++count === 1 ? exchange.cut() : exchange.json({ count }));
  };

  it('sends a GET again at once, on a fresh connection, that was lost with a connection kept alive', async () => {
    await servedOnce();
    cutNext();
    assert.deepEqual(await connection.json('/api', { signal }), succeed({ count: 2 }));
    assert.deepEqual(
      server.requests.map(({ connection: number }) => number),
      [1, 1, 2],
    );
  });

  it('sends it again once only', async () => {
    await servedOnce();
    server.handler = (exchange) => exchange.cut();
    assert.match(messageOf(await connection.json('/api', { signal })), /^unreachable: .*connection reset/);
    assert.equal(server.requests.length, 3);
  });

  it('sends nothing again that was lost on a fresh connection', async () => {
    server.handler = (exchange) => exchange.cut();
    assert.match(messageOf(await connection.json('/api', { signal })), /^unreachable/);
    assert.equal(server.requests.length, 1);
  });

  it('sends nothing again that could have changed something', async () => {
    await servedOnce();
    cutNext();
    const posted = await connection.json('/api', { signal, method: 'POST', body: {} });
    assert.match(messageOf(posted), /^unreachable/);
    assert.equal(server.requests.length, 2);
  });

  it('leaves what is open on other connections alone', async () => {
    server.handler = (exchange) => (exchange.request.path === '/watch' ? exchange.begin() : exchange.json({}));
    const watch = await connection.request('/watch', { signal });
    await servedOnce();
    cutNext();
    assert.equal(messageOf(await connection.json('/api', { signal })), 'answered');
    server.exchanges[0]?.raw('{}').end();
    assert.deepEqual(watch.ok && (await watch.value.json()), succeed({}));
  });
});

describe('connection: a hundred watches', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  for (const through of ['no proxy', 'an http proxy'] as const) {
    it(`through ${through} leave room for lists, a socket each`, async () => {
      const server = await FakeApiServer.start();
      server.handler = (exchange) => (exchange.request.path === '/watch' ? exchange.begin() : exchange.json({}));
      const proxy = through === 'no proxy' ? undefined : await httpProxy();
      const more = proxy ? { proxy: `http://me:p%40ss@127.0.0.1:${proxy.port}/` } : {};
      const connection = new Connection(targetAt(server.url, more), noCredential, silentLog);
      ends.push(
        () => server.close(),
        () => proxy?.close(),
        () => connection.dispose(),
      );
      const watches = await Promise.all(Array.from({ length: 100 }, () => connection.request('/watch', { signal })));
      assert.ok(watches.every(({ ok }) => ok));
      for (let list = 0; list < 10; list++)
        assert.equal(messageOf(await connection.json('/list', { signal })), 'answered');
      const { sockets, connections } = connection.counts;
      assert.ok(sockets >= 101 && sockets <= 103, `${sockets} sockets`);
      assert.equal(connections, 1);
    });
  }
});

describe('connection: rotated files', function () {
  this.timeout(20_000);
  const ends: (() => unknown)[] = [];
  let folder = '';
  let authority: Authority;
  let server: FakeApiServer;
  let clock: FakeClock;
  let serverKeys: { readonly cert: string; readonly key: string };
  const users: { readonly certFile: string; readonly keyFile: string }[] = [];
  const seen: string[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-rotation-'));
    authority = new Authority(folder);
    serverKeys = authority.issue('server', '/CN=server', true);
    for (const name of ['one', 'two']) users.push(authority.issue(name, `/CN=${name}`, false));
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    clock = new FakeClock();
    seen.length = 0;
    const tls = { ...serverKeys, ca: readFileSync(authority.caFile), requestCert: true, rejectUnauthorized: true };
    server = await FakeApiServer.start(tls);
    server.onSecure = (socket: TLSSocket) => seen.push(String(socket.getPeerCertificate().subject?.CN));
    server.handler = (exchange) => exchange.json({ ok: true });
    ends.push(() => server.close());
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const files = () => ({ cert: join(folder, 'now.crt'), key: join(folder, 'now.key') });
  const put = (what: 'cert' | 'key', user: number) => {
    const { certFile = '', keyFile = '' } = users[user] ?? {};
    copyFileSync(what === 'cert' ? certFile : keyFile, files()[what]);
  };

  function connect(user: Partial<ResolvedUser> = {}): Connection {
    const base = targetAt(server.url, { ca: { file: authority.caFile } });
    const pair = { clientCertificate: { file: files().cert }, clientKey: { file: files().key } };
    const target = { ...base, user: { ...base.user, ...pair, ...user } };
    const gate = { ask: async () => 'yes' as const, lock: async () => undefined, remember: async () => {} };
    const connection = new Connection(target, credentialsOf(target, { gate, clock, env: {} }), silentLog, clock);
    ends.push(() => connection.dispose());
    return connection;
  }

  const ask = async (connection: Connection) => messageOf(await connection.json('/api', { signal }));

  it('moves to a connection with the new certificate when the files have been still for a second', async () => {
    put('cert', 0);
    put('key', 0);
    const connection = connect();
    assert.equal(await ask(connection), 'answered');
    put('cert', 1);
    put('key', 1);
    await eventually('it has moved', async () => {
      await clock.advance(1_000);
      return connection.moved.value === 1;
    });
    assert.equal(connection.counts.connections, 2);
    assert.equal(await ask(connection), 'answered');
    assert.deepEqual(seen, ['one', 'two']);
  });

  it('goes on with the old pair while only one half of the new one is written', async () => {
    put('cert', 0);
    put('key', 0);
    const connection = connect();
    assert.equal(await ask(connection), 'answered');
    put('cert', 1);
    assert.equal(await ask(connection), 'answered');
    writeFileSync(files().key, '');
    assert.equal(await ask(connection), 'answered');
    assert.deepEqual([connection.counts.connections, connection.moved.value], [1, 0]);
    put('key', 1);
    assert.equal(await ask(connection), 'answered');
    assert.deepEqual([...new Set(seen)], ['one', 'two']);
  });

  it('says what is wrong when a pair that does not match stays', async () => {
    put('cert', 0);
    put('key', 0);
    const connection = connect();
    await ask(connection);
    put('cert', 1);
    await clock.advance(119_000);
    assert.equal(await ask(connection), 'answered');
    await clock.advance(1_000);
    const answer = ask(connection);
    await eventually('it has read three times', async () => {
      await clock.advance(200);
      return (await Promise.race([answer, 'not yet'])) !== 'not yet';
    });
    assert.match(await answer, /^config: A certificate or key for .* cannot be used/);
  });

  it('reads a pair that does not match again before it says so', async () => {
    put('cert', 0);
    put('key', 1);
    const answer = ask(connect());
    await eventually('it waits to read again', () => clock.pendingTimers > 1);
    put('key', 0);
    await clock.advance(200);
    assert.equal(await answer, 'answered');
  });

  it('moves when there is another token in the token file, and uses it at once', async () => {
    put('cert', 0);
    put('key', 0);
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'first');
    const connection = connect({ tokenFile });
    assert.equal(await ask(connection), 'answered');
    writeFileSync(tokenFile, 'second-token');
    await eventually('it has moved', async () => {
      await clock.advance(1_000);
      return connection.moved.value === 1;
    });
    assert.equal(await ask(connection), 'answered');
    assert.equal(server.requests.at(-1)?.headers.authorization, 'Bearer second-token');
    assert.equal(connection.counts.connections, 1);
  });

  it('moves when the credential itself brings another certificate, as a plugin does', async () => {
    let user = 0;
    const pair = () => {
      const { certFile = '', keyFile = '' } = users[user] ?? {};
      return { clientCertificate: readFileSync(certFile, 'utf8'), clientKey: readFileSync(keyFile, 'utf8') };
    };
    const target = targetAt(server.url, { ca: { file: authority.caFile } });
    const credentials: CredentialSource = { canRefresh: false, get: async () => succeed(pair()) };
    const connection = new Connection(target, credentials, silentLog, clock);
    ends.push(() => connection.dispose());
    assert.equal(await ask(connection), 'answered');
    user = 1;
    assert.equal(await ask(connection), 'answered');
    assert.deepEqual(seen, ['one', 'two']);
    assert.equal(connection.moved.value, 1);
  });

  it('watches no file any more once it is disposed', async () => {
    put('cert', 0);
    put('key', 0);
    const connection = connect();
    await ask(connection);
    connection.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});
