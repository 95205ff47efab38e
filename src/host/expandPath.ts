import type { SettingProblem } from '../domain/settings.ts';

/** What a path of the settings may refer to. */
export interface PathPlace {
  readonly home: string;
  /** Undefined where no folder is open. */
  readonly workspaceFolder: string | undefined;
  readonly trusted: boolean;
}

const folderVariable = `\${workspaceFolder}`;

/**
 * Why a path cannot be what somebody meant: it is in a workspace folder, and none is open. A folder that is not trusted is no
 * mistake of theirs.
 */
export function pathProblem(setting: string, path: string, { workspaceFolder }: PathPlace): SettingProblem | undefined {
  if (!path.includes(folderVariable) || workspaceFolder !== undefined) return undefined;
  const message = `${setting}: ${folderVariable} stands for a folder, and none is open. Expected a path with ~ or from the root.`;
  return { setting, message };
}

/**
 * `~` and `${workspaceFolder}`, as in VS Code's own settings. '' for a path in a folder that is not open, or not trusted.
 *
 * The setting may be the user's own, but the file would be the folder's: it may name servers, and files to send to them.
 */
export function expandPath(path: string, { home, workspaceFolder, trusted }: PathPlace): string {
  if (path.includes(folderVariable) && (workspaceFolder === undefined || !trusted)) return '';
  const replaced = path.replaceAll(folderVariable, () => workspaceFolder ?? '');
  return replaced === '~' || /^~[\\/]/.test(replaced) ? `${home}${replaced.slice(1)}` : replaced;
}
