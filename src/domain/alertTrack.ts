import type { BudgetStatus } from './budgets.ts';
import { type Coverage, hasShrunk } from './coverage.ts';
import type { Episode } from './episode.ts';
import type { LatestChange, StorageSnapshot } from './snapshot.ts';

/** The same condition returning within this time continues its episode silently. */
export const continueWithinMs = 30 * 60_000;

/** What one budget has been through. Holds count milliseconds of observed, live time. */
export interface Track {
  readonly episode?: Episode;
  /** For how long the opposite of the present state has held. */
  readonly heldMs: number;
  /** The growth that led to the crossing that is being held. */
  readonly cause?: LatestChange;
  readonly suspended: boolean;
  /** What was counted when the episode opened or the budget was suspended; only an end over no less is one. */
  readonly coverage?: Coverage;
  /** This stretch continues an episode that had closed: it is said neither that it began nor that it ended. */
  readonly continued?: true;
}

export interface RuleInput {
  readonly snapshot: StorageSnapshot;
  readonly budgets: readonly BudgetStatus[];
  readonly contextLabel: string;
  /** Wall clock, for the episodes' times. */
  readonly nowMs: number;
  /** Never goes back, for holds. */
  readonly monotonicMs: number;
  readonly openAfterMs: number;
  readonly closeAfterMs: number;
  /** The first sight of a budget is due to the user's own change (setting, scope, context): it is taken over silently. */
  readonly userChange: boolean;
}

export type AlertEffect =
  | { readonly kind: 'opened'; readonly episode: Episode; readonly notify: boolean }
  | { readonly kind: 'closed'; readonly episode: Episode; readonly notify: boolean };

/** What a budget begins with. */
export function firstSight(
  status: BudgetStatus,
  input: RuleInput,
  key: string,
  told: Set<string>,
  effects: AlertEffect[],
): Track {
  const { coverage } = status;
  if (!status.breached) return noTrack;
  if (!status.budget.explicit) return { heldMs: 0, suspended: true, coverage };
  const notify = !input.userChange && !told.has(key);
  told.add(key);
  const episode = episodeOf(status, input, key, undefined, notify);
  effects.push({ kind: 'opened', episode, notify });
  return { episode, heldMs: 0, suspended: false, coverage };
}

/** What a budget has been through after one more observation, `elapsedMs` after the last one. */
export function stepTrack(
  before: Track,
  status: BudgetStatus,
  input: RuleInput,
  elapsedMs: number,
  key: string,
  effects: AlertEffect[],
): Track {
  // A remembered episode comes without its coverage.
  const remembered = isOpen(before) && before.coverage === undefined;
  const track = remembered ? { ...before, coverage: status.coverage } : before;
  if (track.suspended) return status.breached || isLess(track, status) ? track : noTrack;
  const open = isOpen(track);
  if (status.breached === open || (open && isLess(track, status))) return settle(track, status);
  // The step in which the condition is first seen counts for nothing: it may have begun just now.
  const heldMs = track.heldMs > 0 ? track.heldMs + elapsedMs : 0;
  const cause = track.cause ?? (open ? undefined : growthOf(input.snapshot, status));
  if (heldMs < (open ? input.closeAfterMs : input.openAfterMs))
    return { ...track, heldMs: Math.max(heldMs, tick), ...(cause ? { cause } : {}) };
  return open ? close(track, status, input, effects) : openNew(track, status, input, key, cause, effects);
}

/** The sum stands for less than when the episode opened. */
export function isLess({ coverage }: Track, status: BudgetStatus): boolean {
  return coverage !== undefined && hasShrunk(coverage, status.coverage);
}

const noTrack: Track = { heldMs: 0, suspended: false };

/** The latest growth, if it is one of what the budget bounds. */
function growthOf({ latest, namespaces }: StorageSnapshot, { budget }: BudgetStatus): LatestChange | undefined {
  const { subject } = budget;
  if (!latest || subject.kind === 'total') return latest;
  if (subject.kind === 'namespace') return latest.namespace === subject.name ? latest : undefined;
  for (const claim of namespaces.get(latest.namespace)?.claims.values() ?? [])
    if (claim.name === latest.name) return claim.storageClass === subject.name ? latest : undefined;
  return undefined;
}

/** A hold that has begun, before any time has passed. */
const tick = Number.MIN_VALUE;

function settle(track: Track, status: BudgetStatus): Track {
  const { cause: _, ...rest } = track;
  // While the end is only seen in part, the last breach is what there is to say.
  const episode =
    track.episode && isOpen(track) && status.breached
      ? { ...track.episode, claimedBytes: status.claimedBytes }
      : track.episode;
  const same = track.heldMs === 0 && track.cause === undefined && episode?.claimedBytes === track.episode?.claimedBytes;
  return same ? track : { ...rest, heldMs: 0, ...(episode ? { episode } : {}) };
}

function openNew(
  track: Track,
  status: BudgetStatus,
  input: RuleInput,
  key: string,
  cause: LatestChange | undefined,
  effects: AlertEffect[],
): Track {
  const { claimedBytes, coverage } = status;
  const { episode: last } = track;
  const sinceMs = last?.closedMs === undefined ? Number.NaN : input.nowMs - last.closedMs;
  if (last && sinceMs >= 0 && sinceMs < continueWithinMs) {
    // The same episode goes on: whether it has been told is in the ledger, by the time of its beginning.
    const { closedMs: _, ...rest } = last;
    const episode = { ...rest, claimedBytes, changedMs: input.nowMs };
    effects.push({ kind: 'opened', episode, notify: false });
    return { episode, heldMs: 0, suspended: false, coverage, continued: true };
  }
  const episode = episodeOf(status, input, key, cause, true);
  effects.push({ kind: 'opened', episode, notify: true });
  return { episode, heldMs: 0, suspended: false, coverage };
}

function close(track: Track, status: BudgetStatus, input: RuleInput, effects: AlertEffect[]): Track {
  if (!track.episode) return noTrack;
  const { claimedBytes } = status;
  const { nowMs } = input;
  const episode = { ...track.episode, claimedBytes, closedMs: nowMs, changedMs: nowMs };
  effects.push({ kind: 'closed', episode, notify: episode.shown && !track.continued });
  return { episode, heldMs: 0, suspended: false };
}

export function isOpen(track: Track): boolean {
  return track.episode !== undefined && track.episode.closedMs === undefined;
}

function episodeOf(
  status: BudgetStatus,
  input: RuleInput,
  key: string,
  latest: LatestChange | undefined,
  shown: boolean,
): Episode {
  const { snapshot, contextLabel, nowMs } = input;
  return {
    key,
    contextName: snapshot.target?.contextName ?? '',
    contextLabel,
    demo: snapshot.target?.demo ?? false,
    subject: status.key,
    budgetBytes: status.budget.bytes,
    claimedBytes: status.claimedBytes,
    ...(latest ? { latest } : {}),
    openedMs: nowMs,
    changedMs: nowMs,
    shown,
  };
}
