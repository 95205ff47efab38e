import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import type { ResolvedCluster, ResolvedTarget, ResolvedUser } from '../../../src/cluster/resolvedTarget.ts';
import type { ApiError, Result } from '../../../src/domain/apiError.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { Authority } from '../../support/pki.ts';
import { noCredential, targetAt } from './reflectorHarness.ts';

describe('connection: TLS', function () {
  this.timeout(20_000);
  const signal = new AbortController().signal;
  const opened: Connection[] = [];
  let folder = '';
  let authority: Authority;
  let serverKeys: { readonly cert: string; readonly key: string };
  let userKeys: { readonly cert: string; readonly key: string; readonly certFile: string; readonly keyFile: string };
  let server: FakeApiServer;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvcwatch-tls-'));
    authority = new Authority(folder);
    serverKeys = authority.issue('server', '/CN=server', true);
    userKeys = authority.issue('user', '/O=devs/CN=jane', false);
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    server = await FakeApiServer.start({ cert: serverKeys.cert, key: serverKeys.key });
    server.handler = (exchange) => exchange.json({ ok: true });
  });
  afterEach(async () => {
    for (const connection of opened.splice(0)) connection.dispose();
    await server.close();
  });

  function connect(cluster: Partial<ResolvedCluster>, user: Partial<ResolvedUser> = {}, url = server.url): Connection {
    const base = targetAt(url, cluster);
    const target: ResolvedTarget = { ...base, user: { ...base.user, ...user } };
    const connection = new Connection(target, noCredential, silentLog);
    opened.push(connection);
    return connection;
  }

  async function failureOf(connection: Connection): Promise<ApiError> {
    const result: Result<unknown> = await connection.json('/api', { signal });
    return result.ok ? assert.fail('it was answered') : result.error;
  }

  const encoded = (text: string) => ({ data: Buffer.from(text).toString('base64') });

  it('trusts the authority of the cluster, from a file and from data', async () => {
    for (const ca of [{ file: authority.caFile }, encoded(readFileSync(authority.caFile, 'utf8'))])
      assert.equal((await connect({ ca }).json('/api', { signal })).ok, true);
  });

  it('refuses an authority it does not know, and says what to check', async () => {
    const failed = await failureOf(connect({}));
    assert.equal(failed.reason, 'tls');
    assert.match(
      failed.message,
      /^The certificate of https:\/\/127\.0\.0\.1:\d+ is not accepted \(.+\)\. Check certificate-authority/,
    );
    assert.equal(server.requests.length, 0);
  });

  it('refuses another authority than that of the cluster', async () => {
    const other = mkdtempSync(join(folder, 'other-'));
    assert.equal((await failureOf(connect({ ca: { file: new Authority(other).caFile } }))).reason, 'tls');
  });

  it('checks the name, which tls-server-name may replace', async () => {
    const ca = { file: authority.caFile };
    const url = server.url.replace('127.0.0.1', 'localhost');
    assert.equal((await connect({ ca }, {}, url).json('/api', { signal })).ok, true);
    assert.equal((await connect({ ca, tlsServerName: 'kubernetes.default.svc' }).json('/api', { signal })).ok, true);
    const failed = await failureOf(connect({ ca, tlsServerName: 'elsewhere.test' }));
    assert.equal(failed.reason, 'tls');
    assert.match(failed.message, /tls-server-name/);
  });

  it('checks nothing with insecure-skip-tls-verify', async () => {
    assert.equal((await connect({ insecureSkipTlsVerify: true }).json('/api', { signal })).ok, true);
  });

  it('shows its client certificate, and understands a refusal of it', async () => {
    const own = await FakeApiServer.start({
      cert: serverKeys.cert,
      key: serverKeys.key,
      ca: readFileSync(authority.caFile),
      requestCert: true,
      rejectUnauthorized: true,
    });
    try {
      own.handler = (exchange) => exchange.json({ ok: true });
      const ca = { file: authority.caFile };
      const files = { clientCertificate: { file: userKeys.certFile }, clientKey: { file: userKeys.keyFile } };
      assert.equal((await connect({ ca }, files, own.url).json('/api', { signal })).ok, true);
      const data = { clientCertificate: encoded(userKeys.cert), clientKey: encoded(userKeys.key) };
      assert.equal((await connect({ ca }, data, own.url).json('/api', { signal })).ok, true);
      const without = await failureOf(connect({ ca }, {}, own.url));
      assert.ok(['tls', 'unreachable'].includes(without.reason), without.message);
    } finally {
      await own.close();
    }
  });

  it('reaches a server without the client certificate that it wants', async () => {
    const keys = { cert: serverKeys.cert, key: serverKeys.key, ca: readFileSync(authority.caFile) };
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const own = await FakeApiServer.start({ ...keys, requestCert: true, rejectUnauthorized: true, maxVersion });
      try {
        const connection = connect({ ca: { file: authority.caFile } }, {}, own.url);
        for (let time = 0; time < 10; time++) assert.equal(await connection.reach(signal), 'reachable');
      } finally {
        await own.close();
      }
    }
    const unknown = await connect({}).reach(signal);
    assert.equal(typeof unknown === 'object' && unknown.reason, 'tls');
  });

  it('says so when the server does not speak TLS', async () => {
    const plain = await FakeApiServer.start();
    try {
      const failed = await failureOf(connect({}, {}, plain.url.replace('http:', 'https:')));
      assert.equal(failed.reason, 'tls');
      assert.match(failed.message, /does not speak TLS .*http or https\?/);
    } finally {
      await plain.close();
    }
  });

  it('names a certificate file that is gone or is none, and recovers when it is back', async () => {
    const file = join(folder, 'ca-copy.crt');
    const connection = connect({ ca: { file } });
    const gone = await failureOf(connection);
    assert.deepEqual(
      [gone.reason, gone.message],
      ['config', `The file ${file} (certificate-authority of cluster fake) cannot be read. Check the kubeconfig.`],
    );
    for (const text of ['', 'rubbish']) {
      writeFileSync(file, text);
      assert.match((await failureOf(connection)).message, /ca-copy\.crt .*is not a PEM file/);
    }
    writeFileSync(file, readFileSync(authority.caFile));
    assert.equal((await connection.json('/api', { signal })).ok, true);
  });

  it('names client certificates and data that cannot be used', async () => {
    const ca = { file: authority.caFile };
    const missing = { clientCertificate: { file: '/nowhere/c.crt' }, clientKey: { file: userKeys.keyFile } };
    assert.match(
      (await failureOf(connect({ ca }, missing))).message,
      /\/nowhere\/c\.crt \(client-certificate of user tester\)/,
    );
    const rubbish = { clientCertificate: encoded('rubbish'), clientKey: encoded('rubbish') };
    assert.match((await failureOf(connect({ ca }, rubbish))).message, /client-certificate of user tester is not PEM/);
    const mixed = { clientCertificate: encoded(userKeys.cert), clientKey: encoded(serverKeys.key) };
    const failed = await failureOf(connect({ ca }, mixed));
    assert.equal(failed.reason, 'config');
    assert.match(failed.message, /certificate or key .* cannot be used/);
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const torn = await failureOf(
      connect({ ca }, { clientCertificate: encoded(broken), clientKey: encoded(userKeys.key) }),
    );
    assert.equal(torn.reason, 'config');
  });

  it('uses rotated certificates with the next request', async () => {
    const file = join(folder, 'rotating.crt');
    writeFileSync(file, readFileSync(authority.caFile));
    const connection = connect({ ca: { file } });
    await connection.json('/api', { signal });
    const other = new Authority(mkdtempSync(join(folder, 'rotated-')));
    writeFileSync(file, readFileSync(other.caFile));
    assert.equal((await failureOf(connection)).reason, 'tls');
    assert.equal(connection.counts.connections, 2);
  });
});
