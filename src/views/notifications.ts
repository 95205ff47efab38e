import { commands, window } from 'vscode';
import type { Notifier } from '../alerts/ports.ts';
import type { ClaimName } from '../domain/claimEvidence.ts';
import type { Episode } from '../domain/episode.ts';
import { closedSummary, openedSummary } from '../presentation/notification.ts';
import { messageText } from '../presentation/text.ts';

/** What a button of a notification does about its episodes. */
interface Button {
  readonly title: string;
  readonly press: () => void;
}

/** One message per episode that opens, one when it closes; several at once are one summary. */
export function notifier(): Notifier {
  return {
    opened: (episodes) => {
      const snooze = button('Snooze…', 'pvcwatch.snooze', episodes);
      show(window.showWarningMessage, openedSummary(episodes), [...showing(episodes), snooze, settings]);
    },
    closed: (episodes) => {
      show(window.showInformationMessage, closedSummary(episodes), [...showing(episodes), settings]);
    },
  };
}

const settings = button('Settings', 'workbench.action.openSettings', '@ext:pvcwatch.pvcwatch');

/** Shows what it is about: the claims of the context, one claim, or all alerts. */
function showing(episodes: readonly Episode[]): readonly Button[] {
  const [first] = episodes;
  if (!first) return [];
  const claim = episodes.length === 1 ? claimOf(first) : undefined;
  if (claim) return [button('Show Claim', 'pvcwatch.showClaim', { contextName: first.contextName, ...claim })];
  if (episodes.every(({ kind }) => kind === 'budget'))
    return [button('Show Claims', 'pvcwatch.showClaims', first.contextName, first.demo)];
  return [button('Show Alerts', 'pvcwatch.alerts.focus')];
}

/** The claim that tells of it, the fullest of several. */
function claimOf(episode: Episode): ClaimName | undefined {
  return episode.kind === 'claim' ? episode.evidence.claims[0] : undefined;
}

function button(title: string, command: string, ...args: readonly unknown[]): Button {
  return { title, press: () => void commands.executeCommand(command, ...args) };
}

function show(message: typeof window.showInformationMessage, text: string, buttons: readonly Button[]): void {
  const titles = buttons.map(({ title }) => title);
  void message(messageText(text), ...titles).then((choice) => buttons.find(({ title }) => title === choice)?.press());
}
