import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ProcessGroup } from './processGroup.ts';

export interface DesktopOptions {
  readonly code: string;
  readonly extension: string;
  readonly workspace: string;
  readonly userData: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The `code` command of a desktop VS Code, if there is one and a screen to show it on. */
export function desktopVscode(): string | undefined {
  const screen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!screen) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.find((place) => existsSync(place));
}

/** Opens a window with the extension under development, apart from the user's own settings and extensions. */
export function openDesktop({ code, extension, workspace, userData, env }: DesktopOptions): ProcessGroup {
  const windows = process.platform === 'win32';
  const args = [
    workspace,
    `--extensionDevelopmentPath=${extension}`,
    `--user-data-dir=${userData}`,
    `--extensions-dir=${join(userData, 'extensions')}`,
    '--new-window',
    '--skip-welcome',
    '--disable-workspace-trust',
    // Keeps the command in the foreground for as long as the window lives.
    '--verbose',
  ];
  const child = spawn(code, args, {
    stdio: 'ignore',
    detached: !windows,
    shell: windows,
    env: { ...process.env, ...env },
  });
  return new ProcessGroup(child);
}
