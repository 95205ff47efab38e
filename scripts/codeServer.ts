import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { npm } from './npm.ts';

const version = '4.139.1';
const inside = join('node_modules', 'code-server', 'lib', 'vscode');

/**
 * The root of a real VS Code server (code-server's `lib/vscode`), installed into the cache at first use.
 *
 * Install scripts are left out: they compile modules that are not needed here.
 */
export async function ensureCodeServer(): Promise<string> {
  const home = await cached(`code-server-${version}`, async (folder) => {
    console.log(`Installing a VS Code for the browser (code-server ${version}, 600 MB, only once) …`);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
    await npm(folder, ['install', '--ignore-scripts', `code-server@${version}`]);
    console.log('  … its modules');
    await npm(join(folder, inside), ['install', '--omit=dev', '--ignore-scripts']);
    console.log('  … the modules of its built-in extensions');
    await npm(join(folder, inside, 'extensions'), ['install', '--omit=dev', '--ignore-scripts']);
  });
  return join(home, inside);
}
