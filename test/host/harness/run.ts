// Runs the host tests inside a real VS Code: node test/host/harness/run.ts LEVEL demo|cluster [--grep=TEXT]
// PVCWATCH_DESKTOP=1 uses the desktop VS Code that test-electron downloads (PVCWATCH_DESKTOP=1.106.0: that version).
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { stageExtension } from '../../../scripts/stage.ts';
import { bundleHostTests } from './bundle.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const [level = 'host', against = 'demo', flag] = process.argv.slice(2);
const desktop = process.env.PVCWATCH_DESKTOP;

/** The exit code. */
async function main(temporary: string, bundles: string): Promise<number> {
  const tests = join(bundles, 'index.cjs');
  if (!(await bundleHostTests(tests, against))) {
    console.error(`There are no host tests for ${against}.`);
    return 1;
  }
  const extension = join(temporary, 'extension');
  stageExtension(extension, { production: false });
  const workspace = join(temporary, 'workspace');
  mkdirSync(workspace);
  return await runTests({
    ...(desktop
      ? desktop === '1'
        ? {}
        : { version: desktop }
      : { vscodeExecutablePath: join(import.meta.dirname, 'codeShim.mjs') }),
    extensionDevelopmentPath: extension,
    extensionTestsPath: tests,
    launchArgs: [workspace, '--disable-extensions', '--user-data-dir', join(temporary, 'user')],
    extensionTestsEnv: {
      // A test may put programs of its own in front of all others.
      PATH: [join(temporary, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
      // Never the cluster of whoever runs this: a file that a test may write.
      KUBECONFIG: join(temporary, 'kubeconfig'),
      PVCWATCH_TEMPORARY: temporary,
      PVCWATCH_LEVEL: level,
      PVCWATCH_GREP: flag?.replace('--grep=', ''),
    },
  });
}

const temporary = mkdtempSync(join(tmpdir(), 'pvcwatch-host-'));
mkdirSync(join(root, 'dist-test'), { recursive: true });
const bundles = mkdtempSync(join(root, 'dist-test', 'host-'));
process.on('exit', () => {
  for (const folder of [temporary, bundles]) rmSync(folder, { recursive: true, force: true });
});
// The window ends by itself when this process is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
try {
  process.exitCode = await main(temporary, bundles);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
