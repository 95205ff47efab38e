// Builds the bundles into dist/. Flags: --production (minified, no source maps), --watch, --metafile=FILE, --outdir=FOLDER.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { bundleOptions } from './scripts/bundleOptions.ts';
import { bundles } from './scripts/bundles.ts';
import { dashboardOptions } from './scripts/dashboardOptions.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

async function main(flags) {
  const production = flags.includes('--production');
  const value = (name) => flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);
  const outdir = resolve(root, value('outdir') ?? 'dist');
  const options = {
    ...bundleOptions(production),
    entryPoints: Object.entries(bundles).map(([out, input]) => ({ in: input, out })),
    outdir,
    metafile: true,
  };
  if (flags.includes('--watch')) {
    for (const each of [options, dashboardOptions(production, outdir)]) await (await esbuild.context(each)).watch();
    return;
  }
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const results = [await esbuild.build(options), await esbuild.build(dashboardOptions(production, outdir))];
  const metafile = value('metafile');
  if (metafile)
    writeFileSync(
      metafile,
      JSON.stringify({ outputs: Object.assign({}, ...results.map((each) => each.metafile.outputs)) }),
    );
  const size = (name) => Math.ceil(statSync(join(outdir, `${name}.cjs`)).size / 1024);
  console.log(
    `Built ${Object.keys(bundles)
      .map((name) => `${name}.cjs ${size(name)} KiB`)
      .join(', ')}.`,
  );
}

await main(process.argv.slice(2));
