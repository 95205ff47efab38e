import assert from 'node:assert/strict';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import type { CredentialSource } from '../../../src/cluster/credential.ts';
import { Probe } from '../../../src/cluster/probe.ts';
import type { Reach } from '../../../src/cluster/reach.ts';
import type { ResolvedTarget } from '../../../src/cluster/resolvedTarget.ts';
import { fail } from '../../../src/domain/apiError.ts';
import { FakeApiServer } from '../../support/fakeApiServer.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { eventually } from './eventually.ts';
import { noCredential, ready, targetAt } from './reflectorHarness.ts';

describe('probe', () => {
  const signal = new AbortController().signal;
  let server: FakeApiServer;
  let connection: Connection;
  let clock: FakeClock;

  beforeEach(async () => {
    server = await FakeApiServer.start();
    server.handler = ready;
    clock = new FakeClock();
    connection = new Connection(targetAt(server.url), noCredential, silentLog);
  });
  afterEach(async () => {
    connection.dispose();
    await server.close();
  });

  it('is one request for all who ask at the same time, and another one later', async () => {
    const probe = new Probe(connection, clock);
    const answers = await Promise.all([probe.ask(signal), probe.ask(signal), probe.ask(signal)]);
    assert.deepEqual(answers, ['reachable', 'reachable', 'reachable']);
    assert.equal(server.requests.length, 1);
    await probe.ask(signal);
    assert.equal(server.requests.length, 2);
    assert.equal(server.connections, 2);
    assert.equal(clock.pendingTimers, 0);
  });

  it('asks again for those who still wait when the one who began is stopped', async () => {
    const probe = new Probe(connection, clock);
    const stop = new AbortController();
    server.handler = () => {};
    const first = probe.ask(stop.signal);
    const second = probe.ask(signal);
    await eventually('it was asked', () => server.requests.length === 1);
    server.handler = (exchange) => exchange.cut();
    stop.abort();
    assert.equal(await first, 'unknown');
    assert.match(words(await second), /^unreachable/);
  });

  it('asks nobody for a credential and sends none', async () => {
    const credentials: CredentialSource = { canRefresh: true, get: () => assert.fail('it was asked') };
    for (const status of [200, 401, 403, 500]) {
      server.handler = (exchange) => exchange.status(status, 'Reason', 'no');
      assert.equal(await probing(targetAt(server.url), credentials), 'reachable');
    }
    assert.equal(server.requests.length, 4);
    for (const { headers } of server.requests) assert.equal(headers.authorization, undefined);
  });

  it('sees that a server has gone while its credential is refused', async () => {
    const gone = await FakeApiServer.start();
    const { url } = gone;
    await gone.close();
    const refusing: CredentialSource = { canRefresh: true, get: async () => fail('signIn', 'Sign in.') };
    assert.match(words(await probing(targetAt(url), refusing)), /^unreachable: .*connection refused/);
  });

  it('sees that a server is there while a plugin takes its time', async () => {
    const slow: CredentialSource = { canRefresh: true, get: () => new Promise(() => {}) };
    assert.equal(await probing(targetAt(server.url), slow), 'reachable');
  });

  it('does not know when it cannot ask', async () => {
    const target = targetAt(server.url, { ca: { file: '/nowhere/ca.crt' } });
    assert.equal(await probing(target, noCredential), 'unknown');
    assert.equal(server.requests.length, 0);
  });

  async function probing(target: ResolvedTarget, credentials: CredentialSource): Promise<Reach> {
    const own = new Connection(target, credentials, silentLog);
    try {
      return await new Probe(own, clock).ask(signal);
    } finally {
      own.dispose();
    }
  }
});

function words(reach: Reach): string {
  return typeof reach === 'string' ? reach : `${reach.reason}: ${reach.message}`;
}
