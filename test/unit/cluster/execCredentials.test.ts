import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toDisposable } from '../../../src/base/disposable.ts';
import type { Credential } from '../../../src/cluster/credential.ts';
import type { CredentialGate, GateAnswer } from '../../../src/cluster/credentialGate.ts';
import { ExecCredentials } from '../../../src/cluster/execCredentials.ts';
import type { ExecConfig, ResolvedCluster } from '../../../src/cluster/resolvedTarget.ts';
import type { Result } from '../../../src/domain/apiError.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { eventually } from './eventually.ts';
import { execConfig, printing, script, testFolder } from './plugins.ts';

/** A gate that notes what it is asked and told, and answers as the test says. */
class FakeGate implements CredentialGate {
  answer: GateAnswer = 'yes';
  readonly remembered: string[] = [];
  held = 0;

  async ask(_key: string, interaction: 'background' | 'click'): Promise<GateAnswer> {
    return interaction === 'click' && this.answer !== 'untrusted' ? 'yes' : this.answer;
  }

  async lock() {
    this.held++;
    return toDisposable(() => this.held--);
  }

  async remember(_key: string, kind: 'interactive' | 'quiet'): Promise<void> {
    this.remembered.push(kind);
  }
}

describe('exec credentials', () => {
  const folder = testFolder();
  const signal = new AbortController().signal;
  let clock: FakeClock;
  let gate: FakeGate;

  beforeEach(() => {
    clock = new FakeClock();
    gate = new FakeGate();
  });

  /** A plugin that counts its runs and then does `body`; the token it prints is the number of the run. */
  function source(body = '', status = '"token":"t\'"$n"\'"'): ExecCredentials {
    const text = `echo run >> ${folder()}/runs; n=$(wc -l < ${folder()}/runs | tr -d ' '); ${body}
printf '%s' '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{${status}}}'`;
    return of(script(folder(), 'plugin', text));
  }

  function of(command: string, more: Partial<ExecConfig> = {}, of: Partial<ResolvedCluster> = {}): ExecCredentials {
    const cluster = { name: 'c', server: 'https://example.test', insecureSkipTlsVerify: false, ...of };
    const exec = execConfig(command, { installHint: 'Install it.', ...more });
    return new ExecCredentials({ exec, cluster, userName: 'u', gate, clock, env: { PATH: process.env.PATH } });
  }

  function runs(): number {
    const file = join(folder(), 'runs');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
  }

  function credential(result: Result<Credential>): Credential {
    return result.ok ? result.value : assert.fail(result.error.message);
  }

  function refusal(result: Result<Credential>): string {
    return result.ok ? assert.fail('there is a credential') : `${result.error.reason}: ${result.error.message}`;
  }

  const waiting = () => `while [ ! -e ${folder()}/go ]; do sleep 0.01; done`;
  const go = () => writeFileSync(join(folder(), 'go'), '');

  it('runs the plugin once for eight requests at a time, and keeps what it gave', async () => {
    const credentials = source();
    const all = await Promise.all(Array.from({ length: 8 }, () => credentials.get('connect', 'background', signal)));
    for (const result of all) assert.equal(credential(result).token, 't1');
    await clock.advance(86_400_000);
    assert.equal(credential(await credentials.get('connect', 'background', signal)).token, 't1');
    assert.equal(runs(), 1);
    assert.deepEqual(gate.remembered, ['quiet']);
    assert.equal(gate.held, 0);
  });

  it('renews a credential a minute before it expires', async () => {
    const credentials = source('', '"token":"x","expirationTimestamp":"2026-01-01T01:00:00Z"');
    await credentials.get('connect', 'background', signal);
    await clock.advance(58 * 60_000);
    await credentials.get('connect', 'background', signal);
    assert.equal(runs(), 1);
    await clock.advance(60_000);
    await credentials.get('connect', 'background', signal);
    assert.equal(runs(), 2);
  });

  it('does not run for every request when what the plugin gives has expired already', async () => {
    const credentials = source('', '"token":"x","expirationTimestamp":"2020-01-01T00:00:00Z"');
    for (let request = 0; request < 5; request++) {
      assert.equal(credential(await credentials.get('connect', 'background', signal)).token, 'x');
      await clock.advance(1_000);
    }
    assert.equal(runs(), 1);
    await clock.advance(30_000);
    await credentials.get('connect', 'background', signal);
    assert.equal(runs(), 2);
  });

  it('runs once after a 401, however many requests were refused together', async () => {
    const credentials = source();
    const refused = credential(await credentials.get('connect', 'background', signal));
    const first = await credentials.get('refresh401', 'background', signal, refused);
    const later = await credentials.get('refresh401', 'background', signal, refused);
    assert.equal(credential(first).token, 't2');
    assert.equal(credential(later).token, 't2');
    assert.equal(runs(), 2);
  });

  it('does not run in a loop while every credential is refused', async () => {
    const credentials = source();
    let refused = credential(await credentials.get('connect', 'background', signal));
    for (let second = 0; second < 240; second += 30) {
      refused = credential(await credentials.get('refresh401', 'background', signal, refused));
      await clock.advance(30_000);
    }
    assert.equal(runs(), 2);
    await clock.advance(120_000);
    await credentials.get('refresh401', 'background', signal, refused);
    assert.equal(runs(), 3);
  });

  it('needs a click after two renewals that were refused at once', async () => {
    const credentials = source();
    let refused = credential(await credentials.get('connect', 'background', signal));
    for (let renewal = 0; renewal < 2; renewal++) {
      refused = credential(await credentials.get('refresh401', 'background', signal, refused));
      for (let request = 0; request < 3; request++)
        assert.equal(credential(await credentials.get('refresh401', 'background', signal, refused)), refused);
      await clock.advance(300_000);
    }
    assert.deepEqual(gate.remembered, ['quiet', 'quiet', 'quiet', 'interactive']);
    gate.answer = 'interactive';
    assert.match(
      refusal(await credentials.get('refresh401', 'background', signal, refused)),
      /^signIn: https:\/\/example\.test does not accept what the credential plugin plugin gives\. Sign in again\.$/,
    );
    assert.equal(runs(), 3);
  });

  it('goes on renewing what works for a while', async () => {
    const credentials = source();
    let refused = credential(await credentials.get('connect', 'background', signal));
    for (let renewal = 2; renewal < 6; renewal++) {
      await clock.advance(600_000);
      refused = credential(await credentials.get('refresh401', 'background', signal, refused));
      assert.equal(refused.token, `t${renewal}`);
    }
    assert.ok(!gate.remembered.includes('interactive'));
  });

  it('runs again for a click whose credential is refused', async () => {
    const credentials = source();
    const first = credential(await credentials.get('connect', 'background', signal));
    await clock.advance(60_000);
    assert.equal(credential(await credentials.get('refresh401', 'click', signal, first)).token, 't2');
  });

  it('is refused by the gate without running', async () => {
    for (const [answer, says] of [
      ['untrusted', /^untrusted: User u needs a credential plugin, which does not run in an untrusted workspace/],
      ['unfocused', /^unfocused: The credential of user u renews when this window is in front\.$/],
      ['interactive', /^signIn: User u .* needs you to sign in/],
    ] as const) {
      gate.answer = answer;
      assert.match(refusal(await source().get('connect', 'background', signal)), says);
    }
    assert.equal(runs(), 0);
    assert.deepEqual(gate.remembered, []);
  });

  it('needs a click from the start where it cannot do without a person', async () => {
    const command = script(folder(), 'always', printing({ token: 'x' }));
    const credentials = of(command, { alwaysInteractive: true });
    assert.match(refusal(await credentials.get('connect', 'background', signal)), /^signIn/);
    assert.equal(credential(await credentials.get('connect', 'click', signal)).token, 'x');
    gate.answer = 'untrusted';
    assert.match(refusal(await of(command).get('connect', 'background', signal)), /^untrusted/);
  });

  it('is another plugin to the gate for another cluster, its TLS name, its proxy or its arguments', async () => {
    const keys = new Set<string>();
    gate.ask = async (key) => {
      keys.add(key);
      return 'interactive';
    };
    const clusters: Partial<ResolvedCluster>[] = [
      {},
      { server: 'https://other.test' },
      { tlsServerName: 'inner' },
      { insecureSkipTlsVerify: true },
      { proxyUrl: 'http://p:1' },
    ];
    for (const cluster of clusters) await of('x', {}, cluster).get('connect', 'background', signal);
    for (const args of [['a'], ['b']]) await of('x', { args }).get('connect', 'background', signal);
    assert.equal(keys.size, 7);
    // It is not told of the one in force, which may be another in every window.
    await of('x', {}, { proxy: 'http://p:1' }).get('connect', 'background', signal);
    assert.equal(keys.size, 7);
  });

  it('never runs in an untrusted workspace, not even for a click', async () => {
    gate.answer = 'untrusted';
    assert.match(refusal(await source().get('connect', 'click', signal)), /^untrusted/);
    assert.equal(runs(), 0);
  });

  it('asks the gate again when its turn comes', async () => {
    gate.lock = async () => {
      gate.answer = 'unfocused';
      return toDisposable(() => {});
    };
    assert.match(refusal(await source().get('connect', 'background', signal)), /^unfocused/);
    assert.equal(runs(), 0);
  });

  for (const answer of ['unfocused', 'interactive'] as const) {
    it(`serves what it has until that expires while it may not run (${answer})`, async () => {
      const credentials = source('', '"token":"x","expirationTimestamp":"2026-01-01T00:15:00Z"');
      const first = credential(await credentials.get('connect', 'background', signal));
      gate.answer = answer;
      await clock.advance(14 * 60_000 + 30_000);
      assert.equal(credential(await credentials.get('connect', 'background', signal)), first);
      assert.match(refusal(await credentials.get('refresh401', 'background', signal, first)), /^(unfocused|signIn)/);
      await clock.advance(30_000);
      assert.match(refusal(await credentials.get('connect', 'background', signal)), /^(unfocused|signIn)/);
      gate.answer = 'yes';
      await credentials.get('connect', 'background', signal);
      assert.equal(runs(), 2);
    });
  }

  it('serves what it has until that expires when a renewal fails', async () => {
    const credentials = source('[ $n = 1 ] || exit 3', '"token":"x","expirationTimestamp":"2026-01-01T00:15:00Z"');
    const first = credential(await credentials.get('connect', 'background', signal));
    await clock.advance(14 * 60_000 + 30_000);
    assert.equal(credential(await credentials.get('connect', 'background', signal)), first);
    assert.deepEqual(gate.remembered, ['quiet', 'interactive']);
  });

  it('is an error, not a rejection, when the turn cannot be taken', async () => {
    gate.lock = async () => {
      throw new Error('disk full');
    };
    assert.match(refusal(await source().get('connect', 'background', signal)), /^config/);
  });

  it('counts as interactive when it took over ten seconds', async () => {
    const credentials = source(waiting());
    const result = credentials.get('connect', 'background', signal);
    await eventually('it runs', () => runs() === 1);
    await clock.advance(10_001);
    go();
    assert.equal(credential(await result).token, 't1');
    assert.deepEqual(gate.remembered, ['interactive']);
  });

  it('ends after 30 s in the background and counts as interactive', async () => {
    const result = source(waiting()).get('connect', 'background', signal);
    await eventually('it runs', () => runs() === 1);
    await clock.advance(30_000);
    assert.match(refusal(await result), /^signIn: .*did not end within 30 s/);
    assert.deepEqual(gate.remembered, ['interactive']);
    assert.equal(gate.held, 0);
  });

  it('may take three minutes after a click', async () => {
    const result = source(waiting()).get('connect', 'click', signal);
    await eventually('it runs', () => runs() === 1);
    await clock.advance(179_000);
    go();
    assert.equal(credential(await result).token, 't1');
  });

  it('counts as interactive when it failed, and goes on saying why', async () => {
    const credentials = source('exit 7');
    assert.match(refusal(await credentials.get('connect', 'background', signal)), /exit code 7/);
    assert.deepEqual(gate.remembered, ['interactive']);
    gate.answer = 'interactive';
    assert.match(refusal(await credentials.get('connect', 'background', signal)), /^signIn: .*exit code 7/);
    assert.equal(runs(), 1);
  });

  it('says how to install what is missing, and needs no click once it is there', async () => {
    const command = join(folder(), 'later');
    const credentials = of(command);
    assert.match(
      refusal(await credentials.get('connect', 'background', signal)),
      /^config: .*not installed\. Install it\./,
    );
    assert.deepEqual(gate.remembered, []);
    script(folder(), 'later', printing({ token: 'now' }));
    assert.equal(credential(await credentials.get('connect', 'background', signal)).token, 'now');
  });

  it('lets a click wait for a background run, and uses what that brought', async () => {
    const credentials = source(waiting());
    const background = credentials.get('connect', 'background', signal);
    await eventually('it runs', () => runs() === 1);
    const clicks = [1, 2].map(() => credentials.get('connect', 'click', signal));
    go();
    for (const result of [background, ...clicks]) assert.equal(credential(await result).token, 't1');
    assert.equal(runs(), 1);
  });

  it('runs once for two clicks after a background run that was refused', async () => {
    gate.answer = 'interactive';
    const credentials = source();
    const background = credentials.get('connect', 'background', signal);
    const clicks = await Promise.all([1, 2].map(() => credentials.get('connect', 'click', signal)));
    assert.match(refusal(await background), /^signIn/);
    for (const result of clicks) assert.equal(credential(result).token, 't1');
    assert.equal(runs(), 1);
  });

  it('goes on for those who still wait when the one who began it is stopped', async () => {
    const credentials = source(waiting());
    const stop = new AbortController();
    const first = credentials.get('connect', 'background', stop.signal);
    await eventually('it runs', () => runs() === 1);
    const second = credentials.get('connect', 'background', signal);
    stop.abort();
    assert.match(refusal(await first), /^aborted/);
    go();
    assert.equal(credential(await second).token, 't1');
    assert.equal(runs(), 1);
  });

  it('goes on for a click that follows the one that is given up', async () => {
    const credentials = source(waiting());
    const stop = new AbortController();
    const first = credentials.get('connect', 'click', stop.signal);
    await eventually('it runs', () => runs() === 1);
    stop.abort();
    assert.match(refusal(await first), /^aborted/);
    await clock.advance(900);
    const second = credentials.get('connect', 'click', signal);
    await clock.advance(5_000);
    go();
    assert.equal(credential(await second).token, 't1');
    assert.equal(runs(), 1);
    assert.equal(clock.pendingTimers, 0);
  });

  it('ends a second after the last one has stopped waiting, and runs anew for the next', async () => {
    const credentials = source(waiting());
    const stop = new AbortController();
    const first = credentials.get('connect', 'background', stop.signal);
    await eventually('it runs', () => runs() === 1);
    stop.abort();
    await first;
    await clock.advance(1_000);
    await eventually('its turn has ended', () => gate.held === 0);
    go();
    assert.equal(credential(await credentials.get('connect', 'background', signal)).token, 't2');
    assert.deepEqual(gate.remembered, ['quiet']);
  });

  it('ends with its owner', async () => {
    const credentials = source(waiting());
    const first = credentials.get('connect', 'click', signal);
    await eventually('it runs', () => runs() === 1);
    credentials.dispose();
    assert.match(refusal(await first), /^aborted/);
    assert.match(refusal(await credentials.get('connect', 'click', signal)), /^aborted/);
    assert.equal(runs(), 1);
    assert.equal(gate.held, 0);
  });
});
