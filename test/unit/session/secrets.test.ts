import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toDisposable } from '../../../src/base/disposable.ts';
import type { Log } from '../../../src/base/log.ts';
import { SignalSource } from '../../../src/base/signal.ts';
import type { CredentialGate, GateAnswer } from '../../../src/cluster/credentialGate.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { diagnosticsReport } from '../../../src/presentation/diagnosticsReport.ts';
import { followTarget } from '../../../src/session/follow.ts';
import { openGatedSession } from '../../../src/session/openSession.ts';
import { FakeApiServer, type Handler } from '../../support/fakeApiServer.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { viewOf } from '../../support/views.ts';
import { eventually } from '../cluster/eventually.ts';
import { httpProxy, socksProxy } from '../cluster/fakeProxies.ts';
import { script, testFolder, v1 } from '../cluster/plugins.ts';

/** Stands in every credential, and nowhere else. */
const marker = 'mArKeR7f3a';
/** Nobody listens there: a port that needs rights to listen on. */
const nowhere = '127.0.0.1:1';

interface Case {
  /** User and cluster of the kubeconfig, or the whole of its text. */
  readonly user?: object;
  readonly cluster?: object;
  readonly text?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly editorProxy?: string;
  readonly serves?: Handler;
  /** What is shown or logged in the end: the case has come to where it was meant to. */
  readonly says: RegExp;
}

const cluster: Handler = (exchange) =>
  exchange.request.query.get('watch') === '1' ? exchange.begin() : exchange.page([], '1');
const refuses: Handler = (exchange) => exchange.status(401, 'Unauthorized', 'Unauthorized');
const forbids: Handler = (exchange) => exchange.status(403, 'Forbidden', 'pods is forbidden');
const portal: Handler = (exchange) => exchange.text('<html>hello', 'text/html');
const cuts: Handler = (exchange) => exchange.cut();
const live = /"state":"live"/;
const pem = (what: string, text: string) =>
  Buffer.from(`-----BEGIN ${what}-----\n${text}\n-----END ${what}-----\n`).toString('base64');

/** A window in front, for which time stands still while a plugin runs. */
class OneWindow implements CredentialGate {
  running = false;
  #needsUser = false;

  async ask(): Promise<GateAnswer> {
    return this.#needsUser ? 'interactive' : 'yes';
  }

  async lock() {
    this.running = true;
    return toDisposable(() => {
      this.running = false;
    });
  }

  async remember(_key: string, kind: 'interactive' | 'quiet'): Promise<void> {
    this.#needsUser = kind === 'interactive';
  }
}

describe('secrets', function () {
  this.timeout(30_000);
  const folder = testFolder();
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** Everything that is logged and shown of a kubeconfig and the session that it leads to, until it says what it should. */
  async function told(of: Case, server: FakeApiServer): Promise<string> {
    const lines: string[] = [];
    const say = (message: string) => void lines.push(message);
    const log: Log = { debug: say, info: say, warn: say, error: say };
    const clock = new FakeClock();
    const file = join(folder(), 'config');
    const whole = {
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster: { server: server.url, ...of.cluster } }],
      users: [{ name: 'u', user: of.user ?? {} }],
    };
    writeFileSync(file, of.text ?? JSON.stringify(whole));
    const env = { PATH: process.env.PATH, KUBECONFIG: file, ...of.env };
    const inputs = new SignalSource({
      kubeconfig: '',
      context: '',
      pinned: undefined,
      kubernetesExtension: undefined,
      demo: undefined,
      editorProxy: { url: of.editorProxy ?? '', noProxy: [] },
    });
    const follower = followTarget({ inputs, env, home: folder(), clock, log });
    ends.push(() => follower.dispose());
    await eventually('the kubeconfig is read', () => follower.choice.value !== undefined);
    const choice = follower.choice.value;
    if (choice?.kind !== 'target') return [...lines, JSON.stringify(choice)].join('\n');
    const gate = new OneWindow();
    let sequence = 0;
    const session = openGatedSession({
      target: choice.target,
      scope: { namespaces: [], labelSelector: '', fieldSelector: '' },
      clock,
      random: () => 0.5,
      log,
      sequence: () => ++sequence,
      gate,
      env,
    });
    ends.push(() => session.dispose());
    const shown = (value: unknown) =>
      JSON.stringify(value, (_, field) =>
        field instanceof Map ? [...field] : typeof field === 'bigint' ? `${field}` : field,
      );
    session.snapshot.subscribe((snapshot) => lines.push(shown(snapshot)));
    await eventually(`it says ${of.says}`, async () => {
      await clock.advance(gate.running ? 0 : 2_000);
      return of.says.test(lines.join('\n'));
    });
    for (const answer of [
      await session.readManifest('shop', 'a'),
      await session.readPods('shop'),
      await session.readEvents('shop', 'a'),
    ])
      if (!answer.ok) lines.push(shown(answer.error));
    const snapshot = session.snapshot.value;
    const facts = { extensionVersion: '', vscodeVersion: '', nodeVersion: '', platform: '', nowMs: clock.now() };
    lines.push(shown(session.diagnostics()), shown(session.target));
    lines.push(
      diagnosticsReport(viewOf({ target: session.target, snapshot }), {
        ...facts,
        session: session.diagnostics(),
        settings: defaultSettings,
      }),
    );
    return lines.join('\n');
  }

  const plugin = (body: string) => ({
    exec: {
      apiVersion: v1,
      interactiveMode: 'Never',
      command: script(folder(), 'plugin', body),
      args: [`--secret=${marker}`],
      env: [{ name: 'SECRET', value: marker }],
      provideClusterInfo: true,
    },
  });
  const prints = (text: string) => plugin(`cat <<'END'\n${text}\nEND\necho ${marker} >&2`);
  const gives = (status: object, apiVersion = v1) =>
    prints(JSON.stringify({ apiVersion, kind: 'ExecCredential', status }));
  const oidc = (payload: object) => ({
    'auth-provider': {
      name: 'oidc',
      config: {
        'id-token': `h.${Buffer.from(JSON.stringify({ ...payload, marker })).toString('base64url')}.${marker}`,
        'refresh-token': marker,
        'client-secret': marker,
      },
    },
  });
  const tokenFile = (text: string) => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'token'), text);
    return { tokenFile: join(folder(), 'token') };
  };
  const token = { token: marker };
  const basic = { username: 'n', password: marker };
  const anHourFromNow = { exp: Date.UTC(2026, 0, 1, 1) / 1000 };

  /** Made anew for each test: they write files. */
  const cases: Readonly<Record<string, () => Case | Promise<Case>>> = {
    'a token that is accepted': () => ({ user: token, says: live }),
    'a token that is refused': () => ({ user: token, serves: refuses, says: /does not accept the credentials/ }),
    'a token without rights': () => ({ user: token, serves: forbids, says: /forbidden/ }),
    'a token to a captive portal': () => ({ user: token, serves: portal, says: /a web page/ }),
    'a token to a server that hangs up': () => ({ user: token, serves: cuts, says: /connection reset/ }),
    'a token to nobody': () => ({ user: token, cluster: { server: `http://${nowhere}` }, says: /connection refused/ }),
    'a token to a server without TLS': () => ({
      user: token,
      cluster: { server: 'https://127.0.0.1:SERVER' },
      says: /does not speak TLS/,
    }),
    'a token that no header can hold': () => ({
      user: { token: `${marker}é` },
      says: /characters that an HTTP header/,
    }),
    'a token that is a list': () => ({
      text: `users: [{name: u, user: {token: [${marker}]}}]`,
      says: /token is not a text/,
    }),
    'a token in broken YAML': () => ({ text: `users: [{name: u, user: {token: ${marker}}`, says: /not valid YAML/ }),
    'a token that is tagged oddly': () => ({
      text: `users: [{name: u, user: {token: !!binary "${marker}%"}}]`,
      says: /not valid YAML/,
    }),
    'a token file': () => ({ user: tokenFile(marker), says: live }),
    'a token file that is refused': () => ({ user: tokenFile(marker), serves: refuses, says: /does not accept/ }),
    'a token file that no header can hold': () => ({
      user: tokenFile(`${marker}é`),
      says: /characters that an HTTP header/,
    }),
    'a password that is refused': () => ({ user: basic, serves: refuses, says: /does not accept/ }),
    'a password in the address of the server': () => ({
      cluster: { server: `http://me:${marker}@${nowhere}` },
      says: /connection refused/,
    }),
    'a client key that is none': () => ({
      user: {
        'client-certificate-data': pem('CERTIFICATE', marker),
        'client-key-data': pem('PRIVATE KEY', marker),
      },
      cluster: { server: `https://${nowhere}` },
      says: /cannot be used|connection refused/,
    }),
    'a client key that is not base64': () => ({
      user: { 'client-certificate-data': 'QQ==', 'client-key-data': `%${marker}` },
      says: /client-key-data is not base64/,
    }),
    'a client key that is not PEM': () => ({
      user: {
        'client-certificate-data': pem('CERTIFICATE', 'AAAA'),
        'client-key-data': Buffer.from(marker).toString('base64'),
      },
      says: /client-key of user u is not PEM/,
    }),
    'the password of a proxy that nobody is': () => ({
      cluster: { 'proxy-url': `http://me:${marker}@${nowhere}` },
      says: /through the proxy http:\/\/127\.0\.0\.1:1: connection refused/,
    }),
    'the password of a proxy that refuses it': async () => {
      const proxy = await httpProxy();
      ends.push(() => proxy.close());
      return {
        cluster: { server: 'https://example.test', 'proxy-url': `http://me:${marker}@127.0.0.1:${proxy.port}` },
        says: /does not accept the user and password/,
      };
    },
    'the password of a SOCKS proxy that refuses it': async () => {
      const proxy = await socksProxy();
      ends.push(() => proxy.close());
      return {
        cluster: { 'proxy-url': `socks5://me:${marker}@127.0.0.1:${proxy.port}` },
        says: /does not accept the user and password/,
      };
    },
    'the password of a proxy-url that is none': () => ({
      cluster: { 'proxy-url': `ftp://me:${marker}@p` },
      says: /proxy-url of cluster k is not/,
    }),
    'the password of a proxy in the environment': () => ({
      cluster: { server: 'http://example.test' },
      env: { HTTP_PROXY: `http://me:${marker}@${nowhere}` },
      says: /through the proxy/,
    }),
    'the password of a proxy in the environment that is none': () => ({
      cluster: { server: 'http://example.test' },
      env: { HTTP_PROXY: `ftp://me:${marker}@p` },
      says: /HTTP_PROXY is not/,
    }),
    "the password of VS Code's proxy": () => ({
      cluster: { server: 'http://example.test' },
      editorProxy: `http://me:${marker}@${nowhere}`,
      says: /through the proxy/,
    }),
    "the password of VS Code's proxy that is none": () => ({
      cluster: { server: 'http://example.test' },
      editorProxy: `socks4://me:${marker}@p`,
      says: /http\.proxy is not/,
    }),
    'a plugin that gives a token': () => ({ user: gives({ token: marker }), says: live }),
    'a plugin whose token is refused again and again': () => ({
      user: gives({ token: marker }),
      serves: refuses,
      says: /does not accept what the credential plugin plugin gives/,
    }),
    'a plugin whose token is refused, to an address with a password': () => ({
      user: gives({ token: marker }),
      cluster: { server: `http://me:${marker}@127.0.0.1:SERVER` },
      serves: refuses,
      says: /does not accept what the credential plugin plugin gives/,
    }),
    'a plugin that fails': () => ({ user: plugin(`echo ${marker}; echo ${marker} >&2; exit 9`), says: /exit code 9/ }),
    'a plugin that prints no JSON': () => ({
      user: prints(`{"token": ${marker}`),
      says: /did not print an ExecCredential/,
    }),
    'a plugin that prints other JSON': () => ({
      user: prints(JSON.stringify({ kind: marker, apiVersion: marker })),
      says: /did not print an ExecCredential/,
    }),
    'a plugin of another version': () => ({ user: gives({ token: marker }, marker), says: /another apiVersion/ }),
    'a plugin whose token no header can hold': () => ({
      user: gives({ token: `${marker}\n` }),
      says: /characters that an HTTP header/,
    }),
    'a plugin that gives half a certificate': () => ({
      user: gives({ clientKeyData: marker }),
      says: /without its certificate/,
    }),
    'a plugin that gives a key that is none': () => ({
      user: gives({ clientCertificateData: marker, clientKeyData: marker }),
      cluster: { server: `https://${nowhere}` },
      says: /cannot be used|connection refused/,
    }),
    'a plugin that is not installed': () => ({
      user: { exec: { ...plugin('').exec, command: 'not-there-at-all' } },
      says: /not-there-at-all is not installed/,
    }),
    'a plugin without interactiveMode': () => ({
      user: { exec: { ...plugin('').exec, interactiveMode: undefined } },
      says: /has no interactiveMode/,
    }),
    'an OIDC token': () => ({ user: oidc(anHourFromNow), says: live }),
    'an OIDC token that is refused': () => ({ user: oidc(anHourFromNow), serves: refuses, says: /is not accepted by/ }),
    'an OIDC token that has expired': () => ({ user: oidc({ exp: 1 }), says: /OIDC token of user u has expired/ }),
    'a provider that was removed': () => ({
      user: { 'auth-provider': { name: 'gcp', config: { 'access-token': marker } } },
      says: /gke-gcloud-auth-plugin/,
    }),
  };

  for (const [name, make] of Object.entries(cases)) {
    it(`are nowhere in what is logged and shown of ${name}`, async () => {
      const server = await FakeApiServer.start();
      ends.push(() => server.close());
      const of = await make();
      server.handler = of.serves ?? cluster;
      const { port } = new URL(server.url);
      const text = await told(withPort(of, port), server);
      assert.match(text, of.says);
      for (const hidden of [marker, ...encodings(marker)]) assert.ok(!text.includes(hidden), where(text, hidden));
    });
  }

  it('would be seen there', () => {
    assert.deepEqual(
      ['', 'a', 'ab'].map((before) =>
        encodings(marker).some((part) => Buffer.from(`${before}${marker}`).toString('base64').includes(part)),
      ),
      [true, true, true],
    );
  });
});

/** `SERVER` in an address is the port of the fake server. */
function withPort(of: Case, port: string): Case {
  return { ...of, cluster: JSON.parse(JSON.stringify(of.cluster ?? {}).replace('SERVER', port)) as object };
}

/** What of a text is the same in every base64 that it stands in, whatever is before and after it. */
function encodings(text: string): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${'x'.repeat(shift)}${text}`)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(shift === 0 ? 0 : shift + 1, -2);
  });
}

function where(text: string, hidden: string): string {
  const at = text.indexOf(hidden);
  return `it is in: ${text.slice(Math.max(0, at - 200), at + 50)}`;
}
