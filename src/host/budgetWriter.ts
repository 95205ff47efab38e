import { ConfigurationTarget, workspace } from 'vscode';

/**
 * Writes the total budget of one context into the user's `pvcwatch.contexts`; '' is none. Rejects when VS Code refuses.
 *
 * The entry is put first, because of the patterns that match a context the first one wins.
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
