import { type AlertLevel, type ClaimEvidence, uidsOf } from './claimEvidence.ts';
import type { Counted } from './coverage.ts';
import type { LatestChange } from './snapshot.ts';

/** What a stretch of time during which one condition holds has, whatever the condition is. */
interface EpisodeFrame {
  /** Tells the condition from all others: cluster identity, context, and what is judged by which rule and bound. */
  readonly key: string;
  readonly contextName: string;
  /** Short name of the context when it opened, for its messages. */
  readonly contextLabel: string;
  readonly demo: boolean;
  /** When it opened; tells it from others of its key. */
  readonly openedMs: number;
  /** When it last changed. */
  readonly changedMs: number;
  /** How often it opened, closed, was continued or came to count more: of two accounts of it the one with more is right. */
  readonly changes: number;
  /** Set when it closed; until 30 min later the same condition continues this episode. */
  readonly closedMs?: number;
  /** Its opening is news. False: the user made it, or it was told before; nothing is ever said of it. */
  readonly shown: boolean;
}

/**
 * One stretch of time during which one budget is breached.
 *
 * `key` holds cluster identity, context, rule, subject, budget value and scope: a changed setting, scope or context
 * is another key and so another episode, never a change of this one.
 */
export interface BudgetEpisode extends EpisodeFrame {
  readonly kind: 'budget';
  /** `total`, `namespace:NAME` or `class:NAME`. */
  readonly subject: string;
  readonly budgetBytes: bigint;
  readonly claimedBytes: bigint;
  readonly latest?: LatestChange;
  /** While it is open: what was counted in the breach; only an end over no less is one. Undefined where that is not known. */
  readonly counted?: Counted;
}

/**
 * One stretch of time during which a claim, a filesystem or a volume is in trouble.
 *
 * `key` holds cluster identity, context, rule, level, the general bound and subject. It knows its subject by UID: a claim that is
 * made anew under the same name has episodes of its own. By a changed bound an open one goes on, silently, as another.
 */
export interface ClaimEpisode extends EpisodeFrame {
  readonly kind: 'claim';
  /** `claim:NAMESPACE/NAME`, `filesystem:NAMESPACE/NAME` by its fullest claim, `volume:NAME`. */
  readonly subject: string;
  /** As long as it is open of when the condition last held, then of its end. */
  readonly evidence: ClaimEvidence;
  /** It is over because nobody looks any more: what it was about is gone, or its metadata ask to leave it out. */
  readonly over?: 'gone' | 'ignored';
}

export type Episode = BudgetEpisode | ClaimEpisode;

/** In which cluster and context an episode is seen, and whether that is the simulated one. */
export interface EpisodeOrigin {
  readonly identity: string;
  readonly contextName: string;
  readonly contextLabel: string;
  readonly demo: boolean;
}

/** Silence for the episode of this key, open or not. `untilMs` undefined: until back to normal. */
export interface Snooze {
  readonly key: string;
  /** Of the episode. */
  readonly subject: string;
  readonly untilMs?: number;
}

/** What the views need to know of the alerts. */
export interface AlertState {
  /** Open now, the longest first. */
  readonly open: readonly Episode[];
  /** Over, in the same context: of each condition the last one, the latest first. Bounded. */
  readonly recent: readonly Episode[];
  /** In force, of what is judged now. */
  readonly snoozes: readonly Snooze[];
  /** The built-in default budget was already exceeded at the first full sync: it is not judged, and the gauge says `claimed`. */
  readonly defaultSuspended: boolean;
}

export const noAlerts: AlertState = { open: [], recent: [], snoozes: [], defaultSuspended: false };

/** What silences an episode; undefined when nothing does. */
export function snoozeOf({ snoozes }: Pick<AlertState, 'snoozes'>, { key }: Episode): Snooze | undefined {
  return snoozes.find((snooze) => snooze.key === key);
}

/** Without the warnings of what is critical too. */
export function withoutLesser(open: readonly Episode[]): readonly Episode[] {
  const critical = new Set(open.flatMap((episode) => (levelOf(episode) === 'critical' ? [subjectKey(episode)] : [])));
  return open.filter((episode) => levelOf(episode) !== 'warning' || !critical.has(subjectKey(episode)));
}

function levelOf(episode: Episode): AlertLevel | undefined {
  return episode.kind === 'claim' ? episode.evidence.level : undefined;
}

function subjectKey(episode: Episode): string {
  if (episode.kind === 'budget') return episode.subject;
  const { evidence } = episode;
  return `${evidence.rule} ${uidsOf(evidence)[0]}`;
}
