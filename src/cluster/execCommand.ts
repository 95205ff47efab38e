import { access, constants } from 'node:fs/promises';
import { basename, delimiter, extname, isAbsolute, join } from 'node:path';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import type { ExecConfig } from './resolvedTarget.ts';

/** The file of a plugin's command; if there is none, an error with the kubeconfig's own hint how to install it. */
export async function findPlugin(
  exec: ExecConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<string>> {
  const file = await findCommand(exec.command, env);
  if (file !== undefined) return succeed(file);
  const hint = exec.installHint === undefined ? '' : ` ${exec.installHint.trim()}`;
  return fail('config', `The credential plugin ${basename(exec.command)} is not installed.${hint}`);
}

/** The file a command names: itself with a folder in it, else looked up on the PATH, on Windows with PATHEXT. */
async function findCommand(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const windows = process.platform === 'win32';
  const endings = windows && extname(command) === '' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  const path = Object.entries(env).find(([key]) => key.toUpperCase() === 'PATH')?.[1] ?? '';
  const folders =
    isAbsolute(command) || /[\\/]/.test(command) ? [''] : path.split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    for (const ending of endings) {
      const file = `${folder === '' ? command : join(folder, command)}${ending}`;
      try {
        await access(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}
