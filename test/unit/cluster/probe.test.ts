import assert from 'node:assert/strict';
import { silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import type { CredentialSource } from '../../../src/cluster/credential.ts';
import { Probe } from '../../../src/cluster/probe.ts';
import { succeed } from '../../../src/domain/apiError.ts';
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
    assert.deepEqual(answers, [undefined, undefined, undefined]);
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
    assert.equal(await first, undefined);
    assert.equal((await second)?.reason, 'unreachable');
  });

  it('makes no credential be refreshed', async () => {
    const asked: string[] = [];
    const credentials: CredentialSource = {
      canRefresh: true,
      get: async (need) => succeed({ token: `t${asked.push(need)}` }),
    };
    server.handler = (exchange) => exchange.status(401, 'Unauthorized', 'no');
    const own = new Connection(targetAt(server.url), credentials, silentLog);
    assert.equal(await new Probe(own, clock).ask(signal), undefined);
    assert.deepEqual(asked, ['connect']);
    own.dispose();
  });
});
