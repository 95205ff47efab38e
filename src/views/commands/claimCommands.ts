import { env, window } from 'vscode';
import type { CommandDesk } from '../../base/commandDesk.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Signal } from '../../base/signal.ts';
import { kubectlReach } from '../../presentation/kubectlReach.ts';
import { claimPicks } from '../../presentation/picks.ts';
import { type ClaimRef, isClaimRef } from '../../presentation/row.ts';
import type { StorageView } from '../../presentation/storageView.ts';
import { kubectlCommand, messageText, withoutControls } from '../../presentation/text.ts';
import type { ClaimPanels } from '../claimPanels.ts';
import type { ClaimsView } from '../claimsView.ts';
import type { ManifestDocuments } from '../manifestDocuments.ts';
import { TreeNode } from '../treeNode.ts';
import { choose } from './quickPick.ts';

export interface ClaimCommandParts {
  readonly desk: CommandDesk;
  readonly view: Signal<StorageView>;
  readonly claims: ClaimsView;
  readonly manifests: ManifestDocuments;
  readonly panels: ClaimPanels;
  /** Those that the target was read from. */
  readonly kubeconfigFiles: () => readonly string[];
}

/** Commands about one claim. From the palette they ask for it. */
export function claimCommands({
  desk,
  view,
  claims,
  manifests,
  panels,
  kubeconfigFiles,
}: ClaimCommandParts): DisposableStore {
  const lifetime = new DisposableStore();
  const ask = async (title: string): Promise<ClaimRef | undefined> => {
    const picks = claimPicks(view.value);
    if (picks.length === 0) {
      void window.showInformationMessage('There are no claims to choose from.');
      return undefined;
    }
    return (await choose(picks, { title, placeHolder: 'Name, namespace or volume' }))?.value;
  };
  const withClaim =
    (title: string, act: (claim: ClaimRef) => Promise<void>) =>
    async (row: unknown): Promise<void> => {
      const claim = claimIn(row) ?? (await ask(title));
      if (claim) await act(claim);
    };
  const reveal = async (claim: ClaimRef) => {
    const node = claims.tree.find(claim);
    if (node) await claims.treeView.reveal(node, { select: true, focus: true, expand: true });
    else
      void window.showInformationMessage(
        messageText(`The claim ${claim.namespace}/${claim.name} is not there any more.`),
      );
  };
  lifetime.add(desk.registerCommand('pvcwatch.findClaim', withClaim('Find Claim', reveal)));
  lifetime.add(
    desk.registerCommand(
      'pvcwatch.showClaim',
      withClaim('Show Claim', async (claim) => panels.show(claim)),
    ),
  );
  lifetime.add(
    desk.registerCommand(
      'pvcwatch.showManifest',
      withClaim('Show Manifest', (claim) => manifests.show(claim)),
    ),
  );
  lifetime.add(
    desk.registerCommand(
      'pvcwatch.copyName',
      withClaim('Copy Name', async ({ name }) => env.clipboard.writeText(withoutControls(name))),
    ),
  );
  lifetime.add(
    desk.registerCommand(
      'pvcwatch.copyKubectlCommand',
      withClaim('Copy kubectl Command', async (claim) => {
        const reach = kubectlReach(view.value.snapshot.target ?? { demo: false }, kubeconfigFiles());
        const contextName = reach === 'inCluster' ? undefined : claim.contextName;
        await env.clipboard.writeText(kubectlCommand({ ...claim, contextName }, process.platform === 'win32'));
        if (reach === 'demo')
          void window.showInformationMessage(
            'Copied. The context of the demo cluster exists only in this window, so kubectl does not know it.',
          );
      }),
    ),
  );
  return lifetime;
}

/** A claim itself, as a notification gives it, or a row of either view. */
function claimIn(value: unknown): ClaimRef | undefined {
  if (value instanceof TreeNode) return value.row.claim;
  if (isClaimRef(value)) return value;
  return typeof value === 'object' && value !== null && 'claim' in value && isClaimRef(value.claim)
    ? value.claim
    : undefined;
}
