import { commands, window } from 'vscode';
import type { Notifier } from '../alerts/ports.ts';
import type { Episode } from '../domain/episode.ts';
import { closedSummary, openedSummary } from '../presentation/notification.ts';
import { messageText } from '../presentation/text.ts';

const showClaims = 'Show Claims';
const snooze = 'Snooze…';
const settings = 'Settings';

/** One message per episode that opens, one when it closes; several at once are one summary. */
export function notifier(): Notifier {
  const handle = (choice: string | undefined, episodes: readonly Episode[]) => {
    const [first] = episodes;
    if (choice === showClaims && first)
      void commands.executeCommand('pvcwatch.showClaims', first.contextName, first.demo);
    if (choice === snooze) void commands.executeCommand('pvcwatch.snooze', episodes);
    if (choice === settings) void commands.executeCommand('workbench.action.openSettings', '@ext:pvcwatch.pvcwatch');
  };
  return {
    opened(episodes) {
      void window
        .showWarningMessage(messageText(openedSummary(episodes)), showClaims, snooze, settings)
        .then((choice) => handle(choice, episodes));
    },
    closed(episodes) {
      void window
        .showInformationMessage(messageText(closedSummary(episodes)), showClaims, settings)
        .then((choice) => handle(choice, episodes));
    },
  };
}
