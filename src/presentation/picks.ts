import type { ClaimEpisode, Episode } from '../domain/episode.ts';
import type { ContextSummary } from '../domain/target.ts';
import { cutPercent, humanBytes } from './bytes.ts';
import { alertState, alertSubject, ruleTexts } from './claimAlertText.ts';
import { claimState } from './claimState.ts';
import { snoozeText, subjectText } from './notification.ts';
import type { ClaimRef } from './row.ts';
import type { StorageView } from './storageView.ts';
import { naturalOrder, plain, withoutIcons } from './text.ts';

/** One line of a quick pick; all cluster text in it is safe to be rendered. */
export interface Pick<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

/** Every claim, to be found by name, namespace and volume. */
export function claimPicks(view: StorageView): readonly Pick<ClaimRef>[] {
  const { snapshot } = view;
  const contextName = snapshot.target?.contextName ?? '';
  const picks: Pick<ClaimRef>[] = [];
  for (const namespace of snapshot.namespaces.values()) {
    for (const claim of namespace.claims.values()) {
      const { text, resize } = claimState(claim, snapshot.storageClasses.items);
      const size = claim.claimedBytes === undefined ? 'size unknown' : humanBytes(claim.claimedBytes);
      const facts = [resize ?? size, text, claim.volumeName].filter((fact) => fact !== undefined);
      picks.push({
        label: withoutIcons(claim.name),
        description: withoutIcons(claim.namespace),
        detail: facts.map((fact) => withoutIcons(fact)).join(' · '),
        value: { contextName, namespace: claim.namespace, name: claim.name, uid: claim.uid },
      });
    }
  }
  return picks.sort(
    (a, b) => naturalOrder(a.value.namespace, b.value.namespace) || naturalOrder(a.value.name, b.value.name),
  );
}

/**
 * The lines in which every word of `text` is found, in label, description or detail; those with all of them in the label
 * first, otherwise in the order given. At most `limit`.
 */
export function matchingPicks<T>(picks: readonly Pick<T>[], text: string, limit: number): readonly Pick<T>[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const inLabel: Pick<T>[] = [];
  const elsewhere: Pick<T>[] = [];
  for (const pick of picks) {
    if (inLabel.length === limit) break;
    const label = pick.label.toLowerCase();
    if (words.every((word) => label.includes(word))) inLabel.push(pick);
    else if (elsewhere.length < limit) {
      const all = `${label}\n${pick.description ?? ''}\n${pick.detail ?? ''}`.toLowerCase();
      if (words.every((word) => all.includes(word))) elsewhere.push(pick);
    }
  }
  return [...inLabel, ...elsewhere].slice(0, limit);
}

/** Every context; undefined stands for following the kubeconfig again, or `configured` (`pvcwatch.context`) if that is not ''. */
export function contextPicks(
  contexts: readonly ContextSummary[],
  pinned: string | undefined,
  configured: string,
): readonly Pick<string | undefined>[] {
  const follow: Pick<undefined> = {
    label: '$(sync) Follow kubeconfig',
    description: configured === '' ? nowCurrent(contexts) : nowConfigured(contexts, configured),
    value: undefined,
  };
  return [
    follow,
    ...contexts.map((context) => ({
      label: `${context.name === pinned ? '$(pinned) ' : ''}${withoutIcons(context.name)}`,
      description: [context.current ? 'current' : undefined, context.name === pinned ? 'pinned' : undefined]
        .filter((word) => word !== undefined)
        .join(', '),
      detail: `${withoutIcons(context.cluster)} · ${withoutIcons(context.namespace)}`,
      value: context.name,
    })),
  ];
}

function nowCurrent(contexts: readonly ContextSummary[]): string {
  const current = contexts.find((context) => context.current);
  return current ? `now ${withoutIcons(current.name)}` : 'no current context';
}

function nowConfigured(contexts: readonly ContextSummary[], configured: string): string {
  const name = withoutIcons(configured);
  return contexts.some((context) => context.name === configured)
    ? `now ${name}, by pvcwatch.context`
    : `pvcwatch.context is ${name}, which is not in it`;
}

/** The open episodes, to choose the one to snooze. */
export function episodePicks(episodes: readonly Episode[]): readonly Pick<Episode>[] {
  return episodes.map((episode) => ({
    label: withoutIcons(subjectText(episode)),
    description: withoutIcons(stateText(episode)),
    value: episode,
  }));
}

function stateText(episode: Episode): string {
  if (episode.kind === 'claim') return alertState(episode.evidence);
  const { claimedBytes, budgetBytes } = episode;
  return `${humanBytes(claimedBytes)} of ${humanBytes(budgetBytes)} (${cutPercent(claimedBytes, budgetBytes, 1)}%)`;
}

/** What may be silenced with an alert about a claim, the least first; the value says of what kind. */
export function coverPicks({ evidence }: ClaimEpisode): readonly Pick<'subject' | 'namespace' | 'rule'>[] {
  const namespaces = new Set(evidence.claims.map(({ namespace }) => namespace));
  const [namespace] = namespaces;
  return [
    { label: withoutIcons(alertSubject(evidence)), description: 'only this', value: 'subject' },
    ...(namespace !== undefined && namespaces.size === 1
      ? [{ label: `All claims in ${withoutIcons(namespace)}`, value: 'namespace' as const }]
      : []),
    { label: `All ${ruleTexts[evidence.rule]}`, description: 'in this context', value: 'rule' },
  ];
}

/** The choices of Set Budget; undefined stands for typing a value, '' for none. */
export function budgetPicks(view: StorageView): readonly Pick<string | undefined>[] {
  const { snapshot } = view;
  const label = plain(view.contextLabel ?? snapshot.target?.contextName ?? '');
  const suggestion = suggestedBudget(snapshot.claimedBytes);
  const picks: Pick<string | undefined>[] = [];
  if (snapshot.synced && snapshot.claimedBytes > 0n) {
    picks.push({
      label: suggestion,
      description: `current ${humanBytes(snapshot.claimedBytes)} + 10 %`,
      value: suggestion,
    });
  }
  picks.push({ label: 'Enter a value…', value: undefined });
  picks.push({ label: 'No budget here', description: withoutIcons(label), value: '' });
  return picks;
}

/** What is claimed and a tenth more, rounded up to three digits of the largest unit: `110Gi`, `1.08Ti`. */
export function suggestedBudget(claimedBytes: bigint): string {
  const target = (claimedBytes * 11n + 9n) / 10n;
  const units = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
  let unit = 0;
  while (unit < units.length - 1 && target >> BigInt(10 * (unit + 2)) > 0n) unit++;
  const size = 1n << BigInt(10 * (unit + 1));
  const decimals = Math.max(0, 3 - String(target / size).length);
  const scale = 10n ** BigInt(decimals);
  const scaled = (target * scale + size - 1n) / size;
  const fraction = String(scaled % scale)
    .padStart(decimals, '0')
    .replace(/0+$/, '');
  return `${scaled / scale}${fraction === '' ? '' : `.${fraction}`}${units[unit]}`;
}

/** What is silenced, and until when; the value is the episode key. */
export function snoozePicks(
  snoozes: readonly {
    readonly episodeKey: string;
    readonly subject: string;
    readonly contextLabel: string;
    readonly untilMs?: number;
  }[],
  nowMs: number,
): readonly Pick<string>[] {
  return snoozes.map(({ episodeKey, subject, contextLabel, untilMs }) => ({
    label: `${withoutIcons(contextLabel)}: ${withoutIcons(snoozeText(subject))}`,
    description: untilMs === undefined ? 'until back to normal' : `for another ${remaining(untilMs - nowMs)}`,
    value: episodeKey,
  }));
}

function remaining(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
