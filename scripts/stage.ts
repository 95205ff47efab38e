import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Metafile, thirdPartyNotices } from './thirdPartyNotices.ts';

const root = join(import.meta.dirname, '..');
const parts = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore', 'media'];

/**
 * Builds the extension into a folder of its own, ready to be loaded by VS Code or packaged.
 * Apart from the checkout, so that several runs do not build over each other.
 */
export function stageExtension(folder: string, options: { readonly production: boolean }): void {
  mkdirSync(folder, { recursive: true });
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
  const metafile = join(folder, 'metafile.json');
  const flags = [...(options.production ? ['--production'] : []), `--outdir=${folder}/dist`, `--metafile=${metafile}`];
  execFileSync(process.execPath, ['esbuild.mjs', ...flags], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const notices = thirdPartyNotices(root, JSON.parse(readFileSync(metafile, 'utf8')) as Metafile);
  writeFileSync(join(folder, 'dist', 'ThirdPartyNotices.txt'), notices);
  rmSync(metafile);
}
