import { commands, window } from 'vscode';
import type { CommandDesk } from '../../base/commandDesk.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Signal } from '../../base/signal.ts';
import type { Settings } from '../../domain/settings.ts';
import { kubectlReach, signInRefusal } from '../../presentation/kubectlReach.ts';
import { contextPicks } from '../../presentation/picks.ts';
import type { StorageView } from '../../presentation/storageView.ts';
import { messageText, plain } from '../../presentation/text.ts';
import { wayBack } from '../../presentation/wayBack.ts';
import type { CurrentStorage } from '../../session/current.ts';
import { choose } from './quickPick.ts';

export interface ContextCommandParts {
  readonly desk: CommandDesk;
  readonly view: Signal<StorageView>;
  readonly settings: Signal<Settings>;
  readonly storage: CurrentStorage;
  readonly pinned: { readonly signal: Signal<string | undefined>; set(contextName: string | undefined): void };
  /** Reads the kubeconfig files again. */
  readonly rereadKubeconfig: () => void;
  readonly closeDemo: () => void;
  readonly trusted: Signal<boolean>;
  /** Those that the target was read from. */
  readonly kubeconfigFiles: () => readonly string[];
  /** True when kubectl, with these files, reached the cluster in the terminal. */
  readonly signIn: (contextName: string, kubeconfigFiles: readonly string[]) => Promise<boolean>;
}

/** Commands about what is followed. */
export function contextCommands(parts: ContextCommandParts): DisposableStore {
  const { desk, view, settings, storage, pinned, rereadKubeconfig, closeDemo } = parts;
  const lifetime = new DisposableStore();
  const follow = (contextName: string | undefined) => {
    // It may have left the kubeconfig while the question was open.
    if (contextName !== undefined && !storage.contexts.some(({ name }) => name === contextName)) {
      tellGone(contextName);
      return;
    }
    closeDemo();
    pinned.set(contextName);
  };
  const focusView = () => commands.executeCommand('pvcwatch.claims.focus');
  lifetime.add(
    desk.registerCommand('pvcwatch.refresh', () => {
      rereadKubeconfig();
      // Where the plan waits for the user this is the click; a credential plugin still waits for Sign in.
      storage.retry(storage.session.value ? 'background' : 'click');
    }),
  );
  lifetime.add(
    desk.registerCommand('pvcwatch.switchContext', async () => {
      const demo = view.value.snapshot.target?.demo === true;
      // The pin is not in force while the demo cluster is open.
      const picks = contextPicks(storage.contexts, demo ? undefined : pinned.signal.value, settings.value.context);
      const chosen = await choose(picks, {
        title: 'Switch Context',
        placeHolder: `${demo ? 'Closes the demo cluster. ' : ''}Followed in this window only; the kubeconfig is not changed`,
      });
      if (chosen) follow(chosen.value);
    }),
  );
  lifetime.add(
    desk.registerCommand('pvcwatch.showClaims', async (contextName?: unknown, demo?: unknown) => {
      await focusView();
      if (typeof contextName !== 'string') return;
      const { target } = view.value.snapshot;
      const way = wayBack({ contextName, demo: demo === true }, target, storage.contexts);
      if (way === 'here') return;
      if (way === 'gone') {
        tellGone(contextName);
        return;
      }
      const followed = target?.demo ? 'the demo cluster' : plain(target?.contextName ?? 'no cluster');
      const place = way === 'openDemo' ? 'the demo cluster' : plain(contextName);
      const button = way === 'openDemo' ? 'Open Demo Cluster' : 'Switch Back';
      const choice = await window.showInformationMessage(
        messageText(`This window follows ${followed} now. Switch back to ${place}?`),
        button,
      );
      if (!choice) return;
      if (way === 'openDemo') await commands.executeCommand('pvcwatch.openDemoCluster');
      else follow(contextName);
    }),
  );
  lifetime.add(desk.registerCommand('pvcwatch.signIn', () => signIn(parts)));
  return lifetime;
}

function tellGone(contextName: string): void {
  void window.showInformationMessage(
    messageText(`There is no context ${plain(contextName)} in the kubeconfig any more.`),
  );
}

async function signIn({ view, storage, trusted, kubeconfigFiles, signIn: run }: ContextCommandParts): Promise<void> {
  const { target } = view.value.snapshot;
  const files = kubeconfigFiles();
  // kubectl would take a context of that name from the user's own kubeconfig.
  const refusal = target && signInRefusal(kubectlReach(target, files));
  if (refusal !== undefined) {
    void window.showInformationMessage(messageText(refusal));
    return;
  }
  if (!trusted.value) {
    await commands.executeCommand('workbench.trust.manage');
    return;
  }
  if (!target) {
    void window.showInformationMessage('There is no context to sign in to.');
    return;
  }
  try {
    const connected = await run(target.contextName, files);
    if (view.value.snapshot.target?.key !== target.key) return;
    if (connected) storage.retry('click');
    else
      void window.showWarningMessage(
        messageText(
          `kubectl could not reach ${plain(target.contextName)}. The terminal says why; Sign in tries again.`,
        ),
      );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(messageText(`The terminal for kubectl could not be opened: ${reason}`));
  }
}
