import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVsix } from './vsix.ts';

const root = join(import.meta.dirname, '..');
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
const { contents, bytes } = await packageVsix(join(root, `${name}-${version}.vsix`));
const size = (count: number) => `${Math.ceil(count / 1024)} KiB`.padStart(9);
for (const file of contents) console.log(`${size(file.bytes)}  ${file.path}`);
console.log(`${size(bytes)}  ${name}-${version}.vsix (compressed)`);
