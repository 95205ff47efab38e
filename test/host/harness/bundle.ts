import { globSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { clientStack } from '../../../scripts/bundlePlugins.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const cluster = 'suite/**/*.cluster.test.ts';

/**
 * Bundles the host tests into one file that VS Code can load: those for a real control plane, or all others.
 * False if there are none.
 */
export async function bundleHostTests(outfile: string, against: string): Promise<boolean> {
  const folder = join(root, 'test', 'host');
  const files =
    against === 'cluster'
      ? globSync(cluster, { cwd: folder })
      : globSync('suite/**/*.test.ts', { cwd: folder, exclude: [cluster] });
  if (files.length === 0) return false;
  const requires = files.sort().map((file) => `require(${JSON.stringify(`./${file}`)});`);
  const contents = `import { runMocha } from './harness/index.ts';
export const run = () => runMocha(() => { ${requires.join(' ')} });`;
  await build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    absWorkingDir: root,
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    // Mocha is loaded from node_modules, which is above the outfile.
    external: ['vscode', 'mocha'],
    define: { 'import.meta.url': 'importMetaUrl', 'import.meta.dirname': '__dirname' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    sourcemap: 'inline',
    logLevel: 'warning',
    plugins: [clientStack],
  });
  return true;
}
