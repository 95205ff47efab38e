import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listFiles } from '@vscode/vsce';
import { stageExtension } from './stage.ts';

const root = join(import.meta.dirname, '..');
const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
// Without them it asks about the missing repository and refuses the README's pictures.
const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
const maxBytes = 1_000_000;
const allowed =
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/(\w+\.cjs|dashboard\/\w+\.(js|css)|ThirdPartyNotices\.txt)|media\/(icon\.png|activitybar\.svg))$/;

export interface Package {
  readonly file: string;
  readonly bytes: number;
  /** The files inside, with their sizes before compression. */
  readonly contents: readonly { readonly path: string; readonly bytes: number }[];
}

/** Builds for production and packages the extension. Throws when the package is too large or holds what it should not. */
export async function packageVsix(file: string): Promise<Package> {
  const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-package-'));
  try {
    stageExtension(folder, { production: true });
    const paths = await listFiles({ cwd: folder, packagedDependencies: [] });
    // The checkout itself as well: there somebody may run vsce by hand.
    const strangers = [...paths, ...(await listFiles({ cwd: root, packagedDependencies: [] }))];
    const strange = strangers.filter((path) => !allowed.test(path));
    if (strange.length > 0) throw new Error(`Not meant for the package, see .vscodeignore: ${strange.join(', ')}`);
    execFileSync(process.execPath, [vsce, 'package', ...flags, '--out', resolve(file)], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { size: bytes } = statSync(file);
    if (bytes >= maxBytes) throw new Error(`${file} has ${bytes} bytes; below ${maxBytes} is promised.`);
    return { file, bytes, contents: paths.map((path) => ({ path, bytes: statSync(join(folder, path)).size })) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
