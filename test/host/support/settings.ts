import { ConfigurationTarget, workspace } from 'vscode';

const changed = new Set<string>();

/** Sets a user setting of the product, without its prefix. */
export async function set(name: string, value: unknown): Promise<void> {
  changed.add(name);
  await workspace.getConfiguration('pvcwatch').update(name, value, ConfigurationTarget.Global);
}

/** Every user setting of the product is as if nobody had ever set it. */
export async function resetSettings(): Promise<void> {
  for (const name of changed)
    await workspace.getConfiguration('pvcwatch').update(name, undefined, ConfigurationTarget.Global);
  changed.clear();
}

/** Sets a setting of the product in the workspace while `act` runs. */
export async function withWorkspaceSetting(name: string, value: unknown, act: () => Promise<void>): Promise<void> {
  const update = (to: unknown) =>
    workspace.getConfiguration('pvcwatch').update(name, to, ConfigurationTarget.Workspace);
  await update(value);
  try {
    await act();
  } finally {
    await update(undefined);
  }
}

/** The user's own value of a setting of the product. */
export function userValue(name: string): unknown {
  return workspace.getConfiguration('pvcwatch').inspect(name)?.globalValue;
}
