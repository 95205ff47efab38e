// Builds the bundles into dist/. Flags: --production (minified, no source maps), --watch, --metafile=FILE.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));

/**
 * Bundle name → entry. All but the first are loaded on demand: esbuild does not split CommonJS, so the first one names
 * them by a dynamic import of their source, which becomes a `require` of the file next to it.
 */
export const bundles = {
  extension: 'src/extension.ts',
  follow: 'src/session/follow.ts',
  cluster: 'src/session/openSession.ts',
  kubernetesExtension: 'src/host/kubernetesExtension.ts',
  demoWorker: 'src/demo/worker.ts',
};

const onDemand = {
  name: 'on-demand',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, (args) => {
      if (args.kind !== 'dynamic-import') return undefined;
      const name = Object.keys(bundles).find((each) => basename(bundles[each]) === basename(args.path));
      return name === undefined ? undefined : { path: `./${name}.cjs`, external: true };
    });
  },
};

/** Options shared with the bundles of the host tests. */
export const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  outExtension: { '.js': '.cjs' },
  supported: { 'dynamic-import': false },
  // ESM packages that ask where they are get the place of the bundle.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
};

async function main(flags) {
  const production = flags.includes('--production');
  const metafile = flags.find((flag) => flag.startsWith('--metafile='))?.slice('--metafile='.length);
  const options = {
    ...common,
    entryPoints: Object.entries(bundles).map(([out, input]) => ({ in: input, out })),
    outdir: 'dist',
    minify: production,
    sourcemap: production ? false : 'linked',
    metafile: true,
    legalComments: 'none',
    plugins: [onDemand],
  };
  if (flags.includes('--watch')) {
    await (await esbuild.context(options)).watch();
    return;
  }
  rmSync(`${root}dist`, { recursive: true, force: true });
  mkdirSync(`${root}dist`);
  const result = await esbuild.build(options);
  if (metafile) writeFileSync(metafile, JSON.stringify(result.metafile));
  const sizes = Object.keys(bundles).map(
    (name) => `${name}.cjs ${Math.ceil(statSync(`${root}dist/${name}.cjs`).size / 1024)} KiB`,
  );
  console.log(`Built ${sizes.join(', ')}.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
