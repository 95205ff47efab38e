import assert from 'node:assert/strict';
import type { CredentialSource } from '../../../src/cluster/credential.ts';
import { fail, succeed } from '../../../src/domain/apiError.ts';
import type { Handler } from '../../support/fakeApiServer.ts';
import { eventually } from './eventually.ts';
import { harnesses, listOf, noCredential, targetAt } from './reflectorHarness.ts';

describe('reflector: credentials', () => {
  const follow = harnesses();
  const rejected: Handler = (exchange) => exchange.status(401, 'Unauthorized', 'Unauthorized');

  it('refreshes the credential once per 401 and goes on', async () => {
    const asked: string[] = [];
    const credentials: CredentialSource = {
      canRefresh: true,
      get: async (need) => succeed({ token: `t${asked.push(need)}` }),
    };
    const harness = await follow({ lists: [rejected, listOf('1', 'a')] }, credentials);
    void harness.run();
    await harness.watching();
    assert.deepEqual(asked, ['connect', 'refresh401', 'connect']);
    assert.deepEqual(
      harness.server.lists.map(({ headers }) => headers.authorization),
      ['Bearer t1', 'Bearer t2'],
    );
  });

  it('does not refresh in a loop while every credential is refused', async () => {
    const asked: string[] = [];
    const credentials: CredentialSource = {
      canRefresh: true,
      get: async (need) => succeed({ token: `t${asked.push(need)}` }),
    };
    const harness = await follow({ lists: [rejected] }, credentials);
    void harness.run();
    await harness.failed('unauthorized');
    assert.deepEqual(asked, ['connect', 'refresh401']);
    assert.equal(harness.server.lists.length, 2);
    await harness.drive(10_000);
    assert.equal(asked.length % 2, 0);
    assert.ok(asked.length <= 10, `asked ${asked.length} times in ten seconds`);
  });

  it('passes on a click that came during an attempt, whatever is asked for after it', async () => {
    const asked: string[] = [];
    let answer = () => {};
    const credentials: CredentialSource = {
      canRefresh: true,
      get: async (_, interaction) => {
        asked.push(interaction);
        if (interaction === 'click') return succeed({});
        if (asked.length === 1) await new Promise<void>((resolve) => (answer = resolve));
        return asked.includes('click') ? succeed({}) : fail('signIn', 'Sign in.');
      },
    };
    const harness = await follow({}, credentials);
    void harness.run();
    harness.reflector.retry('click');
    harness.reflector.retry('background');
    answer();
    await harness.watching();
    assert.deepEqual(asked, ['background', 'click', 'background']);
  });

  it('waits for the user where a plugin needs one, and passes a click on once', async () => {
    const asked: string[] = [];
    const credentials: CredentialSource = {
      canRefresh: true,
      get: async (_, interaction) => {
        asked.push(interaction);
        return interaction === 'click' || asked.includes('click') ? succeed({}) : fail('signIn', 'Sign in.');
      },
    };
    const harness = await follow({}, credentials);
    void harness.run();
    await harness.failed('signIn');
    await harness.drive(60_000, 20_000);
    assert.deepEqual(asked, ['background']);
    assert.equal(harness.server.requests.length, 0);
    harness.reflector.retry('click');
    await harness.watching();
    assert.deepEqual(asked, ['background', 'click', 'background']);
  });

  it('watches on from where it was when the connection has become another one, without a failure', async () => {
    const harness = await follow({ lists: [listOf('7', 'a')] });
    void harness.run();
    await harness.watching();
    harness.server.exchanges.at(-1)?.bookmark('9');
    await eventually('the bookmark has come', () => harness.reflector.diagnostics.resourceVersion === '9');
    harness.connection.replace(targetAt(harness.server.url), noCredential);
    await harness.watching(2);
    assert.equal(harness.server.watches[1]?.query.get('resourceVersion'), '9');
    assert.equal(harness.server.lists.length, 1);
    assert.equal(harness.server.exchanges.filter(({ closed }) => !closed).length, 1);
    assert.deepEqual(
      harness.states.map(({ phase }) => phase),
      ['live'],
    );
  });
});
