// Gets a bare checkout ready, on any Node >= 20: installs what is missing, then goes on under the project's own Node.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const bin = join(modules, '.bin');
const windows = process.platform === 'win32';
const node = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node');

/** Runs a script of this folder under the project's own Node, and ends with its exit code. */
export async function runEnsured(script, args) {
  if (Number(process.versions.node.split('.')[0]) < 20)
    fail(`Node ${process.versions.node} is too old: install Node 20 or newer.`);
  if (!installed()) install();
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(node, [join(root, 'scripts', script), ...args], { cwd: root, stdio: 'inherit', env });
  // A terminal tells both, a process manager only this one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm does not pass on every signal that ends it.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event)
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1_000).unref();
  process.exitCode = await new Promise((resolve) => {
    child.on('error', (error) =>
      fail(`The project's own Node does not run (${error.message}): remove node_modules and try again.`),
    );
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** npm writes its own account of what is there last: one that is as new as the lock file means a complete install. */
function installed() {
  const account = join(modules, '.package-lock.json');
  if (!existsSync(account) || !existsSync(node)) return false;
  return statSync(account).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

function install() {
  console.log('Installing the packages of package-lock.json into node_modules (a minute, only once) …');
  const { status, error, stdout, stderr } = spawnSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows,
    },
  );
  if (status === 0 && existsSync(node)) return;
  console.error(`${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`.trim());
  fail('npm install failed (see above): check that the package registry can be reached, then try again.');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
