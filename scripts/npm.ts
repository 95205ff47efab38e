import { spawn } from 'node:child_process';

/** Runs npm quietly in a folder; when it fails, the error carries the last words of its output. */
export async function npm(folder: string, args: readonly string[]): Promise<void> {
  const child = spawn('npm', [...args, '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`npm ${args[0]} failed in ${folder}:\n${output.slice(-2_000)}`);
}
