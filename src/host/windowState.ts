import { type Extension, ExtensionKind, env, window, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import type { ExtensionHost } from './remotePlace.ts';

/** What VS Code says of this window. */
export interface WindowState extends Disposable {
  /** The window is in front. */
  readonly focused: Signal<boolean>;
  readonly trusted: Signal<boolean>;
}

export function windowState(): WindowState {
  const lifetime = new DisposableStore();
  const focused = new SignalSource(window.state.focused);
  const trusted = new SignalSource(workspace.isTrusted);
  lifetime.add(window.onDidChangeWindowState((state) => focused.set(state.focused)));
  lifetime.add(workspace.onDidGrantWorkspaceTrust(() => trusted.set(true)));
  return { focused, trusted, dispose: () => lifetime.dispose() };
}

/** What is known of the extension host that `extension` runs in. */
export function extensionHost({ extensionKind }: Extension<unknown>): ExtensionHost {
  return {
    local: extensionKind === ExtensionKind.UI,
    remoteName: env.remoteName,
    wslDistribution: process.env.WSL_DISTRO_NAME,
  };
}
