// npm start: a real VS Code with the extension in it, on the user's cluster or the demo cluster, until Ctrl+C.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desktopVscode, openDesktop } from './desktop.ts';
import { stageExtension } from './stage.ts';
import { hasKubeconfig, parseStartOptions, type StartOptions } from './startOptions.ts';
import { installVsix, startVscodeServer } from './vscode.ts';
import { packageVsix } from './vsix.ts';

const options = parseStartOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
if (typeof options === 'string') {
  console.error(options);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-start-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  // Whoever started this may be killed without a word.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && resolve(), 1_000).unref();
});

try {
  process.exit(await start(options));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function start({ demo, kubeconfig, browser }: StartOptions): Promise<number> {
  const onDemo = demo || (kubeconfig === undefined && !hasKubeconfig());
  const which = onDemo ? 'the demo cluster' : (kubeconfig ?? 'your kubeconfig');
  console.log(`Cluster: ${which}${onDemo && !demo ? ' (no kubeconfig was found)' : ''}`);
  const env = {
    PVCWATCH_DEMO: onDemo ? '1' : undefined,
    ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
  };
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  const desktop = browser ? undefined : desktopVscode();
  return desktop ? await onDesktop(desktop, workspace, env) : await inBrowser(workspace, env);
}

async function onDesktop(code: string, workspace: string, env: Record<string, string | undefined>): Promise<number> {
  console.log('Building the extension …');
  const extension = join(folder, 'extension');
  stageExtension(extension, { production: false });
  const window = openDesktop({ code, extension, workspace, userData: join(folder, 'user'), env });
  console.log('Ready: VS Code is opening. Close its window or press Ctrl+C to end.');
  await Promise.race([stopped, window.ended]);
  await window.stop();
  return 0;
}

async function inBrowser(workspace: string, env: Record<string, string | undefined>): Promise<number> {
  console.log('Building and packaging the extension …');
  const vsix = join(folder, 'pvcwatch.vsix');
  await packageVsix(vsix);
  const dataDir = join(folder, 'data');
  const extensionsDir = join(folder, 'extensions');
  await installVsix(vsix, dataDir, extensionsDir);
  const connectionToken = randomBytes(16).toString('hex');
  const server = await startVscodeServer({ dataDir, extensionsDir, connectionToken, env });
  const address = `http://127.0.0.1:${server.port}/?tkn=${connectionToken}&folder=${encodeURI(workspace)}`;
  const answer = await fetch(address, { redirect: 'manual' });
  if (answer.status >= 400) throw new Error(`VS Code answers with status ${answer.status}.`);
  console.log(`Ready: ${address}\nOpen it in a browser. Ctrl+C ends it.`);
  const ended = await Promise.race([stopped.then(() => false), server.ended.then(() => true)]);
  await server.stop();
  if (ended) console.error(`VS Code has ended by itself:\n${server.output().slice(-2_000)}`);
  return ended ? 1 : 0;
}
