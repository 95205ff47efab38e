import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import { objectAt, objectOf, textAt, timeAt } from '../wire/json.ts';
import { type Credential, isHeaderValue } from './credential.ts';
import { commandLine } from './execCommand.ts';
import { readAuthority } from './pemFiles.ts';
import type { ExecConfig, ResolvedCluster } from './resolvedTarget.ts';

/** What a plugin gave, and until when (ms since the epoch) where it said so. */
export interface PluginCredential {
  readonly credential: Credential;
  readonly expiresMs?: number;
}

/** An ExecCredential is a few kilobytes; more is not one. */
const outputLimit = 1024 * 1024;

/**
 * Runs an exec credential plugin once (client.authentication.k8s.io v1 and v1beta1); `file` is what `findPlugin` has found.
 *
 * No shell, standard input closed, `KUBERNETES_EXEC_INFO` with `interactive: false`, killed with its children after `limitMs`.
 * What it prints is read for the credential and never kept, logged or shown: it may hold secrets. Errors name the
 * command and what went wrong.
 */
export async function runExecPlugin(
  file: string,
  exec: ExecConfig,
  cluster: ResolvedCluster,
  options: {
    readonly limitMs: number;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<Result<PluginCredential>> {
  const name = basename(exec.command);
  const ca = exec.provideClusterInfo ? await readAuthority(cluster) : succeed(undefined);
  if (!ca.ok) return ca;
  const env: Record<string, string | undefined> = { ...options.env };
  for (const variable of exec.env) env[variable.name] = variable.value;
  env.KUBERNETES_EXEC_INFO = execInfo(exec, cluster, ca.value);
  const run = await runBounded(file, exec.args, env, options);
  if (run === 'aborted') return fail('aborted', 'Stopped.');
  if (run === 'late')
    return fail('signIn', `The credential plugin ${name} did not end within ${Math.round(options.limitMs / 1000)} s.`);
  if (run === 'notStarted') return fail('signIn', `The credential plugin ${name} cannot be started.`);
  if (run.code !== 0)
    return fail(
      'signIn',
      `The credential plugin ${name} failed (exit code ${run.code ?? 'none'}). Run kubectl in a terminal to see what it says.`,
    );
  return readExecCredential(run.output, exec.apiVersion, name);
}

type Run = { readonly code: number | null; readonly output: string } | 'late' | 'aborted' | 'notStarted';

function runBounded(
  file: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
  { limitMs, clock, signal }: { readonly limitMs: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Run> {
  return new Promise((resolve) => {
    const windows = process.platform === 'win32';
    const command = commandLine(file, args, windows);
    // A group of its own, so that a helper it has started dies with it.
    const settings: SpawnOptions = {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      windowsVerbatimArguments: command.verbatim,
      detached: !windows,
    };
    let child: ChildProcess;
    try {
      child = spawn(command.file, [...command.args], settings);
    } catch {
      // Arguments or variables with a NUL in them.
      resolve('notStarted');
      return;
    }
    const pieces: Buffer[] = [];
    let size = 0;
    const end = (run: Run) => {
      limit.dispose();
      signal.removeEventListener('abort', abort);
      resolve(run);
    };
    const stop = (run: Run) => {
      killTree(child.pid, windows);
      end(run);
    };
    const abort = () => stop('aborted');
    const limit = clock.after(limitMs, () => stop('late'));
    signal.addEventListener('abort', abort);
    child.on('error', () => end('notStarted'));
    child.stdout?.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size <= outputLimit) pieces.push(piece);
    });
    child.on('close', (code) =>
      end({ code, output: size > outputLimit ? '' : Buffer.concat(pieces).toString('utf8') }),
    );
    if (signal.aborted) abort();
  });
}

function killTree(pid: number | undefined, windows: boolean): void {
  if (pid === undefined) return;
  if (windows) {
    spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on('error', () => {});
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function execInfo(exec: ExecConfig, cluster: ResolvedCluster, ca: string | undefined): string {
  const info = {
    server: cluster.server,
    ...(cluster.tlsServerName === undefined ? {} : { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(cluster.proxyUrl === undefined ? {} : { 'proxy-url': cluster.proxyUrl }),
    ...(cluster.pluginConfig === undefined ? {} : { config: cluster.pluginConfig }),
  };
  const spec = { interactive: false, ...(exec.provideClusterInfo ? { cluster: info } : {}) };
  return JSON.stringify({ apiVersion: exec.apiVersion, kind: 'ExecCredential', spec });
}

/** Reads what a plugin printed. The text itself appears in no error. */
export function readExecCredential(output: string, apiVersion: string, name: string): Result<PluginCredential> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch {
    return fail('signIn', `The credential plugin ${name} did not print an ExecCredential.`);
  }
  const object = objectOf(parsed);
  if (object?.kind !== 'ExecCredential')
    return fail('signIn', `The credential plugin ${name} did not print an ExecCredential.`);
  if (object.apiVersion !== apiVersion) {
    return fail(
      'config',
      `The credential plugin ${name} answers in another apiVersion than the kubeconfig asks for (${apiVersion}).`,
    );
  }
  const status = objectAt(object, 'status');
  const token = textAt(status, 'token');
  const certificate = textAt(status, 'clientCertificateData');
  const key = textAt(status, 'clientKeyData');
  if (token !== undefined && !isHeaderValue(token)) {
    return fail(
      'signIn',
      `The credential plugin ${name} printed a token with characters that an HTTP header cannot have.`,
    );
  }
  if ((certificate === undefined) !== (key === undefined)) {
    const [has, lacks] = certificate === undefined ? ['key', 'certificate'] : ['certificate', 'key'];
    return fail('signIn', `The credential plugin ${name} printed a client ${has} without its ${lacks}.`);
  }
  if (token === undefined && certificate === undefined) {
    return fail('signIn', `The credential plugin ${name} printed no token and no client certificate.`);
  }
  const expiresMs = timeAt(status, 'expirationTimestamp');
  const credential: Credential = {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined || key === undefined ? {} : { clientCertificate: certificate, clientKey: key }),
  };
  return succeed({ credential, ...(expiresMs === undefined ? {} : { expiresMs }) });
}
