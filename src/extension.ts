import { type ExtensionContext, window } from 'vscode';
import { type PvcWatchApi, storageApi } from './api.ts';
import { DisposableStore } from './base/disposable.ts';
import { SignalSource } from './base/signal.ts';
import type { Summarized } from './presentation/summary.ts';
import { emptySnapshot } from './session/emptySnapshot.ts';

/**
 * Returns the API at once and starts the product on the next turn: while VS Code activates extensions, all of them wait for
 * each. No command can come before: VS Code has to hear of the activation first.
 */
export function activate(context: ExtensionContext): PvcWatchApi {
  const own = new DisposableStore();
  context.subscriptions.push(own);
  const scope = { namespaces: [], labelSelector: '', fieldSelector: '' };
  const shown = new SignalSource<Summarized>({
    snapshot: emptySnapshot(0, undefined, scope, { state: 'idle' }),
    budgets: [],
  });
  const start = async () => {
    if (own.disposed) return;
    const { startProduct } = await import('./product.ts');
    if (!own.disposed) own.add(startProduct(context, shown));
  };
  const failed = (error: unknown) => {
    console.error(error);
    void window.showErrorMessage('PVC Watch could not be started. The log of the extension host says why.');
  };
  setImmediate(() => start().catch(failed));
  return own.add(storageApi(shown)).api;
}
