/** What VS Code says of the extension host that this runs in. */
export interface ExtensionHost {
  /** Beside the user's window; it may be connected to a remote all the same. */
  readonly local: boolean;
  /** Kind of the remote that the window is connected to (`env.remoteName`), e.g. `wsl`; undefined without one. */
  readonly remoteName: string | undefined;
  readonly wslDistribution: string | undefined;
}

const remotes: Readonly<Record<string, string>> = {
  wsl: 'WSL',
  'ssh-remote': 'the SSH host',
  'dev-container': 'the container',
  'attached-container': 'the container',
  codespaces: 'the codespace',
  tunnel: 'the tunnel host',
};

/**
 * Where the extension runs when that is not the user's own machine; undefined on the desktop.
 *
 * VS Code names the remote to extensions on both sides of it. The one installed beside the window reads the kubeconfig of
 * the user's own machine, and 127.0.0.1 is that machine.
 */
export function remotePlace({ local, remoteName, wslDistribution }: ExtensionHost): string | undefined {
  if (local || remoteName === undefined) return undefined;
  if (remoteName === 'wsl' && wslDistribution) return `WSL: ${wslDistribution}`;
  return remotes[remoteName] ?? 'the server';
}
