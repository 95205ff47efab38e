import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureCodeServer } from './codeServer.ts';
import { ProcessGroup } from './processGroup.ts';

export interface VscodeServerOptions {
  /** Folder for everything that the server writes; the caller removes it after `stop`. */
  readonly dataDir: string;
  readonly extensionsDir: string;
  /** Without one, whoever reaches the port is let in: for tests only. */
  readonly connectionToken?: string;
  /** Needed for tests inside the extension host; it suppresses notifications. */
  readonly smokeTestDriver?: boolean;
  readonly workspaceTrust?: boolean;
  /** Variables for the extension host, on top of this process's own; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** User settings, on top of quiet defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A VS Code for the browser, on a free port of the loopback address. */
export interface VscodeServer {
  readonly port: number;
  /** Settles when the server has ended by itself or by `stop`. */
  readonly ended: Promise<void>;
  /** What the server has printed so far, for when something fails. */
  output(): string;
  /** Ends it and everything it has started. */
  stop(): Promise<void>;
}

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'remote.autoForwardPorts': false,
  'telemetry.telemetryLevel': 'off',
};

/** Starts a VS Code server and waits until it answers; rejects with its output when it does not within two minutes. */
export async function startVscodeServer(options: VscodeServerOptions): Promise<VscodeServer> {
  const root = await ensureCodeServer();
  const user = join(options.dataDir, 'ud', 'User');
  mkdirSync(user, { recursive: true });
  mkdirSync(options.extensionsDir, { recursive: true });
  writeFileSync(join(user, 'settings.json'), JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2));
  // A process group of its own, so that extension hosts and terminals end with it.
  const child = spawn(process.execPath, serverArguments(options), {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    // "From a terminal": the variables are those of whoever started this. Otherwise VS Code puts the ones of a login shell in
    // their place, and with them another PATH and possibly another KUBECONFIG.
    env: { ...ownEnvironment(), VSCODE_CLI: '1', ...options.env },
  });
  const group = new ProcessGroup(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  for (let waited = 0; waited < 120_000 && !group.leaderEnded; waited += 50) {
    const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
    if (port) return { port: Number(port), ended: group.ended, output: () => output, stop: () => group.stop() };
    await sleep(50);
  }
  await group.stop();
  throw new Error(`The VS Code server did not start:\n${output.slice(-3_000)}`);
}

/** Installs a `.vsix` into an extensions folder, as `code --install-extension` does. */
export async function installVsix(vsix: string, dataDir: string, extensionsDir: string): Promise<void> {
  const root = await ensureCodeServer();
  mkdirSync(extensionsDir, { recursive: true });
  const place = ['--extensions-dir', extensionsDir, '--server-data-dir', dataDir];
  const child = spawn(
    process.execPath,
    ['out/server-main.js', '--install-extension', vsix, ...place, '--accept-server-license-terms'],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: ownEnvironment() },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${vsix} could not be installed:\n${output.slice(-2_000)}`);
}

function serverArguments(options: VscodeServerOptions): string[] {
  const { dataDir, extensionsDir, connectionToken } = options;
  return [
    'out/server-main.js',
    '--accept-server-license-terms',
    ...['--host', '127.0.0.1', '--port', '0'],
    ...(connectionToken ? ['--connection-token', connectionToken] : ['--without-connection-token']),
    ...['--server-data-dir', dataDir, '--user-data-dir', join(dataDir, 'ud'), '--extensions-dir', extensionsDir],
    ...['--telemetry-level', 'off', '--disable-experiments'],
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...(options.smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
  ];
}

/** This process's variables without those of a VS Code that it may itself have been started from. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VSCODE|ELECTRON)_/.test(name)));
}
