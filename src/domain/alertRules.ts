import { type BudgetStatus, type Coverage, hasShrunk } from './budgets.ts';
import type { Episode } from './episode.ts';
import type { LatestChange, StorageSnapshot } from './snapshot.ts';
import { scopeKey } from './target.ts';

/** The same condition returning within this time continues its episode silently. */
export const continueWithinMs = 30 * 60_000;
/** How long an observation is believed without a newer one; more is a gap (sleep, a frozen host). */
const maxStepMs = 30_000;

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

export interface RuleState {
  readonly tracks: ReadonlyMap<string, Track>;
  /** Monotonic time of the last live observation; undefined after a gap. */
  readonly observedMs: number | undefined;
  /** Explicit budgets whose breach at first sight was told once; never again for the same key. */
  readonly told: ReadonlySet<string>;
}

export const noRules: RuleState = { tracks: new Map(), observedMs: undefined, told: new Set() };

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

export interface RuleStep {
  readonly state: RuleState;
  readonly effects: readonly AlertEffect[];
}

/** Identifies a condition: a changed budget value, scope or context is another condition. */
export function episodeKey(snapshot: StorageSnapshot, status: BudgetStatus): string {
  const contextName = snapshot.target?.contextName ?? '';
  return JSON.stringify([
    snapshot.identity,
    contextName,
    'budget',
    status.key,
    String(status.budget.bytes),
    scopeKey(snapshot.scope),
  ]);
}

/**
 * One step of the alert rules: pure, level-triggered, and unmoved by missing data.
 *
 * Only a live, complete observation counts as time. A breach has to hold for `openAfterMs`, its end for `closeAfterMs`. A sum
 * that is a lower bound can prove a breach but never its end. Budgets that are no longer evaluated lose their track silently.
 */
export function stepAlerts(previous: RuleState, input: RuleInput): RuleStep {
  const { snapshot, monotonicMs } = input;
  const observing =
    snapshot.connection.state === 'live' &&
    snapshot.synced &&
    snapshot.claimsState === 'live' &&
    snapshot.identity !== undefined;
  if (!observing) return { state: { ...previous, observedMs: undefined }, effects: [] };
  const sinceMs = previous.observedMs === undefined ? 0 : Math.max(0, monotonicMs - previous.observedMs);
  const elapsedMs = sinceMs > maxStepMs ? 0 : sinceMs;
  const tracks = new Map<string, Track>();
  const told = new Set(previous.told);
  const effects: AlertEffect[] = [];
  for (const status of input.budgets) {
    const key = episodeKey(snapshot, status);
    const before = previous.tracks.get(key);
    tracks.set(
      key,
      before
        ? stepTrack(before, status, input, elapsedMs, key, effects)
        : firstSight(status, input, key, told, effects),
    );
  }
  return { state: { tracks: sameTracks(previous.tracks, tracks), observedMs: monotonicMs, told }, effects };
}

/** Until when nothing changes by time alone, in ms from the last observation; undefined when nothing is being held. */
export function nextDueMs(
  state: RuleState,
  openAfterMs: number,
  closeAfterMs: number,
  snapshot: StorageSnapshot,
  budgets: readonly BudgetStatus[],
): number | undefined {
  let due: number | undefined;
  for (const status of budgets) {
    const track = state.tracks.get(episodeKey(snapshot, status));
    if (!track || track.suspended) continue;
    const open = isOpen(track);
    if (status.breached === open || (open && isLess(track, status))) continue;
    const restMs = Math.max(0, (open ? closeAfterMs : openAfterMs) - track.heldMs);
    due = Math.min(due ?? restMs, restMs);
  }
  return due;
}

function firstSight(
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

function stepTrack(
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
function isLess({ coverage }: Track, status: BudgetStatus): boolean {
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

function isOpen(track: Track): boolean {
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

function sameTracks(before: ReadonlyMap<string, Track>, after: ReadonlyMap<string, Track>): ReadonlyMap<string, Track> {
  if (before.size !== after.size) return after;
  for (const [key, track] of after) if (before.get(key) !== track) return after;
  return before;
}
