import { type AlertState, type Episode, isSnoozed, type Snooze } from '../domain/episode.ts';
import { cutPercent, exactBytes, excessBytes, humanBytes } from './bytes.ts';
import { closedText, openedText, subjectText } from './notification.ts';
import type { RowIcon } from './row.ts';
import { age, ago, markdown, plain } from './text.ts';

/** One row of the alerts view, with all that is below it. */
export interface AlertRow {
  /** Unique in the tree and stable over updates. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown, escaped. */
  readonly tooltip: string;
  readonly icon: RowIcon | undefined;
  readonly contextValue: 'alert.section' | 'alert.open' | 'alert.snoozed' | 'alert.recent' | 'alert.fact';
  readonly accessibilityLabel: string;
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
  readonly children: readonly AlertRow[];
  /** Of the rows of alerts. */
  readonly episode?: Episode;
}

/** The alerts of the context that is followed: open ones, those that are open and snoozed, and what is over; empty parts are left out. */
export function alertRows({ open, snoozes, recent }: AlertState, nowMs: number): readonly AlertRow[] {
  const snoozeOf = ({ subject }: Episode) => snoozes.find((snooze) => isSnoozed(snooze, subject));
  const loud = open.filter((episode) => !snoozeOf(episode));
  const quiet = open.flatMap((episode) => {
    const snooze = snoozeOf(episode);
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
  return alertRow(episode, {
    contextValue: 'alert.open',
    icon: { codicon: 'warning', color: 'list.errorForeground' },
    description: `${measure(episode)} · ${age(nowMs - episode.openedMs)}`,
    text: openedText(episode),
    times: [fact(episode, 'opened', 'Opened', ago(nowMs - episode.openedMs))],
  });
}

function snoozedRow(episode: Episode, { untilMs }: Snooze, nowMs: number): AlertRow {
  const until =
    untilMs === undefined ? 'until back to normal' : `for another ${age(Math.max(untilMs - nowMs, 60_000))}`;
  return alertRow(episode, {
    contextValue: 'alert.snoozed',
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
  return alertRow(episode, {
    contextValue: 'alert.recent',
    icon: { codicon: 'pass' },
    description: `back to normal ${ago(nowMs - closedMs)}`,
    text: closedText(episode),
    times: [
      fact(episode, 'closed', 'Back to normal', ago(nowMs - closedMs)),
      fact(episode, 'lasted', 'Lasted', lasted(closedMs - episode.openedMs)),
    ],
  });
}

interface AlertText extends Pick<AlertRow, 'contextValue' | 'icon' | 'description'> {
  readonly text: string;
  readonly times: readonly AlertRow[];
}

function alertRow(episode: Episode, { text, times, ...row }: AlertText): AlertRow {
  const label = subjectText(episode);
  return {
    ...row,
    id: `${row.contextValue}:${episode.key}`,
    label,
    tooltip: markdown(text),
    accessibilityLabel: `${label}, ${row.description}`,
    collapsible: 'collapsed',
    children: [...times, ...evidence(episode)],
    episode,
  };
}

/** What the alert was judged by. */
function evidence(episode: Episode): readonly AlertRow[] {
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

function measure({ claimedBytes, budgetBytes }: Episode): string {
  return `${cutPercent(claimedBytes, budgetBytes, 1)}% · ${humanBytes(claimedBytes)} of ${humanBytes(budgetBytes)}`;
}

function lasted(ms: number): string {
  return ms < 10_000 ? 'some seconds' : age(ms);
}
