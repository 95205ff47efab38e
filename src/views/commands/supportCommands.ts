import { type LogOutputChannel, window, workspace } from 'vscode';
import type { CommandDesk } from '../../base/commandDesk.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Signal } from '../../base/signal.ts';
import { type DiagnosticsFacts, diagnosticsReport } from '../../presentation/diagnosticsReport.ts';
import type { StorageView } from '../../presentation/storageView.ts';

export interface SupportCommandParts {
  readonly desk: CommandDesk;
  readonly view: Signal<StorageView>;
  readonly channel: LogOutputChannel;
  readonly facts: () => DiagnosticsFacts;
  readonly clearHistory: () => Promise<void>;
}

/** Commands for when something is wrong. */
export function supportCommands({ desk, view, channel, facts, clearHistory }: SupportCommandParts): DisposableStore {
  const lifetime = new DisposableStore();
  lifetime.add(desk.registerCommand('pvcwatch.showLog', () => channel.show()));
  lifetime.add(
    desk.registerCommand('pvcwatch.diagnostics', async () => {
      const content = diagnosticsReport(view.value, facts());
      const document = await workspace.openTextDocument({ language: 'markdown', content });
      await window.showTextDocument(document);
    }),
  );
  lifetime.add(
    desk.registerCommand('pvcwatch.clearHistory', async () => {
      const answer = await window.showWarningMessage(
        'Forget what was read of used bytes, of all clusters? Forecasts need it.',
        { modal: true },
        'Forget',
      );
      if (answer === 'Forget') await clearHistory();
    }),
  );
  return lifetime;
}
