import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import { listAll, readAll } from '../../../src/cluster/listPager.ts';
import { protobufType } from '../../../src/wire/envelope.ts';
import { Interner } from '../../../src/wire/interner.ts';
import { namespaces, projects } from '../../../src/wire/namespaces.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { eventually } from './eventually.ts';
import { noCredential, targetAt } from './reflectorHarness.ts';

describe('list pager', () => {
  const signal = new AbortController().signal;
  let server: FakeApiServer;
  let connection: Connection;

  beforeEach(async function () {
    this.currentTest?.timeout(20_000);
    server = await FakeApiServer.start();
    connection = new Connection(targetAt(server.url), noCredential, silentLog);
  });
  afterEach(async () => {
    connection.dispose();
    await server.close();
  });

  const list = () => listAll({ connection, collection: { kind: namespaces }, interner: new Interner(), signal });

  it('asks for everything in one piece after three expired lists', async () => {
    server.handler = (exchange) =>
      exchange.request.query.has('limit')
        ? exchange.status(410, 'Expired', 'too old')
        : exchange.page([{ metadata: { name: 'a', uid: 'a' } }], '9');
    const page = await list();
    assert.deepEqual(page.ok && [page.value.items.length, page.value.resourceVersion], [1, '9']);
    assert.deepEqual(
      server.requests.map(({ query }) => query.get('limit')),
      ['500', '500', '500', null],
    );
  });

  it('asks no cache for what is not watched from there', async () => {
    server.handler = (exchange) => exchange.page([{ metadata: { name: 'a', uid: 'a' } }], '9');
    const request = { connection, collection: { kind: namespaces }, interner: new Interner(), signal };
    assert.ok((await readAll(request)).ok);
    assert.ok((await listAll(request)).ok);
    assert.deepEqual(
      server.requests.map(({ query }) => query.get('resourceVersion')),
      [null, '0'],
    );
  });

  it('gives up a server that calls even that expired', async () => {
    server.handler = (exchange) => exchange.status(410, 'Expired', 'too old');
    const page = await list();
    assert.equal(page.ok || page.error.reason, 'expired');
    assert.equal(server.requests.length, 4);
  });

  it('takes a page of any length from a server that ignores the limit', async () => {
    const items = Array.from({ length: 150_000 }, (_, index) => `{"metadata":{"name":"${index}","uid":"${index}"}}`);
    const text = `{"kind":"NamespaceList","metadata":{"resourceVersion":"1"},"items":[${items.join()}]}`;
    server.handler = (exchange) => exchange.text(text, 'application/json');
    const page = await list();
    assert.equal(page.ok && page.value.items.length, 150_000);
  });

  for (const [what, tokens] of [
    ['the same token twice', ['same']],
    ['tokens in a circle', ['a', 'b', 'c']],
  ] as const) {
    it(`refuses ${what}`, async () => {
      server.handler = (exchange) => {
        const token = tokens[(server.requests.length - 1) % tokens.length];
        exchange.page([{ metadata: { name: 'a', uid: 'a' } }], '9', token);
      };
      const page = await list();
      assert.equal(page.ok || page.error.reason, 'malformed');
      assert.equal(server.requests.length, tokens.length + 1);
    });
  }

  it('goes on over some empty pages, as a selector may leave them, but not over any number', async () => {
    for (const [empty, ok] of [
      [10, true],
      [1000, false],
    ] as const) {
      server.requests.length = 0;
      server.handler = (exchange) => {
        const { length } = server.requests;
        if (length > empty) exchange.page([{ metadata: { name: 'a', uid: 'a' } }], '9');
        else exchange.page([], '9', `token-${length}`);
      };
      assert.equal((await list()).ok, ok);
      assert.ok(server.requests.length <= 20);
    }
  });

  it('takes OpenShift projects, whose lists name no resourceVersion', async () => {
    server.handler = (exchange) =>
      exchange.json({ kind: 'ProjectList', metadata: {}, items: [{ metadata: { name: 'a', uid: 'a' } }] });
    const page = await listAll({ connection, collection: { kind: projects }, interner: new Interner(), signal });
    assert.equal(page.ok && page.value.items.length, 1);
  });

  const none = Buffer.alloc(70_000, 'none');
  const compressed = gzipSync(none, { level: 0 });
  for (const [what, code, body, headers] of [
    ['a list that is none', 200, none, {}],
    ['a compressed list that is none', 200, compressed, { 'content-encoding': 'gzip' }],
    ['a refusal without an end', 500, compressed, { 'content-encoding': 'gzip' }],
  ] as const)
    it(`leaves no connection open behind ${what}, though the server stops in the middle of it`, async () => {
      server.handler = (exchange) =>
        exchange.begin(code, protobufType, headers).raw(body.subarray(0, body.length - 50));
      assert.equal((await list()).ok, false);
      await eventually('the connection is gone', () => connection.counts.sockets === 0);
      await eventually('the server knows', () => server.exchanges[0]?.closed === true);
    });

  it('gives nothing of a list that fails halfway', async () => {
    server.handler = (exchange) =>
      exchange.request.query.has('continue')
        ? exchange.status(500, 'InternalError', 'etcd')
        : exchange.page([{ metadata: { name: 'a', uid: 'a' } }], '9', 'next');
    const page = await list();
    assert.equal(page.ok || page.error.reason, 'server');
  });
});
