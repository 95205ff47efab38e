import { ConfigurationTarget, workspace } from 'vscode';

/**
 * Writes the total budget of one context into `pvcwatch.contexts`, of the workspace where that has the setting, else of the
 * user; '' is none. Rejects when VS Code refuses.
 *
 * An exact name wins over all patterns, wherever they stand; it is put before them for whoever reads the file.
 */
export async function writeBudget(contextName: string, maxClaims: string): Promise<void> {
  const configuration = workspace.getConfiguration('pvcwatch');
  const inspected = configuration.inspect<Record<string, Record<string, unknown>>>('contexts');
  const inWorkspace = inspected?.workspaceValue !== undefined;
  const contexts = (inWorkspace ? inspected.workspaceValue : inspected?.globalValue) ?? {};
  const { [contextName]: own = {}, ...others } = contexts;
  await configuration.update(
    'contexts',
    { [contextName]: { ...own, maxClaims }, ...others },
    inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global,
  );
}
