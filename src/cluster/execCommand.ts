import { access, constants, stat } from 'node:fs/promises';
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

/** What to give to `spawn`. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are one line for the command processor, quoted already. */
  readonly verbatim: boolean;
}

/**
 * How a file is started without a shell. On Windows a .cmd or .bat needs the command processor: `/s` takes the first and the
 * last quote of the line away, so the line is wrapped once more; what its parser would act on is escaped (as cross-spawn does).
 */
export function commandLine(file: string, args: readonly string[], windows: boolean): CommandLine {
  if (!windows || !/\.(cmd|bat)$/i.test(file)) return { file, args, verbatim: false };
  const line = [file.replace(meta, '^$1'), ...args.map(quoted)].join(' ');
  return { file: 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

/** The names that a command may stand for, in the order of Go's `exec.LookPath`: on Windows with every ending of PATHEXT. */
export function namesOf(command: string, pathExt: string | undefined, windows: boolean): readonly string[] {
  if (!windows) return [command];
  const endings = (pathExt || '.COM;.EXE;.BAT;.CMD').split(';').filter((ending) => ending !== '');
  // `kubelogin-1.2` has an ending, but not one that says how to start it.
  return [...(extname(command) === '' ? [] : [command]), ...endings.map((ending) => `${command}${ending}`)];
}

const meta = /([()\][%!^"`<>&|;, *?])/g;

/** Backslashes before a quote and at the end are doubled for the program's parser, then everything is escaped for cmd's. */
function quoted(argument: string): string {
  const escaped = argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1');
  return `"${escaped}"`.replace(meta, '^$1');
}

/** The file a command names: itself with a folder in it, else looked up on the PATH. */
async function findCommand(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const windows = process.platform === 'win32';
  const variable = (name: string) => Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1];
  const names = namesOf(command, variable('PATHEXT'), windows);
  const folders =
    isAbsolute(command) || /[\\/]/.test(command)
      ? ['']
      : (variable('PATH') ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    for (const name of names) {
      const file = folder === '' ? name : join(folder, name);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

/** A folder may be entered, which `X_OK` calls executable. */
async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
