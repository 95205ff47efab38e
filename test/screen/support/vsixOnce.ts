import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVsix } from '../../../scripts/vsix.ts';

let built: Promise<string> | undefined;

/** The `.vsix` of this checkout, built at the first call of a test process and removed at its end. */
export async function vsixOnce(): Promise<string> {
  built ??= build();
  return await built;
}

async function build(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-vsix-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'pvcwatch.vsix');
  await packageVsix(file);
  return file;
}
