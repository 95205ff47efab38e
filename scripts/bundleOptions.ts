import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { clientStack, onDemand } from './bundlePlugins.ts';
import { bundles } from './bundles.ts';

/** How everything that runs in the extension host is bundled. `production`: minified, without source maps. */
export function bundleOptions(production: boolean): BuildOptions {
  return {
    absWorkingDir: join(import.meta.dirname, '..'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    outExtension: { '.js': '.cjs' },
    supported: { 'dynamic-import': false },
    // ESM packages that ask where they are get the place of the bundle.
    define: { 'import.meta.url': 'importMetaUrl', 'process.env.UNDICI_USE_MILO': '"0"' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
    minify: production,
    sourcemap: production ? false : 'linked',
    legalComments: 'none',
    plugins: [onDemand(bundles), clientStack],
  };
}
