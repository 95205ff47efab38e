import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PluginCredential, runExecPlugin } from '../../../src/cluster/execPlugin.ts';
import type { ExecConfig, ResolvedCluster } from '../../../src/cluster/resolvedTarget.ts';
import type { Result } from '../../../src/domain/apiError.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { eventually } from './eventually.ts';
import { execConfig, printing, script, testFolder, v1 } from './plugins.ts';

const authority = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const cluster: ResolvedCluster = {
  name: 'c',
  server: 'https://example.test',
  insecureSkipTlsVerify: false,
  tlsServerName: 'inner',
  ca: { data: Buffer.from(authority).toString('base64') },
  pluginConfig: { audience: 'abc' },
};
const secret = 'SECRET-OUTPUT';

describe('exec plugin', () => {
  const folder = testFolder();
  const clock = new FakeClock();

  function run(body: string, more: Partial<ExecConfig> = {}, signal = new AbortController().signal) {
    const file = script(folder(), 'plugin', body);
    const env = { PATH: process.env.PATH, FROM_EDITOR: 'yes' };
    return runExecPlugin(file, execConfig(file, more), cluster, { limitMs: 30_000, clock, signal, env });
  }

  function given(result: Result<PluginCredential>): PluginCredential {
    return result.ok ? result.value : assert.fail(result.error.message);
  }

  function refusal(result: Result<PluginCredential>): string {
    if (result.ok) assert.fail('it was accepted');
    assert.doesNotMatch(JSON.stringify(result.error), new RegExp(secret));
    return `${result.error.reason}: ${result.error.message}`;
  }

  it('gives a token and its end', async () => {
    const status = { token: 'abc', expirationTimestamp: '2026-01-01T00:00:00Z' };
    assert.deepEqual(given(await run(printing(status))), {
      credential: { token: 'abc' },
      expiresMs: Date.UTC(2026, 0, 1),
    });
  });

  it('gives a client certificate with its key, of v1beta1 too', async () => {
    const apiVersion = 'client.authentication.k8s.io/v1beta1';
    const status = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
    assert.deepEqual(given(await run(printing(status, apiVersion), { apiVersion })), {
      credential: { clientCertificate: 'CERT', clientKey: 'KEY' },
    });
  });

  it('passes arguments as they are, without a shell', async () => {
    const args = ['a b', '$(touch hacked)', '; exit 3'];
    await run(`printf '%s\\n' "$@" > ${folder()}/args; ${printing({ token: 't' })}`, { args });
    assert.equal(readFileSync(join(folder(), 'args'), 'utf8'), `${args.join('\n')}\n`);
    assert.equal(existsSync(join(folder(), 'hacked')), false);
  });

  it("passes the editor's environment, then the kubeconfig's, and KUBERNETES_EXEC_INFO", async () => {
    const body = `printf '%s|%s|%s' "$FROM_EDITOR" "$FROM_CONFIG" "$KUBERNETES_EXEC_INFO" > ${folder()}/env`;
    await run(`${body}; ${printing({ token: 't' })}`, { env: [{ name: 'FROM_CONFIG', value: 'x y' }] });
    const [editor, config, info] = readFileSync(join(folder(), 'env'), 'utf8').split('|');
    assert.deepEqual([editor, config], ['yes', 'x y']);
    assert.deepEqual(JSON.parse(info ?? ''), { apiVersion: v1, kind: 'ExecCredential', spec: { interactive: false } });
  });

  it('describes the cluster only where the kubeconfig says so', async () => {
    await run(`printf '%s' "$KUBERNETES_EXEC_INFO" > ${folder()}/info; ${printing({ token: 't' })}`, {
      provideClusterInfo: true,
      // What kubectl says of itself cannot be overridden there either.
      env: [{ name: 'KUBERNETES_EXEC_INFO', value: 'mine' }],
    });
    const { spec } = JSON.parse(readFileSync(join(folder(), 'info'), 'utf8'));
    assert.deepEqual(spec.cluster, {
      server: 'https://example.test',
      'tls-server-name': 'inner',
      'certificate-authority-data': Buffer.from(authority).toString('base64'),
      config: { audience: 'abc' },
    });
  });

  it('is told the authority of a cluster also where that is a file', async () => {
    const ca = join(folder(), 'ca.crt');
    writeFileSync(ca, authority);
    const body = `printf '%s' "$KUBERNETES_EXEC_INFO" > ${folder()}/info; ${printing({ token: 't' })}`;
    const file = script(folder(), 'plugin', body);
    const exec = execConfig(file, { provideClusterInfo: true });
    const options = { limitMs: 30_000, clock, signal: new AbortController().signal, env: { PATH: process.env.PATH } };
    given(await runExecPlugin(file, exec, { ...cluster, ca: { file: ca } }, options));
    const { spec } = JSON.parse(readFileSync(join(folder(), 'info'), 'utf8'));
    assert.equal(spec.cluster['certificate-authority-data'], Buffer.from(authority).toString('base64'));
    const gone = await runExecPlugin(file, exec, { ...cluster, ca: { file: join(folder(), 'gone') } }, options);
    assert.match(refusal(gone), /^config: The file .*gone .* cannot be read/);
  });

  it('has an end of file on its standard input', async () => {
    assert.equal(given(await run(`cat > /dev/null; ${printing({ token: 't' })}`)).credential.token, 't');
  });

  for (const [what, body, says] of [
    ['fails', `echo ${secret}; echo ${secret} >&2; exit 3`, /^signIn: .*plugin failed \(exit code 3\)\. Run kubectl/],
    ['prints nothing', 'true', /^signIn: .*did not print an ExecCredential/],
    ['prints rubbish', `echo ${secret}`, /^signIn: .*did not print an ExecCredential/],
    ['prints another object', `echo '{"kind":"Pod","a":"${secret}"}'`, /^signIn: .*did not print an ExecCredential/],
    ['prints too much', `yes ${secret} | head -c 3000000`, /^signIn: .*did not print an ExecCredential/],
    [
      'answers in another apiVersion',
      printing({ token: secret }, 'client.authentication.k8s.io/v1beta1'),
      /^config: .*another apiVersion .*\(client\.authentication\.k8s\.io\/v1\)/,
    ],
    [
      'gives a certificate alone',
      printing({ token: 't', clientCertificateData: secret }),
      /^signIn: .*without its key/,
    ],
    ['gives a key alone', printing({ token: 't', clientKeyData: secret }), /^signIn: .*key without its certificate/],
    [
      'gives a token with a line end',
      printing({ token: `${secret}\n` }),
      /^signIn: .*token with characters that an HTTP/,
    ],
    [
      'gives neither token nor certificate',
      printing({ expirationTimestamp: secret }),
      /^signIn: .*no token and no client certificate/,
    ],
    ['is killed', 'kill -9 $$', /^signIn: .*failed \(exit code none\)/],
  ] as const) {
    it(`is an error without its output when it ${what}`, async () => assert.match(refusal(await run(body)), says));
  }

  it('is an error when it cannot be started', async () => {
    assert.match(refusal(await run('true', { args: ['a\u0000b'] })), /^signIn: .*cannot be started/);
    const options = { limitMs: 1, clock, signal: new AbortController().signal, env: {} };
    const nowhere = await runExecPlugin(join(folder(), 'gone'), execConfig('gone'), cluster, options);
    assert.match(refusal(nowhere), /^signIn: .*gone cannot be started/);
  });

  it('is killed with its children when it does not end within the limit', async () => {
    const running = run(`sleep 600 & echo $! > ${folder()}/child; wait`);
    const child = join(folder(), 'child');
    await eventually('it has started', () => existsSync(child) && readFileSync(child, 'utf8').endsWith('\n'));
    await clock.advance(30_000);
    assert.match(refusal(await running), /^signIn: .*did not end within 30 s/);
    const pid = Number(readFileSync(child, 'utf8'));
    await eventually('its child has ended', () => !alive(pid));
  });

  it('is killed when nobody wants its answer any more', async () => {
    const stop = new AbortController();
    const running = run(`echo $$ > ${folder()}/pid; exec sleep 600`, {}, stop.signal);
    const file = join(folder(), 'pid');
    await eventually('it has started', () => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
    stop.abort();
    assert.match(refusal(await running), /^aborted/);
    const pid = Number(readFileSync(file, 'utf8'));
    await eventually('it has ended', () => !alive(pid));
    assert.equal(clock.pendingTimers, 0);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    // A zombie has ended.
    return !existsSync(stat) || !/\) Z/.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}
