import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignalSource } from '../../../src/base/signal.ts';
import type { CredentialSource } from '../../../src/cluster/credential.ts';
import { ExecCredentials } from '../../../src/cluster/execCredentials.ts';
import { credentialGate } from '../../../src/host/credentialGate.ts';
import { interactivePlugins } from '../../../src/host/interactivePlugins.ts';
import type { Handler } from '../../support/fakeApiServer.ts';
import type { FakeClock } from '../../support/fakeClock.ts';
import { until } from '../../support/until.ts';
import { eventually } from '../cluster/eventually.ts';
import { execConfig, script, testFolder } from '../cluster/plugins.ts';
import { type Harness, harnesses, listOf, quietWatch, targetAt } from '../cluster/reflectorHarness.ts';

/** A window: its focus, and the credentials of its session. */
interface Window {
  readonly focused: SignalSource<boolean>;
  readonly credentials: CredentialSource;
}

describe('credential plugin over a night', function () {
  this.timeout(30_000);
  const follow = harnesses();
  const folder = testFolder();
  const storage = () => join(folder(), 'storage');
  const rejected: Handler = (exchange) => exchange.status(401, 'Unauthorized', 'Unauthorized');
  const nightMs = 12 * 3_600_000;

  /** A plugin that writes down when it begins and ends; `body` comes between. */
  function plugin(body: string, status = '"token":"t"', name = 'plugin'): string {
    const answer = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{${status}}}`;
    return script(
      folder(),
      name,
      `echo begin >> '${folder()}/runs'; ${body}; printf '%s' '${answer}'; echo end >> '${folder()}/runs'`,
    );
  }

  /** What plugins have written down. */
  function log(): readonly string[] {
    const file = join(folder(), 'runs');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  }
  const runs = () => log().filter((line) => line === 'begin').length;

  function windowOf(clock: FakeClock, command: string, front = true): Window {
    const focused = new SignalSource(front);
    const interactive = interactivePlugins(storage());
    const gate = credentialGate({ folder: storage(), trusted: new SignalSource(true), focused, interactive, clock });
    const cluster = { name: 'c', server: 'https://example.test', insecureSkipTlsVerify: false };
    const env = { PATH: process.env.PATH };
    const exec = execConfig(command);
    return { focused, credentials: new ExecCredentials({ exec, cluster, userName: 'u', gate, clock, env }) };
  }

  /** A session in a window of its own, begun. */
  async function begin(command: string, lists: readonly Handler[], watches: readonly Handler[] = [quietWatch]) {
    const harness = await follow({ lists, watches });
    const window = windowOf(harness.clock, command);
    harness.connection.replace(targetAt(harness.server.url), window.credentials);
    void harness.run();
    return { harness, window };
  }

  const sleepThrough = (harness: Harness) => harness.drive(nightMs, 150_000);

  it('is not run while nobody looks and every request is refused', async () => {
    const { harness, window } = await begin(plugin(':'), [listOf('1', 'a'), rejected], [quietWatch, rejected]);
    await harness.watching();
    assert.equal(runs(), 1);
    window.focused.set(false);
    await sleepThrough(harness);
    assert.equal(harness.phase, 'unfocused');
    assert.equal(runs(), 1);
    assert.ok(harness.server.requests.length < 500, `${harness.server.requests.length} requests`);
  });

  it('is not run while nobody looks and what it gave has expired, and once when somebody does', async () => {
    const expiring = '"token":"t","expirationTimestamp":"2026-01-01T00:30:00Z"';
    const { harness, window } = await begin(plugin(':', expiring), [listOf('1', 'a')]);
    await harness.watching();
    window.focused.set(false);
    await sleepThrough(harness);
    assert.equal(harness.phase, 'unfocused');
    assert.equal(runs(), 1);
    window.focused.set(true);
    harness.reflector.wake();
    await eventually('it is run', () => runs() === 2);
    await harness.watching();
  });

  it('that failed is not run again by itself, however often somebody looks, but by a click', async () => {
    const { harness, window } = await begin(plugin('[ -e "$0.ok" ] || exit 1'), [listOf('1', 'a')]);
    await harness.failed('signIn');
    for (let hour = 0; hour < 12; hour++) {
      window.focused.set(hour % 2 === 0);
      harness.reflector.wake();
      await harness.drive(nightMs / 12, 300_000);
    }
    assert.deepEqual([harness.phase, runs()], ['signIn', 1]);
    script(folder(), 'plugin.ok', '');
    harness.reflector.retry('click');
    await harness.watching();
    assert.equal(runs(), 2);
  });

  it('that was slow once is not run again by itself', async () => {
    const expiring = '"token":"t","expirationTimestamp":"2026-01-01T00:10:00Z"';
    const slow = plugin(`while [ ! -e "$0.go" ]; do sleep 0.01; done`, expiring);
    const { harness } = await begin(slow, [listOf('1', 'a'), rejected], [quietWatch, rejected]);
    await eventually('it is run', () => runs() === 1);
    await harness.clock.advance(11_000);
    script(folder(), 'plugin.go', '');
    await harness.watching();
    await sleepThrough(harness);
    assert.deepEqual([harness.phase, runs()], ['signIn', 1]);
  });

  it('that fails is run once in all, by whichever of two windows comes first', async () => {
    const { clock } = await follow({});
    const command = plugin('sleep 0.05; exit 1');
    const windows = [windowOf(clock, command), windowOf(clock, command)];
    const { signal } = new AbortController();
    const answers = Promise.all(windows.map(({ credentials }) => credentials.get('connect', 'background', signal)));
    let done = false;
    void answers.then(() => (done = true));
    await until('both are answered', 10_000, async () => {
      await clock.advance(500);
      return done;
    });
    for (const answer of await answers) assert.equal(!answer.ok && answer.error.reason, 'signIn');
    assert.equal(runs(), 1);
  });

  it('is run by two windows one after the other, never two plugins at once', async () => {
    const { clock } = await follow({});
    const commands = ['one', 'two'].map((name) => plugin('sleep 0.1', '"token":"t"', name));
    const windows = commands.flatMap((command) => [windowOf(clock, command), windowOf(clock, command)]);
    const { signal } = new AbortController();
    let given = 0;
    for (const { credentials } of windows)
      void credentials.get('connect', 'background', signal).then(({ ok }) => {
        if (ok) given++;
      });
    await until('all are answered', 20_000, async () => {
      await clock.advance(500);
      return given === windows.length;
    });
    assert.deepEqual(log(), Array.from({ length: 4 }, () => ['begin', 'end']).flat());
  });
});
