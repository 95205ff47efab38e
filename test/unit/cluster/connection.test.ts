import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { CoreV1Api } from '@kubernetes/client-node';
import type { Log } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import type { CredentialSource } from '../../../src/cluster/credential.ts';
import type { ResolvedTarget } from '../../../src/cluster/resolvedTarget.ts';
import { type ApiError, type Result, succeed } from '../../../src/domain/apiError.ts';
import { FakeApiServer, failure, type Handler } from '../../support/fakeApiServer.ts';
import { eventually } from './eventually.ts';
import { noCredential, targetAt } from './reflectorHarness.ts';

describe('connection', () => {
  const signal = new AbortController().signal;
  const lines: string[] = [];
  const say = (message: string) => lines.push(message);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const opened: Connection[] = [];
  let server: FakeApiServer;

  beforeEach(async () => {
    server = await FakeApiServer.start();
    server.handler = (exchange) => exchange.json({ ok: true });
  });
  afterEach(async () => {
    for (const connection of opened.splice(0)) connection.dispose();
    await server.close();
    lines.length = 0;
  });

  function connect(target: ResolvedTarget = targetAt(server.url), credentials: CredentialSource = noCredential) {
    const connection = new Connection(target, credentials, log);
    opened.push(connection);
    return connection;
  }

  function error(result: Result<unknown>): ApiError {
    return result.ok ? assert.fail('it was answered') : result.error;
  }

  const constant = (token: string): CredentialSource => ({ canRefresh: false, get: async () => succeed({ token }) });

  it('reuses its connections for requests that follow each other', async () => {
    const connection = connect();
    for (let request = 0; request < 20; request++)
      assert.deepEqual(await connection.json('/api', { signal }), succeed({ ok: true }));
    // undici may open a second one while it finishes the first answer.
    assert.ok(server.connections <= 2, `${server.connections} connections`);
    const { requests, connections, sockets } = connection.counts;
    assert.deepEqual([requests, connections], [20, 1]);
    assert.ok(sockets >= 1 && sockets <= 2, `${sockets} sockets`);
  });

  it('sends query parameters that have a value, below the path of the server', async () => {
    const connection = connect(targetAt(`${server.url}/k8s/clusters/c-1/`));
    const query = { labelSelector: 'app in (a,b)', fieldSelector: '', limit: undefined };
    await connection.json('/api/v1/pods', { signal, query });
    const [request] = server.requests;
    assert.equal(request?.path, '/k8s/clusters/c-1/api/v1/pods');
    assert.equal(request?.query.toString(), 'labelSelector=app+in+%28a%2Cb%29');
  });

  it('authenticates by token and by name and password', async () => {
    await connect(undefined, constant('abc')).json('/api', { signal });
    const basic: CredentialSource = {
      canRefresh: false,
      get: async () => succeed({ basic: { username: 'n', password: 'p' } }),
    };
    await connect(undefined, basic).json('/api', { signal });
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization),
      ['Bearer abc', `Basic ${Buffer.from('n:p').toString('base64')}`],
    );
  });

  it('is an error of the configuration when a header cannot hold a credential', async () => {
    const failed = error(await connect(undefined, constant('tök€n')).json('/api', { signal }));
    assert.equal(failed.reason, 'config');
    assert.match(failed.message, /^A header for http.* has characters that HTTP does not allow/);
  });

  it('sends the whole of an impersonation', async () => {
    const base = targetAt(server.url);
    const extra = { 'A/b%': ['x', 'y'], 'a/b%': ['z'], "it's~(é)": ['q'] };
    const impersonate = { user: 'jane', uid: '42', groups: ['devs', 'ops'], extra };
    const connection = connect({ ...base, user: { ...base.user, impersonate } }, constant('abc'));
    await connection.json('/api', { signal });
    const config = await connection.config('background', signal);
    assert.ok(config.ok);
    await config.value.makeApiClient(CoreV1Api).getAPIResources();
    assert.equal(server.requests.length, 2);
    for (const { headers } of server.requests) {
      assert.equal(headers.authorization, 'Bearer abc');
      assert.equal(headers['impersonate-user'], 'jane');
      assert.equal(headers['impersonate-uid'], '42');
      // With a space after the comma: Node joins headers that came apart.
      assert.equal(headers['impersonate-group'], 'devs, ops');
      assert.equal(headers['impersonate-extra-a%2fb%25'], 'x, y, z');
      assert.equal(headers["impersonate-extra-it's~%28%c3%a9%29"], 'q');
    }
  });

  const refusals: readonly [what: string, reason: string, says: RegExp, handler: Handler][] = [
    [
      '401',
      'unauthorized',
      /does not accept the credentials of user tester/,
      (exchange) => exchange.status(401, 'Unauthorized', 'Unauthorized'),
    ],
    ['403', 'forbidden', /^pods is forbidden$/, (exchange) => exchange.status(403, 'Forbidden', 'pods is forbidden')],
    ['404', 'notFound', /^no such pod$/, (exchange) => exchange.status(404, 'NotFound', 'no such pod')],
    [
      '404 without a Status',
      'malformed',
      /HTTP 404 without a Kubernetes Status.*Check the server address/,
      (exchange) => exchange.text('nope', 'text/plain', 404),
    ],
    ['409', 'conflict', /./, (exchange) => exchange.status(409, 'Conflict', 'changed')],
    ['410', 'expired', /./, (exchange) => exchange.status(410, 'Expired', 'too old')],
    [
      '400',
      'invalid',
      /^unable to parse requirement$/,
      (exchange) => exchange.status(400, 'BadRequest', 'unable to parse requirement'),
    ],
    ['500', 'server', /^etcd$/, (exchange) => exchange.status(500, 'InternalError', 'etcd')],
    ['503', 'server', /./, (exchange) => exchange.status(503, 'ServiceUnavailable', 'starting')],
    [
      'a web page with 200',
      'malformed',
      /answered with a web page\. Is it a Kubernetes API server\?/,
      (exchange) => exchange.text('<html>', 'text/html'),
    ],
    ['a web page with 403', 'forbidden', /a web page/, (exchange) => exchange.text('<html>', 'text/html', 403)],
    ['no JSON', 'malformed', /not JSON\. Check the server address/, (exchange) => exchange.text('hello', 'text/plain')],
    [
      'an answer cut in the middle',
      'unreachable',
      /cannot be reached: connection closed|reset/,
      (exchange) => exchange.begin().raw('{"a":') && setTimeout(() => exchange.cut(), 10),
    ],
  ];
  for (const [what, reason, says, handler] of refusals) {
    it(`takes ${what} for ${reason}`, async () => {
      server.handler = handler;
      const failed = error(await connect().json('/api', { signal }));
      assert.equal(failed.reason, reason);
      assert.match(failed.message, says);
    });
  }

  for (const [status, headers, details, waitMs] of [
    [429, { 'retry-after': '7' }, {}, 7_000],
    [503, { 'retry-after': '7' }, {}, 7_000],
    [429, {}, { retryAfterSeconds: 3 }, 3_000],
    [429, { date: 'Fri, 02 Jan 2026 10:00:00 GMT', 'retry-after': 'Fri, 02 Jan 2026 10:00:09 GMT' }, {}, 9_000],
    [429, { 'retry-after': '99999999' }, {}, 3_600_000],
    [429, { 'retry-after': 'rubbish' }, {}, undefined],
  ] as const) {
    it(`reads from ${status} with ${JSON.stringify(headers)}${JSON.stringify(details)} a wait of ${waitMs} ms`, async () => {
      const body = { ...failure(status, 'TooManyRequests', 'busy'), details };
      server.handler = (exchange) => exchange.json(body, status, { ...headers });
      const failed = error(await connect().json('/api', { signal }));
      assert.deepEqual([failed.reason, failed.retryAfterMs], ['throttled', waitMs]);
    });
  }

  it('follows no redirect and takes no credential elsewhere', async () => {
    const elsewhere = await FakeApiServer.start();
    try {
      server.handler = (exchange) => exchange.text('', 'text/plain', 307, { location: `${elsewhere.url}/api` });
      const failed = error(await connect(undefined, constant('abc')).json('/api', { signal }));
      assert.equal(failed.reason, 'malformed');
      assert.match(failed.message, /redirects elsewhere, which is refused/);
      assert.equal(elsewhere.requests.length, 0);
    } finally {
      await elsewhere.close();
    }
  });

  it('reads no more than the beginning of an error answer', async () => {
    server.handler = (exchange) => {
      exchange.text('x'.repeat(5_000_000), 'text/html', 500);
    };
    assert.equal(error(await connect().json('/api', { signal })).reason, 'server');
  });

  it('gives up an answer that stops halfway', async () => {
    server.handler = (exchange) => exchange.begin().raw('{"items":[');
    const failed = error(await connect().json('/api', { signal, pauseMs: 50 }));
    assert.equal(failed.reason, 'unreachable');
    assert.match(failed.message, /the answer stopped/);
  });

  it('does not send an old credential again when there is no newer one', async () => {
    server.handler = (exchange) => exchange.status(401, 'Unauthorized', 'no');
    const kept = { token: 'same' };
    const credentials: CredentialSource = { canRefresh: true, get: async () => succeed(kept) };
    assert.equal(error(await connect(undefined, credentials).json('/api', { signal })).reason, 'unauthorized');
    assert.equal(server.requests.length, 1);
  });

  it('renews no credential for a 401 of somebody to whom the API server passes the request on', async () => {
    server.handler = (exchange) => exchange.text('Unauthorized', 'text/plain', 401);
    const asked: string[] = [];
    const credentials: CredentialSource = {
      canRefresh: true,
      get: async (need) => {
        asked.push(need);
        return succeed({ token: need });
      },
    };
    const connection = connect(undefined, credentials);
    const failed = error(await connection.json('/api', { signal, passedOn: true }));
    assert.deepEqual([failed.reason, failed.foreign], ['unauthorized', true]);
    assert.deepEqual(asked, ['connect']);
    await connection.json('/api', { signal });
    assert.deepEqual(asked, ['connect', 'connect', 'refresh401']);
  });

  it('tells words of the Kubernetes API from those of others', async () => {
    server.handler = (exchange) => exchange.status(403, 'Forbidden', 'no');
    assert.equal(error(await connect().json('/api', { signal })).foreign, undefined);
    server.handler = (exchange) => exchange.text('Forbidden', 'text/plain', 403);
    assert.equal(error(await connect().json('/api', { signal })).foreign, true);
  });

  it('sends the headers that are asked for', async () => {
    await connect(undefined, constant('abc')).json('/api', { signal, headers: { 'x-scope-orgid': 'shop' } });
    const { headers } = server.requests[0] ?? {};
    assert.deepEqual([headers?.['x-scope-orgid'], headers?.authorization], ['shop', 'Bearer abc']);
  });

  it('is stopped by its signal, before and during a request', async () => {
    const stop = new AbortController();
    server.handler = () => {};
    const running = connect().json('/api', { signal: stop.signal });
    await eventually('it was sent', () => server.requests.length === 1);
    stop.abort();
    assert.equal(error(await running).reason, 'aborted');
    assert.equal(error(await connect().json('/api', { signal: stop.signal })).reason, 'aborted');
    assert.equal(server.requests.length, 1);
  });

  it('breaks what is open when it is disposed', async () => {
    server.handler = (exchange) => exchange.begin();
    const connection = connect();
    const answer = await connection.request('/api', { signal });
    assert.ok(answer.ok);
    connection.dispose();
    assert.equal(error(await answer.value.json()).reason, 'unreachable');
  });

  it('tells of every answer and every piece that it has heard', async () => {
    server.handler = (exchange) => exchange.begin();
    const connection = connect();
    let heard = 0;
    connection.onHeard = () => heard++;
    const answer = await connection.request('/api', { signal });
    assert.ok(answer.ok);
    assert.equal(heard, 1);
    server.exchanges[0]?.raw('{').raw('}').end();
    await answer.value.json();
    assert.ok(heard >= 2);
  });

  it('says what is wrong with an address where nothing listens, or something that is not HTTP', async () => {
    const { url } = server;
    await server.close();
    const refused = error(await connect(targetAt(url)).json('/api', { signal }));
    assert.deepEqual(
      [refused.reason, refused.message, refused.brief],
      ['unreachable', `${url} cannot be reached: connection refused.`, 'connection refused'],
    );
    const unknown = error(await connect(targetAt('http://nothing.invalid')).json('/api', { signal }));
    assert.match(unknown.message, /http:\/\/nothing\.invalid cannot be reached: name not (found|resolved)\./);
    const ssh = await listening('SSH-2.0-OpenSSH_9.6\r\n');
    const odd = error(await connect(targetAt(ssh.url)).json('/api', { signal }));
    assert.equal(odd.reason, 'malformed');
    assert.match(odd.message, /does not answer in HTTP/);
    await ssh.close();
    server = await FakeApiServer.start();
  });

  it('logs no credential', async () => {
    server.handler = (exchange) => exchange.status(403, 'Forbidden', 'no');
    await connect(undefined, constant('TOP-SECRET')).json('/api', { signal });
    assert.doesNotMatch(lines.join('\n'), /TOP-SECRET/);
    assert.match(lines.join('\n'), /403 forbidden/);
  });

  async function listening(greeting: string): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
    const plain: Server = createServer((socket) =>
      socket.on('error', () => {}).once('data', () => socket.write(greeting)),
    );
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const address = plain.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const close = () => new Promise<void>((resolve) => plain.close(() => resolve()));
    return { url: `http://127.0.0.1:${port}`, close };
  }
});
