import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

/**
 * uPlot asks for number formats of the browser's language as it loads, and a browser in a POSIX locale calls that `en-US@posix`,
 * which is no language tag: without this the whole page would stay empty.
 */
const readableLanguage = `const readableNavigator = { language: (() => {
  try { return Intl.getCanonicalLocales(navigator.language)[0] ?? 'en-US'; } catch { return 'en-US'; }
})() };`;

/** How what runs in web views is bundled, into the folder that they may load from. */
export function dashboardOptions(production: boolean, outdir: string): BuildOptions {
  return {
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: ['src/dashboard/claimPanel.ts', 'src/dashboard/claimPanel.css'],
    outdir: join(outdir, 'dashboard'),
    bundle: true,
    format: 'iife',
    platform: 'browser',
    // The Chromium of the oldest VS Code that is supported.
    target: 'chrome138',
    define: { navigator: 'readableNavigator' },
    banner: { js: readableLanguage },
    logLevel: 'warning',
    minify: production,
    sourcemap: false,
    legalComments: 'none',
    metafile: true,
  };
}
