import { window } from 'vscode';
import type { AlertEngine } from '../../alerts/alertEngine.ts';
import {
  coverOf,
  isSnoozable,
  type SnoozableEpisode,
  type SnoozeCover,
  type SnoozeLength,
} from '../../alerts/snoozes.ts';
import type { CommandDesk } from '../../base/commandDesk.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Signal } from '../../base/signal.ts';
import type { ClaimEpisode, Episode } from '../../domain/episode.ts';
import { readBudget } from '../../domain/quantity.ts';
import { budgetPicks, coverPicks, episodePicks, type Pick, snoozePicks } from '../../presentation/picks.ts';
import type { StorageView } from '../../presentation/storageView.ts';
import { messageText, shortContextName, withoutIcons } from '../../presentation/text.ts';
import { choose } from './quickPick.ts';

export interface AlertCommandParts {
  readonly desk: CommandDesk;
  readonly view: Signal<StorageView>;
  readonly alerts: AlertEngine;
  /** Writes the total budget of a context into the user's settings; '' is none. Rejects when VS Code refuses. */
  readonly writeBudget: (contextName: string, quantity: string) => Promise<void>;
  readonly now: () => number;
}

const lengths: readonly Pick<SnoozeLength>[] = [
  { label: '1 hour', value: 'hour' },
  { label: 'Today', description: 'until midnight', value: 'today' },
  { label: 'Until back to normal', value: 'untilNormal' },
];

/** Commands about budgets, and the silence of alerts. */
export function alertCommands(parts: AlertCommandParts): DisposableStore {
  const { desk, view, alerts, now } = parts;
  const lifetime = new DisposableStore();
  lifetime.add(
    desk.registerCommand('pvcwatch.snooze', async (given?: unknown) => {
      const named = episodesIn(given);
      const episodes = named.length === 0 ? await openEpisodes(view) : named;
      if (episodes.length === 0) return;
      const open = new Map(view.value.alerts.open.map((episode) => [episode.key, episode]));
      const chosen = await chooseCovers(episodes.map((episode) => open.get(episode.key) ?? frameOf(episode)));
      if (!chosen) return;
      const length = await choose(lengths, { title: 'Snooze', placeHolder: 'For how long?' });
      if (length) for (const { episode, cover } of chosen) await alerts.snooze(episode, length.value, cover);
    }),
  );
  lifetime.add(
    desk.registerCommand('pvcwatch.showSnoozes', async () => {
      if (alerts.snoozes.length === 0) {
        void window.showInformationMessage('Nothing is snoozed.');
        return;
      }
      const chosen = await choose(snoozePicks(alerts.snoozes, now()), {
        title: 'Snoozes',
        placeHolder: 'Choose one to end it',
      });
      if (chosen) await alerts.endSnooze(chosen.value);
    }),
  );
  lifetime.add(desk.registerCommand('pvcwatch.setBudget', () => setBudget(parts)));
  return lifetime;
}

/** Whatever else it says: only of what is open it is known that it is true. */
function frameOf({ key, openedMs, subject, contextLabel }: SnoozableEpisode): SnoozableEpisode {
  return { key, openedMs, subject, contextLabel };
}

/** A notification gives its episodes, the alerts view its row; nothing where something else was given, by a key binding. */
function episodesIn(value: unknown): readonly SnoozableEpisode[] {
  if (Array.isArray(value)) return value.filter(isSnoozable);
  const episode = typeof value === 'object' && value !== null && 'episode' in value ? value.episode : undefined;
  return isSnoozable(episode) ? [episode] : [];
}

interface Silenced {
  readonly episode: SnoozableEpisode;
  readonly cover?: SnoozeCover;
}

/**
 * How much is silenced: of one alert about a claim the user says that; of several each is, with all about the same claim.
 * Undefined when the user has turned away.
 */
async function chooseCovers(
  episodes: readonly (Episode | SnoozableEpisode)[],
): Promise<readonly Silenced[] | undefined> {
  const [only] = episodes;
  if (episodes.length !== 1 || !only || !isClaimEpisode(only))
    return episodes.map((episode) => ({
      episode,
      ...(isClaimEpisode(episode) ? { cover: coverOf(episode, 'subject') } : {}),
    }));
  const chosen = await choose(coverPicks(only), { title: 'Snooze', placeHolder: 'What?' });
  return chosen && [{ episode: only, cover: coverOf(only, chosen.value) }];
}

function isClaimEpisode(episode: Episode | SnoozableEpisode): episode is ClaimEpisode {
  return 'kind' in episode && episode.kind === 'claim';
}

async function openEpisodes(view: Signal<StorageView>): Promise<readonly Episode[]> {
  const { open } = view.value.alerts;
  if (open.length === 0) void window.showInformationMessage('No alert is open, so there is nothing to snooze.');
  if (open.length <= 1) return open;
  const chosen = await choose(episodePicks(open), { title: 'Snooze', placeHolder: 'Which alert?' });
  return chosen ? [chosen.value] : [];
}

async function setBudget({ view, writeBudget }: AlertCommandParts): Promise<void> {
  const { target } = view.value.snapshot;
  if (!target) {
    void window.showInformationMessage('There is no cluster to set a budget for. Switch to a context first.');
    return;
  }
  const label = withoutIcons(shortContextName(target.contextName, view.value.contextLabel));
  const chosen = await choose(budgetPicks(view.value), {
    title: `Budget for ${label}`,
    placeHolder: 'How much may be claimed in this context?',
  });
  if (!chosen) return;
  const quantity = chosen.value ?? (await askQuantity(label));
  if (quantity === undefined) return;
  try {
    await writeBudget(target.contextName, quantity);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(messageText(`The budget could not be saved in pvcwatch.contexts: ${reason}`));
  }
}

async function askQuantity(label: string): Promise<string | undefined> {
  const text = await window.showInputBox({
    title: `Budget for ${label}`,
    prompt: 'A Kubernetes quantity such as 200Gi',
    validateInput: (input) => {
      const { problem } = readBudget(input.trim());
      return problem === undefined
        ? undefined
        : messageText(`'${withoutIcons(input)}' ${problem}. A quantity such as 200Gi is expected.`);
    },
  });
  return text?.trim();
}
