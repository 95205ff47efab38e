import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { isReadable, readHeader, tokenProblem } from '../../../src/domain/accessForms.ts';
import type { PrometheusAccess } from '../../../src/domain/prometheusPlace.ts';
import { directWay } from '../../../src/usage/directPrometheus.ts';
import { Prometheus } from '../../../src/usage/prometheus.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { Authority } from '../../support/pki.ts';
import { httpProxy } from '../cluster/fakeProxies.ts';

const empty = { status: 'success', data: { resultType: 'vector', result: [] } };

describe('a prometheus at a URL', function () {
  this.timeout(20_000);
  const { signal } = new AbortController();
  const ends: (() => unknown)[] = [];
  const logged: string[] = [];
  const log = { ...silentLog, info: (line: string) => void logged.push(line) };
  let folder = '';
  let authority: Authority;
  let server: FakeApiServer;
  let access: PrometheusAccess = {};

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-prometheus-'));
    authority = new Authority(folder);
    const { cert, key } = authority.issue('server', '/CN=server', true);
    server = await FakeApiServer.start({ cert, key });
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    access = {};
    server.requests.length = 0;
    server.handler = (exchange) => exchange.json(empty);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function ask(choice: { readonly url?: string; readonly caFile?: string }, proxy = '') {
    const place = { kind: 'url', url: choice.url ?? server.url } as const;
    const { caFile } = choice;
    const way = directWay(
      { place, matchers: '', ...(caFile === undefined ? {} : { caFile }) },
      {
        access: async () => access,
        proxies: { env: {}, editor: { url: proxy, noProxy: [] } },
        log: silentLog,
        clock: systemClock,
      },
    );
    ends.push(() => way.lifetime.dispose());
    // What is behind the API server is not asked for.
    const context = { connection: undefined as never, clock: systemClock, random: Math.random, log };
    const { direct, headers } = way;
    const answer = await new Prometheus({ context, matchers: '', place, direct, headers }).ask(signal);
    return answer?.ok === false ? answer.error.message : answer?.ok;
  }

  it('is reached over TLS by its own authority, with token and headers as they are at each request', async () => {
    access = { token: 'first', headers: { 'X-Scope-OrgID': 'shop' } };
    assert.equal(await ask({ caFile: authority.caFile }), true);
    access = { token: 'second' };
    assert.equal(await ask({ caFile: authority.caFile }), true);
    assert.deepEqual(
      server.requests.map(({ headers }) => [headers.authorization, headers['x-scope-orgid']]),
      [
        ['Bearer first', 'shop'],
        ['Bearer second', undefined],
      ],
    );
  });

  it('is told one authorization, the one that is written out as a header, in whatever case', async () => {
    for (const name of ['Authorization', 'authorization']) {
      access = { token: 'secret', headers: { [name]: 'Basic YTpi' } };
      assert.equal(await ask({ caFile: authority.caFile }), true);
    }
    assert.ok(server.requests.length >= 2);
    for (const { headers } of server.requests) assert.equal(headers.authorization, 'Basic YTpi');
  });

  it('is not trusted by another authority, and is sent nothing then', async () => {
    access = { token: 'secret' };
    assert.match(String(await ask({})), /certificate/);
    assert.equal(server.requests.length, 0);
  });

  it('has the setting named where its authority cannot be read', async () => {
    const file = join(folder, 'none.pem');
    assert.match(String(await ask({ caFile: file })), /none\.pem .* Check the setting pvcwatch\.usage\.prometheus\.$/);
    writeFileSync(file, 'no PEM');
    assert.match(String(await ask({ caFile: file })), /is not a PEM file\. Check the setting/);
  });

  for (const [status, says] of [
    [401, /HTTP 401\. It wants other credentials: run "PVC Watch: Set Credentials of Prometheus"\.$/],
    [403, /HTTP 403\. It does not let these credentials ask: run "PVC Watch: Set Credentials of Prometheus"\.$/],
  ] as const)
    it(`says what to do about HTTP ${status}, and not what was sent`, async () => {
      access = { token: 'very-secret', headers: { 'X-Key': 'most-secret' } };
      server.handler = (exchange) => exchange.text('very-secret most-secret', 'text/plain', status);
      const message = String(await ask({ caFile: authority.caFile }));
      assert.match(message, says);
      assert.doesNotMatch([message, ...logged].join('\n'), /very-secret|most-secret/);
    });

  it('is not followed elsewhere', async () => {
    const other = await FakeApiServer.start();
    ends.push(() => other.close());
    access = { token: 'secret' };
    server.handler = (exchange) => exchange.text('', 'text/plain', 302, { location: other.url });
    assert.match(String(await ask({ caFile: authority.caFile })), /answers with HTTP 302\./);
    assert.equal(other.requests.length, 0);
  });

  it('is reached through the proxy of VS Code, and not past one that is wrong', async () => {
    const proxy = await httpProxy();
    ends.push(() => proxy.close());
    await ask({ url: 'http://prometheus.invalid:9090' }, `http://127.0.0.1:${proxy.port}`);
    assert.match(proxy.asked[0] ?? '', /^GET http:\/\/prometheus\.invalid:9090\/api\/v1\/query/);
    assert.match(String(await ask({ url: 'http://prometheus.invalid' }, 'ftp://proxy')), /http\.proxy is not/);
  });
});

describe('credentials of a prometheus', () => {
  it('are a token without blanks', () => {
    assert.equal(tokenProblem(' sha256~abc.DEF_1-2 '), undefined);
    for (const text of ['', '  ', 'a b', 'a\nb', 'ä']) assert.ok(tokenProblem(text), text);
  });

  it('are headers, whose values are in no problem', () => {
    assert.deepEqual(readHeader(' X-Scope-OrgID:  shop '), { name: 'X-Scope-OrgID', value: 'shop' });
    assert.deepEqual(readHeader('Authorization: Basic YTpi'), { name: 'Authorization', value: 'Basic YTpi' });
    for (const text of [
      '',
      'X',
      'X:',
      'X Y: secret',
      'X: secr\u00e9t',
      'Host: secret',
      'X: secret\r\nY: z',
      ': secret',
    ]) {
      const { problem } = readHeader(text);
      assert.ok(problem, JSON.stringify(text));
      assert.doesNotMatch(problem, /secr/);
    }
  });

  it('can be read on the way without TLS, but on this machine', () => {
    const readable = ['http://prom.example', 'http://10.0.0.1:9090'];
    const safe = ['https://prom.example', 'http://localhost:9090', 'http://127.0.0.1', 'http://[::1]:9090'];
    assert.deepEqual([...readable, ...safe].map(isReadable), [true, true, false, false, false, false]);
  });
});
