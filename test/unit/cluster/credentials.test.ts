import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toDisposable } from '../../../src/base/disposable.ts';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import type { CredentialSource } from '../../../src/cluster/credential.ts';
import { credentialsOf } from '../../../src/cluster/credentials.ts';
import type { ResolvedUser } from '../../../src/cluster/resolvedTarget.ts';
import { serviceAccountTarget } from '../../../src/cluster/serviceAccount.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { noProxies } from '../../support/noProxies.ts';
import { testFolder } from './plugins.ts';
import { targetAt } from './reflectorHarness.ts';

const signal = new AbortController().signal;

function sourceOf(user: Partial<ResolvedUser>, clock = new FakeClock()): CredentialSource {
  const gate = { ask: async () => 'yes' as const, lock: async () => toDisposable(() => {}), remember: async () => {} };
  const target = { ...targetAt('https://example.test'), user: { name: 'u', ...user } };
  return credentialsOf(target, { gate, clock, env: {} });
}

async function tokenOf(source: CredentialSource, need: 'connect' | 'refresh401' = 'connect') {
  const result = await source.get(need, 'background', signal);
  return result.ok ? result.value.token : `${result.error.reason}: ${result.error.message}`;
}

describe('token file', () => {
  const folder = testFolder();

  it('is trimmed, read again after a minute, and at once after a 401', async () => {
    const clock = new FakeClock();
    const file = join(folder(), 'token');
    writeFileSync(file, '  one\n');
    const source = sourceOf({ tokenFile: file }, clock);
    assert.equal(await tokenOf(source), 'one');
    writeFileSync(file, 'two\n');
    assert.equal(await tokenOf(source), 'one');
    await clock.advance(60_000);
    assert.equal(await tokenOf(source), 'two');
    writeFileSync(file, 'three\n');
    assert.equal(await tokenOf(source, 'refresh401'), 'three');
  });

  it('gives the same object after a 401 as long as nothing new is in it', async () => {
    const file = join(folder(), 'token');
    writeFileSync(file, 'one');
    const source = sourceOf({ tokenFile: file });
    const first = await source.get('connect', 'background', signal);
    const second = await source.get('refresh401', 'background', signal);
    assert.ok(first.ok && second.ok);
    assert.equal(second.value, first.value);
  });

  it('that is gone or empty is an error that names it, until it is back', async () => {
    const file = join(folder(), 'token');
    const source = sourceOf({ tokenFile: file });
    assert.match(String(await tokenOf(source)), new RegExp(`^config: The token file ${file} of user u cannot be read`));
    writeFileSync(file, '\n');
    assert.match(String(await tokenOf(source)), /^config: The token file .* is empty/);
    writeFileSync(file, 'tök€n');
    assert.match(
      String(await tokenOf(source)),
      /^config: The token file .* characters that an HTTP header cannot have/,
    );
    writeFileSync(file, 'one');
    assert.equal(await tokenOf(source), 'one');
    rmSync(file);
    assert.match(String(await tokenOf(source, 'refresh401')), /^config/);
  });

  it('that is away for a moment does not take the last good token away, for another minute', async () => {
    const clock = new FakeClock();
    const file = join(folder(), 'token');
    writeFileSync(file, 'one');
    const source = sourceOf({ tokenFile: file }, clock);
    assert.equal(await tokenOf(source), 'one');
    rmSync(file);
    await clock.advance(60_000);
    assert.equal(await tokenOf(source), 'one');
    await clock.advance(59_999);
    assert.equal(await tokenOf(source), 'one');
    await clock.advance(1);
    assert.match(String(await tokenOf(source)), /^config/);
  });
});

describe('oidc token', () => {
  const jwt = (payload: unknown) => `h.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`;
  const validFor = (clock: FakeClock, seconds: number) => jwt({ exp: clock.now() / 1000 + seconds });

  it('is used while it is valid, with a minute for clocks that differ, and then needs the user', async () => {
    const clock = new FakeClock();
    const idToken = validFor(clock, 60);
    const source = sourceOf({ idToken }, clock);
    assert.equal(await tokenOf(source), idToken);
    await clock.advance(119_999);
    assert.equal(await tokenOf(source), idToken);
    await clock.advance(1);
    assert.match(String(await tokenOf(source)), /^signIn: The OIDC token of user u has expired\. Sign in with kubectl/);
  });

  it('that is refused is held back for five minutes, and is never exchanged for another', async () => {
    const clock = new FakeClock();
    const idToken = validFor(clock, 3_600);
    const source = sourceOf({ idToken }, clock);
    const refusal =
      /^signIn: The OIDC token of user u is not accepted by https:\/\/example\.test\. Sign in with kubectl/;
    assert.match(String(await tokenOf(source, 'refresh401')), refusal);
    await clock.advance(299_999);
    assert.match(String(await tokenOf(source)), refusal);
    await clock.advance(1);
    assert.equal(await tokenOf(source), idToken);
  });

  it('that was refused is tried again on a click', async () => {
    const clock = new FakeClock();
    const idToken = validFor(clock, 3_600);
    const source = sourceOf({ idToken }, clock);
    await tokenOf(source, 'refresh401');
    const clicked = await source.get('connect', 'click', signal);
    assert.equal(clicked.ok && clicked.value.token, idToken);
  });

  for (const idToken of ['', 'rubbish', 'a.b.c', jwt({}), jwt({ exp: 'soon' }), jwt(null)]) {
    it(`${JSON.stringify(idToken)} is none`, async () =>
      assert.match(String(await tokenOf(sourceOf({ idToken }))), /^signIn/));
  }

  it('that the server refuses costs one request, until the kubeconfig has another', async () => {
    const clock = new FakeClock();
    const server = await FakeApiServer.start();
    const fresh = validFor(clock, 7_200);
    server.handler = (exchange) =>
      exchange.request.headers.authorization === `Bearer ${fresh}`
        ? exchange.json({})
        : exchange.status(401, 'Unauthorized', 'no');
    const base = targetAt(server.url);
    const withToken = (idToken: string) => ({ ...base, user: { name: 'u', idToken } });
    const [old, next] = [withToken(validFor(clock, 3_600)), withToken(fresh)];
    const connection = new Connection(old, sourceOf(old.user, clock), silentLog, clock);
    try {
      for (let request = 0; request < 20; request++) {
        const answer = await connection.json('/api', { signal });
        assert.equal(!answer.ok && answer.error.reason, 'signIn');
        await clock.advance(10_000);
      }
      assert.equal(server.requests.length, 1);
      connection.replace(next, sourceOf(next.user, clock));
      assert.ok((await connection.json('/api', { signal })).ok);
    } finally {
      connection.dispose();
      await server.close();
    }
  });
});

describe('in-cluster account', () => {
  const folder = testFolder();
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' };
  const sources = (variables: Readonly<Record<string, string>>) => ({ ...noProxies, env: variables });

  it('is used where a pod has one', async () => {
    writeFileSync(join(folder(), 'token'), 't');
    writeFileSync(join(folder(), 'namespace'), 'shop\n');
    const found = await serviceAccountTarget(sources(env), folder());
    assert.equal(found?.target.server, 'https://10.0.0.1:6443');
    assert.equal(found?.target.namespace, 'shop');
    assert.equal(found?.target.source, 'in-cluster account');
    assert.equal(found?.user.tokenFile, `${folder()}/token`);
    assert.deepEqual(found?.cluster.ca, { file: `${folder()}/ca.crt` });
  });

  it('takes an IPv6 address, and the default namespace where none is written', async () => {
    writeFileSync(join(folder(), 'token'), 't');
    const found = await serviceAccountTarget(sources({ ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }), folder());
    assert.equal(found?.target.server, 'https://[fd00::1]:6443');
    assert.equal(found?.target.namespace, 'default');
  });

  it('is none outside of a pod', async () => {
    assert.equal(await serviceAccountTarget(sources({}), folder()), undefined);
    assert.equal(await serviceAccountTarget(sources(env), folder()), undefined);
  });
});
