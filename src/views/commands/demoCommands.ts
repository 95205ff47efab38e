import { commands, window } from 'vscode';
import type { CommandDesk } from '../../base/commandDesk.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Signal } from '../../base/signal.ts';
import { messageText } from '../../presentation/text.ts';

/** The demo cluster as the commands see it. */
export interface DemoSwitch {
  readonly kubeconfig: Signal<string | undefined>;
  /** Rejects with a message fit to be shown. */
  open(): Promise<void>;
  close(): void;
}

export function demoCommands(demo: DemoSwitch, desk: CommandDesk): DisposableStore {
  const lifetime = new DisposableStore();
  const tell = () => void commands.executeCommand('setContext', 'pvcwatch.demo', demo.kubeconfig.value !== undefined);
  // Context keys outlive the extension host: one that was restarted begins with what the last one left.
  tell();
  lifetime.add(demo.kubeconfig.subscribe(tell));
  lifetime.add(
    desk.registerCommand('pvcwatch.openDemoCluster', async () => {
      try {
        await demo.open();
        await commands.executeCommand('pvcwatch.claims.focus');
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        void window.showErrorMessage(messageText(`The demo cluster could not be started: ${reason}`));
      }
    }),
  );
  lifetime.add(desk.registerCommand('pvcwatch.closeDemoCluster', () => demo.close()));
  return lifetime;
}
