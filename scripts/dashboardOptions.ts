import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

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
    logLevel: 'warning',
    minify: production,
    sourcemap: false,
    legalComments: 'none',
    metafile: true,
  };
}
