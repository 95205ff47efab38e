import type { Counted } from './coverage.ts';
import type { LatestChange } from './snapshot.ts';

/**
 * One stretch of time during which one budget is breached.
 *
 * `key` holds cluster identity, context, rule, subject, budget value and scope: a changed setting, scope or context
 * is another key and so another episode, never a change of this one.
 */
export interface Episode {
  readonly key: string;
  readonly contextName: string;
  /** Short name of the context when it opened, for its messages. */
  readonly contextLabel: string;
  readonly demo: boolean;
  /** `total`, `namespace:NAME` or `class:NAME`. */
  readonly subject: string;
  readonly budgetBytes: bigint;
  readonly claimedBytes: bigint;
  readonly latest?: LatestChange;
  /** While it is open: what was counted in the breach; only an end over no less is one. Undefined where that is not known. */
  readonly counted?: Counted;
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

/** Silence for one budget (`total`, `namespace:NAME`, `class:NAME`), or for all with `key` = '*'. `untilMs` undefined: until back to normal. */
export interface Snooze {
  readonly key: string;
  readonly untilMs?: number;
}

/** What the views need to know of the alerts. */
export interface AlertState {
  /** Open now, the longest first. */
  readonly open: readonly Episode[];
  /** Over, in the same context: of each condition the last one, the latest first. Bounded. */
  readonly recent: readonly Episode[];
  readonly snoozes: readonly Snooze[];
  /** The built-in default budget was already exceeded at the first full sync: it is not judged, and the gauge says `claimed`. */
  readonly defaultSuspended: boolean;
}

export const noAlerts: AlertState = { open: [], recent: [], snoozes: [], defaultSuspended: false };

/** Whether a snooze silences the budget with this key (`total`, `namespace:NAME`, `class:NAME`). */
export function isSnoozed(snooze: Snooze, subject: string): boolean {
  return snooze.key === '*' || snooze.key === subject;
}
