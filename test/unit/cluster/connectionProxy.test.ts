import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import { DispatcherCache } from '../../../src/cluster/dispatcherCache.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { Authority } from '../../support/pki.ts';
import { type FakeProxy, httpProxy, socksProxy } from './fakeProxies.ts';
import { noCredential, targetAt } from './reflectorHarness.ts';

describe('connection: proxy', function () {
  this.timeout(20_000);
  const signal = new AbortController().signal;
  const ends: (() => unknown)[] = [];
  let folder = '';
  let authority: Authority;
  let keys: { readonly cert: string; readonly key: string };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-proxy-'));
    authority = new Authority(folder);
    keys = authority.issue('server', '/CN=server', true);
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function open(kind: 'http' | 'https' | 'socks5', secure: boolean, login = 'me:p%40ss', host = '127.0.0.1') {
    const server = await FakeApiServer.start(secure ? { cert: keys.cert, key: keys.key } : undefined);
    server.handler = (exchange) => exchange.json({ ok: true });
    const proxy: FakeProxy =
      kind === 'socks5' ? await socksProxy() : await httpProxy(kind === 'https' ? keys : undefined);
    const address = server.url.replace('127.0.0.1', host);
    const target = targetAt(address, {
      ...(secure || kind === 'https' ? { ca: { file: authority.caFile } } : {}),
      proxy: `${kind}://${login}@127.0.0.1:${proxy.port}/`,
    });
    const connection = new Connection(target, noCredential, silentLog);
    ends.push(
      () => server.close(),
      () => proxy.close(),
      () => connection.dispose(),
    );
    return { server, proxy, connection, at: address.replace(/^https?:\/\//, '') };
  }

  for (const kind of ['http', 'https', 'socks5'] as const) {
    for (const secure of [true, false]) {
      it(`goes through a ${kind} proxy to ${secure ? 'an https' : 'an http'} server, the probe too`, async () => {
        const { server, proxy, connection, at } = await open(kind, secure);
        for (let request = 0; request < 3; request++)
          assert.deepEqual(await connection.json('/api', { signal }), { ok: true, value: { ok: true } });
        assert.equal(await connection.reach(signal), 'reachable');
        assert.equal(server.requests.length, 4);
        for (const { headers } of server.requests) assert.equal(headers['proxy-authorization'], undefined);
        const way = kind === 'socks5' ? `address ${at}` : secure ? `CONNECT ${at}` : `GET http://${at}/api`;
        assert.equal(proxy.asked[0], way);
        assert.ok(proxy.asked.length >= 2);
        assert.equal(connection.counts.connections, 1);
      });
    }
  }

  for (const kind of ['http', 'socks5'] as const) {
    it(`says that a ${kind} proxy does not accept its password, without saying it`, async () => {
      const { server, connection, proxy } = await open(kind, true, 'me:wrong-secret');
      const failed = await connection.json('/api', { signal });
      assert.ok(!failed.ok);
      assert.equal(failed.error.reason, 'unreachable');
      assert.ok(
        failed.error.message.startsWith(`The proxy ${kind}://127.0.0.1:${proxy.port} gives no way to https://`),
      );
      assert.match(failed.error.message, /does not accept the user and password of (its|the proxy) address/);
      assert.doesNotMatch(failed.error.message, /wrong-secret|me:/);
      assert.notEqual(await connection.reach(signal), 'reachable');
      assert.equal(server.requests.length, 0);
    });

    it(`never goes direct when a ${kind} proxy is gone`, async () => {
      const { server, connection, proxy } = await open(kind, true);
      await proxy.close();
      const failed = await connection.json('/api', { signal });
      assert.ok(!failed.ok);
      assert.match(failed.error.message, /^https.* cannot be reached through the proxy .*: connection refused\.$/);
      assert.equal(server.requests.length, 0);
    });
  }

  it('has a socks proxy resolve names', async () => {
    const { proxy, connection, at } = await open('socks5', true, 'me:p%40ss', 'localhost');
    assert.ok((await connection.json('/api', { signal })).ok);
    assert.equal(proxy.asked[0], `name ${at}`);
  });

  it('says what a socks proxy does not reach', async () => {
    const { server, connection } = await open('socks5', true);
    await server.close();
    const failed = await connection.json('/api', { signal });
    assert.ok(!failed.ok);
    assert.match(failed.error.message, /^The proxy socks5:.* gives no way to https.*: connection refused\.$/);
    ends.shift();
  });

  it('is made anew for another proxy', () => {
    const cache = new DispatcherCache();
    const one = cache.get({ insecure: false, proxy: 'http://a:1/' });
    assert.equal(cache.get({ insecure: false, proxy: 'http://a:1/' }), one);
    assert.notEqual(cache.get({ insecure: false, proxy: 'http://b:1/' }), one);
    cache.dispose();
  });
});
