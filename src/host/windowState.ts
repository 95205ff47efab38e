import { env, window, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';

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

const remotes: Readonly<Record<string, string>> = {
  wsl: 'WSL',
  'ssh-remote': 'the SSH host',
  'dev-container': 'the container',
  'attached-container': 'the container',
  codespaces: 'the codespace',
  tunnel: 'the tunnel host',
};

/** Where the extension runs when that is not the user's own machine; undefined on the desktop. */
export function remotePlace(): string | undefined {
  const name = env.remoteName;
  if (name === undefined) return undefined;
  const distribution = name === 'wsl' ? process.env.WSL_DISTRO_NAME : undefined;
  return distribution ? `WSL: ${distribution}` : (remotes[name] ?? 'the server');
}
