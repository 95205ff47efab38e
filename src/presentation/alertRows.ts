import { type ClaimName, isSpace, type SpaceEvidence } from '../domain/claimEvidence.ts';
import {
  type AlertState,
  type BudgetEpisode,
  type ClaimEpisode,
  type Episode,
  type Snooze,
  snoozeOf,
} from '../domain/episode.ts';
import { cutPercent, exactBytes, excessBytes, humanBytes } from './bytes.ts';
import { alertState, amount, freeText, paceText } from './claimAlertText.ts';
import { closedText, openedText, subjectText } from './notification.ts';
import type { ClaimRef, RowIcon } from './row.ts';
import { age, ago, capitalized, markdown, percentOf, plain } from './text.ts';

/** One row of the alerts view, with all that is below it. */
export interface AlertRow {
  /** Unique in the tree and stable over updates. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown, escaped. */
  readonly tooltip: string;
  readonly icon: RowIcon | undefined;
  /** `.claim` where there is a claim to be shown. */
  readonly contextValue: 'alert.section' | `alert.${'open' | 'snoozed' | 'recent'}${'' | '.claim'}` | 'alert.fact';
  readonly accessibilityLabel: string;
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
  readonly children: readonly AlertRow[];
  /** Of the rows of alerts. */
  readonly episode?: Episode;
  /** The claim that the alert is about, first of all. */
  readonly claim?: ClaimRef;
}

/** The alerts of the context that is followed: open ones, those that are open and snoozed, and what is over; empty parts are left out. */
export function alertRows(alerts: AlertState, nowMs: number): readonly AlertRow[] {
  const { open, recent } = alerts;
  const loud = open.filter((episode) => !snoozeOf(alerts, episode));
  const quiet = open.flatMap((episode) => {
    const snooze = snoozeOf(alerts, episode);
    return snooze ? [snoozedRow(episode, snooze, nowMs)] : [];
  });
  return [
    section(
      'Open',
      loud.map((episode) => openRow(episode, nowMs)),
    ),
    section('Snoozed', quiet),
    section(
      'Recent',
      recent.map((episode) => recentRow(episode, nowMs)),
    ),
  ].filter(({ children }) => children.length > 0);
}

function section(label: string, children: readonly AlertRow[]): AlertRow {
  return {
    id: `section:${label}`,
    label,
    description: String(children.length),
    tooltip: '',
    icon: undefined,
    contextValue: 'alert.section',
    accessibilityLabel: `${label}: ${children.length}`,
    collapsible: 'expanded',
    children,
  };
}

function openRow(episode: Episode, nowMs: number): AlertRow {
  return alertRow(episode, nowMs, {
    section: 'open',
    icon: openIcon(episode),
    description: `${measure(episode)} · ${age(nowMs - episode.openedMs)}`,
    text: openedText(episode),
    times: [fact(episode, 'opened', 'Opened', ago(nowMs - episode.openedMs))],
  });
}

function snoozedRow(episode: Episode, { untilMs }: Snooze, nowMs: number): AlertRow {
  const until =
    untilMs === undefined ? 'until back to normal' : `for another ${age(Math.max(untilMs - nowMs, 60_000))}`;
  return alertRow(episode, nowMs, {
    section: 'snoozed',
    icon: { codicon: 'bell-slash' },
    description: `${measure(episode)} · ${until}`,
    text: openedText(episode),
    times: [
      fact(episode, 'opened', 'Opened', ago(nowMs - episode.openedMs)),
      fact(episode, 'snoozed', 'Snoozed', until),
    ],
  });
}

function recentRow(episode: Episode, nowMs: number): AlertRow {
  const closedMs = episode.closedMs ?? nowMs;
  return alertRow(episode, nowMs, {
    section: 'recent',
    icon: { codicon: 'pass' },
    description: `${overText(episode)} ${ago(nowMs - closedMs)}`,
    text: closedText(episode),
    times: [
      fact(episode, 'closed', capitalized(overText(episode)), ago(nowMs - closedMs)),
      fact(episode, 'lasted', 'Lasted', lasted(closedMs - episode.openedMs)),
    ],
  });
}

interface AlertText extends Pick<AlertRow, 'icon' | 'description'> {
  readonly section: 'open' | 'snoozed' | 'recent';
  readonly text: string;
  readonly times: readonly AlertRow[];
}

function alertRow(episode: Episode, nowMs: number, { section: part, text, times, ...row }: AlertText): AlertRow {
  const label = subjectText(episode);
  const claim = claimOf(episode);
  return {
    ...row,
    id: `alert.${part}:${episode.key}`,
    contextValue: `alert.${part}${claim ? '.claim' : ''}`,
    label,
    tooltip: markdown(text),
    accessibilityLabel: `${label}, ${row.description}`,
    collapsible: 'collapsed',
    children: [...times, ...(episode.kind === 'budget' ? evidence(episode) : claimFacts(episode, nowMs))],
    episode,
    ...(claim ? { claim } : {}),
  };
}

/** What the alert was judged by. */
function evidence(episode: BudgetEpisode): readonly AlertRow[] {
  const { claimedBytes, budgetBytes, latest } = episode;
  const over = claimedBytes - budgetBytes;
  const facts = [
    fact(episode, 'claimed', 'Claimed', `${humanBytes(claimedBytes)} (${cutPercent(claimedBytes, budgetBytes, 1)}%)`),
    fact(episode, 'budget', 'Budget', humanBytes(budgetBytes), exactBytes(budgetBytes)),
  ];
  if (over > 0n) facts.push(fact(episode, 'excess', 'Over budget by', excessBytes(over), exactBytes(over)));
  if (latest)
    facts.push(
      fact(
        episode,
        'latest',
        'Latest growth',
        `${plain(`${latest.namespace}/${latest.name}`)}, +${humanBytes(latest.deltaBytes)}`,
      ),
    );
  return facts;
}

function fact({ key }: Episode, name: string, label: string, description: string, exact = description): AlertRow {
  return {
    id: `${name}:${key}`,
    label,
    description,
    tooltip: markdown(exact),
    icon: undefined,
    contextValue: 'alert.fact',
    accessibilityLabel: `${label}: ${description}`,
    collapsible: 'none',
    children: [],
  };
}

/** What a claim, a filesystem or a volume was judged by. */
function claimFacts(episode: ClaimEpisode, nowMs: number): readonly AlertRow[] {
  const { evidence } = episode;
  if (isSpace(evidence)) return spaceFacts(episode, evidence, nowMs);
  if (evidence.rule === 'volumeFailing')
    return [
      fact(episode, 'phase', 'Phase', plain(evidence.volume.phase)),
      ...evidence.claims.map((claim) => claimFact(episode, 'Bound to', claim)),
    ];
  return [fact(episode, 'state', 'State', capitalized(alertState(evidence)))];
}

function spaceFacts(episode: ClaimEpisode, evidence: SpaceEvidence, nowMs: number): readonly AlertRow[] {
  const { rule, claims, free, total, belowRatio, source, atMs } = evidence;
  const pace = paceText(evidence);
  const what = rule === 'bytes' ? 'Free' : 'Inodes free';
  const exactly = (value: number) => (rule === 'bytes' ? exactBytes(BigInt(Math.round(value))) : amount(rule, value));
  const facts = [
    fact(
      episode,
      'free',
      what,
      `${freeText(evidence)} (${alertState(evidence)})`,
      `${exactly(free)} of ${exactly(total)}`,
    ),
    fact(episode, 'below', 'Alerts below', `${percentOf(belowRatio)} free`),
  ];
  if (pace) facts.push(fact(episode, 'pace', 'Pace', pace));
  if (source && atMs !== undefined)
    facts.push(fact(episode, 'read', 'Read', `${ago(nowMs - atMs)} from ${sourceTexts[source]}`));
  if (evidence.subject === 'filesystem') facts.push(...claims.map((claim) => claimFact(episode, 'Claim on it', claim)));
  return facts;
}

const sourceTexts = { kubelet: 'a kubelet', prometheus: 'Prometheus' } as const;

function claimFact(episode: ClaimEpisode, label: string, { namespace, name, uid }: ClaimName): AlertRow {
  return fact(episode, `claim ${uid}`, label, plain(`${namespace}/${name}`));
}

/** The claim to be shown: of several the fullest. */
function claimOf(episode: Episode): ClaimRef | undefined {
  const [claim] = episode.kind === 'claim' ? episode.evidence.claims : [];
  return claim && { contextName: episode.contextName, ...claim };
}

function openIcon(episode: Episode): RowIcon {
  if (episode.kind === 'claim' && episode.evidence.level === 'warning')
    return { codicon: 'warning', color: 'list.warningForeground' };
  return { codicon: episode.kind === 'budget' ? 'warning' : 'error', color: 'list.errorForeground' };
}

function overText(episode: Episode): string {
  const over = episode.kind === 'claim' ? episode.over : undefined;
  return over === undefined ? 'back to normal' : over === 'gone' ? 'gone' : 'left out';
}

function measure(episode: Episode): string {
  if (episode.kind === 'claim') {
    const { evidence } = episode;
    return isSpace(evidence) ? `${alertState(evidence)} · ${freeText(evidence)}` : alertState(evidence);
  }
  const { claimedBytes, budgetBytes } = episode;
  return `${cutPercent(claimedBytes, budgetBytes, 1)}% · ${humanBytes(claimedBytes)} of ${humanBytes(budgetBytes)}`;
}

function lasted(ms: number): string {
  return ms < 10_000 ? 'some seconds' : age(ms);
}
