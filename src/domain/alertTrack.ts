import type { BudgetStatus } from './budgets.ts';
import { type Coverage, countedOf, hasGrown, hasShrunk, isComplete, widened } from './coverage.ts';
import type { BudgetEpisode, Episode } from './episode.ts';
import { areIn } from './members.ts';
import type { LatestChange, StorageSnapshot } from './snapshot.ts';

/** The same condition returning within this time continues its episode silently. */
export const continueWithinMs = 30 * 60_000;

/** What one budget has been through. Holds count milliseconds of observed, live time. */
export interface Track {
  readonly episode?: BudgetEpisode;
  /** For how long the opposite of the present state has held. */
  readonly heldMs: number;
  /** The growth that led to the crossing that is being held. */
  readonly cause?: LatestChange;
  readonly suspended: boolean;
  /** What has been judged while no episode was open; what is read only later has no part in it. */
  readonly seen?: Coverage;
  /** First seen in part, after a change of the user's own: the rest is taken over as silently. */
  readonly byUser?: true;
  /** An open episode that was taken up by a change of the user's own: if it is over at first sight, that is no news. */
  readonly pickedUp?: true;
  /** This stretch continues an episode that had closed: it is said neither that it began nor that it ended. */
  readonly continued?: true;
}

export interface RuleInput {
  readonly snapshot: StorageSnapshot;
  readonly budgets: readonly BudgetStatus[];
  readonly contextLabel: string;
  /** What the windows know together: by key the last episode. */
  readonly accounts: ReadonlyMap<string, Episode>;
  /** Wall clock, for the episodes' times. */
  readonly nowMs: number;
  /** Never goes back, for holds. */
  readonly monotonicMs: number;
  readonly openAfterMs: number;
  readonly closeAfterMs: number;
  /** The first sight of a budget is due to the user's own change (setting, scope, context): it is taken over silently. */
  readonly userChange: boolean;
}

/** An episode that others have to know of. `widened`: it came to count more. */
export interface AlertEffect {
  readonly kind: 'opened' | 'widened' | 'closed';
  readonly episode: BudgetEpisode;
  readonly notify: boolean;
}

/** One observation of one budget. */
export interface Sight {
  readonly status: BudgetStatus;
  readonly input: RuleInput;
  readonly key: string;
  /** Time that counts since the observation before. */
  readonly elapsedMs: number;
  /** Gets the keys of which a breach at first sight is told. */
  readonly told: Set<string>;
  /** Gets what comes of it. */
  readonly effects: AlertEffect[];
}

/** What a budget begins with, or begins anew with when the user or a larger part that can be read makes it another one. */
export function firstSight(sight: Sight, userChange: boolean, last?: BudgetEpisode): Track {
  const { status, input, key, told, effects } = sight;
  const { coverage } = status;
  if (!status.breached) return calm(coverage, userChange);
  if (last && isContinuable(last, input.nowMs)) return openAgain(sight, last);
  if (!status.budget.explicit) return { heldMs: 0, suspended: true, seen: coverage };
  const notify = !userChange && !told.has(key);
  told.add(key);
  const episode = episodeOf(sight, undefined, notify);
  effects.push({ kind: 'opened', episode, notify });
  return { episode, heldMs: 0, suspended: false };
}

/** What a budget has been through after one more observation. */
export function stepTrack(track: Track, sight: Sight): Track {
  const { status, input } = sight;
  const open = isOpen(track);
  if (track.pickedUp) return stepPickedUp(track, sight);
  if (track.suspended) return stepSuspended(track, sight);
  if (isNewSight(track, status)) return firstSight(sight, input.userChange || track.byUser === true, track.episode);
  if (status.breached === open || isLess(track, status)) return settle(track, sight);
  // The step in which the condition is first seen counts for nothing: it may have begun just now.
  const heldMs = track.heldMs > 0 ? track.heldMs + sight.elapsedMs : 0;
  const cause = track.cause ?? (open ? undefined : growthOf(input.snapshot, status));
  if (heldMs < (open ? input.closeAfterMs : input.openAfterMs))
    return { ...track, heldMs: Math.max(heldMs, tick), ...(cause ? { cause } : {}) };
  return open ? close(track, sight) : openNew(track, sight, cause);
}

/** An episode is open, and the sum stands for less than what was counted while it was breached. */
export function isLess({ episode }: Track, { coverage }: BudgetStatus): boolean {
  return episode !== undefined && episode.closedMs === undefined && hasShrunk(episode.counted, coverage);
}

/** Whether the same condition returning now is this episode going on. A closing in the future (the clock was set back) is none. */
export function isContinuable({ closedMs }: Pick<Episode, 'closedMs'>, nowMs: number): boolean {
  return closedMs !== undefined && nowMs >= closedMs && nowMs - closedMs < continueWithinMs;
}

function calm(seen: Coverage, byUser: boolean): Track {
  return { heldMs: 0, suspended: false, seen, ...(byUser && !isComplete(seen) ? { byUser } : {}) };
}

/** Not judged until the sum has been within the budget, or somebody chose the same value. */
function stepSuspended(track: Track, sight: Sight): Track {
  const { status, input } = sight;
  const { coverage } = status;
  if (status.budget.explicit) return firstSight(sight, input.userChange);
  if (!status.breached && !hasShrunk(track.seen, coverage)) return calm(coverage, false);
  const seen = track.seen && widened(track.seen, coverage);
  return seen === track.seen ? track : { ...track, ...(seen ? { seen } : {}) };
}

function stepPickedUp(track: Track, sight: Sight): Track {
  const { status, input, effects } = sight;
  const { pickedUp: _, ...rest } = track;
  const { episode } = track;
  if (status.breached || !episode) return stepTrack(rest, sight);
  if (isLess(track, status)) return track;
  // It ended while nobody looked, some time after it was last heard of.
  const closed = { ...closedOf(episode, status, input.nowMs), closedMs: episode.changedMs, shown: false };
  effects.push({ kind: 'closed', episode: closed, notify: false });
  return { ...calm(status.coverage, true), episode: closed };
}

/** A breach shows at once with a part that could not be read before: nobody saw it grow. */
function isNewSight(track: Track, { breached, coverage }: BudgetStatus): boolean {
  if (!breached || isOpen(track) || track.heldMs > 0) return false;
  return track.seen !== undefined && hasGrown(track.seen, coverage);
}

/** The latest growth, if it is one of what the budget bounds. */
function growthOf({ latest, namespaces }: StorageSnapshot, { budget }: BudgetStatus): LatestChange | undefined {
  const { subject } = budget;
  if (!latest || subject.kind === 'total') return latest;
  if (subject.kind === 'namespace') return latest.namespace === subject.name ? latest : undefined;
  const claim = namespaces.get(latest.namespace)?.claims.get(latest.name);
  return claim?.storageClass === subject.name ? latest : undefined;
}

/** A hold that has begun, before any time has passed. */
const tick = Number.MIN_VALUE;

function settle(track: Track, sight: Sight): Track {
  const { status } = sight;
  const { heldMs, cause: _, seen: seenBefore, byUser, ...rest } = track;
  if (!isOpen(track)) {
    const seen = seenSince(seenBefore, status.coverage);
    if (heldMs === 0 && seen === seenBefore) return track;
    return { ...rest, ...calm(seen, byUser === true) };
  }
  // While the end is only seen in part, the last breach is what there is to say.
  const episode = track.episode && status.breached ? stillOpen(track.episode, sight) : track.episode;
  if (heldMs === 0 && episode === track.episode) return track;
  return { ...rest, heldMs: 0, ...(episode ? { episode } : {}) };
}

/** The episode as it stands; what is counted in a breach has to be counted at its end. */
function stillOpen(episode: BudgetEpisode, { status, input, effects }: Sight): BudgetEpisode {
  const { claimedBytes, coverage } = status;
  const counted = episode.counted ? widened(episode.counted, coverage) : countedOf(coverage);
  if (counted === episode.counted)
    return claimedBytes === episode.claimedBytes ? episode : { ...episode, claimedBytes };
  const more = { ...changed(episode, input.nowMs), claimedBytes, counted };
  effects.push({ kind: 'widened', episode: more, notify: false });
  return more;
}

/** What has been judged up to now, and what cannot be at present. */
function seenSince(before: Coverage | undefined, now: Coverage): Coverage {
  if (!before) return now;
  const { names } = widened(before, now);
  const same = before.unnamed === now.unnamed && sameNames(before.dark, now.dark);
  return same && names === before.names ? before : { ...now, names };
}

function sameNames(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && areIn(a, b);
}

function openNew(track: Track, sight: Sight, cause: LatestChange | undefined): Track {
  const { episode: last } = track;
  if (last && isContinuable(last, sight.input.nowMs)) return openAgain(sight, last);
  const episode = episodeOf(sight, cause, true);
  sight.effects.push({ kind: 'opened', episode, notify: true });
  return { episode, heldMs: 0, suspended: false };
}

/** The same episode goes on: whether it has been told is in the ledger. */
function openAgain({ status, input, effects }: Sight, last: BudgetEpisode): Track {
  const { closedMs: _, ...rest } = last;
  const { claimedBytes, coverage } = status;
  const episode = { ...changed(rest, input.nowMs), claimedBytes, counted: countedOf(coverage) };
  effects.push({ kind: 'opened', episode, notify: false });
  return { episode, heldMs: 0, suspended: false, continued: true };
}

function close({ episode: open, continued }: Track, { status, input, effects }: Sight): Track {
  const { coverage } = status;
  if (!open) return calm(coverage, false);
  const episode = closedOf(open, status, input.nowMs);
  effects.push({ kind: 'closed', episode, notify: episode.shown && !continued });
  return { ...calm(coverage, false), episode };
}

function closedOf(open: BudgetEpisode, { claimedBytes }: BudgetStatus, nowMs: number): BudgetEpisode {
  const { counted: _, ...rest } = open;
  return { ...changed(rest, nowMs), claimedBytes, closedMs: nowMs };
}

function changed(episode: BudgetEpisode, nowMs: number): BudgetEpisode {
  return { ...episode, changedMs: nowMs, changes: episode.changes + 1 };
}

export function isOpen(track: Track): boolean {
  return track.episode !== undefined && track.episode.closedMs === undefined;
}

function episodeOf({ status, input, key }: Sight, latest: LatestChange | undefined, shown: boolean): BudgetEpisode {
  const { snapshot, contextLabel, nowMs } = input;
  return {
    kind: 'budget',
    key,
    contextName: snapshot.target?.contextName ?? '',
    contextLabel,
    demo: snapshot.target?.demo ?? false,
    subject: status.key,
    budgetBytes: status.budget.bytes,
    claimedBytes: status.claimedBytes,
    ...(latest ? { latest } : {}),
    counted: countedOf(status.coverage),
    openedMs: nowMs,
    changedMs: nowMs,
    changes: 1,
    shown,
  };
}
