import { commands, type ExtensionContext, window } from 'vscode';
import { type PvcWatchApi, storageApi } from './api.ts';
import { CommandDesk } from './base/commandDesk.ts';
import { DisposableStore } from './base/disposable.ts';
import { SignalSource } from './base/signal.ts';
import type { Summarized } from './presentation/summary.ts';
import { emptySnapshot } from './session/emptySnapshot.ts';

/**
 * Returns the API at once and starts the product on the next turn: while VS Code activates extensions, all of them wait for
 * each. Commands that come before it is there wait for it.
 */
export function activate(context: ExtensionContext): PvcWatchApi {
  const own = new DisposableStore();
  context.subscriptions.push(own);
  const scope = { namespaces: [], labelSelector: '', fieldSelector: '' };
  const shown = new SignalSource<Summarized>({
    snapshot: emptySnapshot(0, undefined, scope, { state: 'idle' }),
    budgets: [],
    readings: new Map(),
  });
  const desk = new CommandDesk();
  for (const id of commandsOf(context.extension.packageJSON))
    own.add(commands.registerCommand(id, (...args: unknown[]) => desk.run(id, args)));
  const product = own.add(new DisposableStore());
  const start = async () => {
    if (own.disposed) return;
    const { startProduct } = await import('./product.ts');
    if (own.disposed) return;
    startProduct({ context, shown, desk, own: product });
    desk.open();
  };
  const failed = (error: unknown) => {
    console.error(error);
    desk.refuse('PVC Watch could not be started.');
    void window.showErrorMessage('PVC Watch could not be started. The log of the extension host says why.');
    product.dispose();
  };
  setImmediate(() => start().catch(failed));
  return own.add(storageApi(shown)).api;
}

type Manifest = { readonly contributes: { readonly commands: readonly { readonly command: string }[] } };

function commandsOf({ contributes }: Manifest): readonly string[] {
  return contributes.commands.map(({ command }) => command);
}
