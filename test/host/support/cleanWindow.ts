import { commands } from 'vscode';
import { removeKubeconfig } from './kubeconfigFile.ts';
import { nothingFollowed } from './product.ts';
import { resetSettings } from './settings.ts';

/** Makes the window what it was before: no demo cluster, no kubeconfig, no settings, no editors, nothing followed. */
export async function cleanWindow(): Promise<void> {
  await commands.executeCommand('pvcwatch.closeDemoCluster');
  removeKubeconfig();
  await resetSettings();
  await commands.executeCommand('workbench.action.closeAllEditors');
  await commands.executeCommand('pvcwatch.refresh');
  await nothingFollowed();
}
