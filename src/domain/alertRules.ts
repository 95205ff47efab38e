import { adopted } from './alertAdoption.ts';
import { type AlertEffect, firstSight, isLess, isOpen, type RuleInput, stepTrack, type Track } from './alertTrack.ts';
import type { BudgetStatus } from './budgets.ts';
import type { StorageSnapshot } from './snapshot.ts';
import { scopeKey } from './target.ts';

/** How long an observation is believed without a newer one; more is a gap (sleep, a frozen host). */
const maxStepMs = 30_000;

export interface RuleState {
  readonly tracks: ReadonlyMap<string, Track>;
  /** Monotonic time of the last live observation; undefined after a gap. */
  readonly observedMs: number | undefined;
  /** Explicit budgets whose breach at first sight was told once; never again for the same key. */
  readonly told: ReadonlySet<string>;
}

export const noRules: RuleState = { tracks: new Map(), observedMs: undefined, told: new Set() };

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
  const tracks = new Map(observing ? [] : previous.tracks);
  for (const status of input.budgets) {
    const key = episodeKey(snapshot, status);
    const account = input.accounts.get(key);
    const own = account?.kind === 'budget' ? account : undefined;
    const track = adopted(previous.tracks.get(key), own, input.nowMs, input.userChange);
    if (track) tracks.set(key, track);
  }
  if (!observing)
    return { state: { ...previous, tracks: sameTracks(previous.tracks, tracks), observedMs: undefined }, effects: [] };
  const sinceMs = previous.observedMs === undefined ? 0 : Math.max(0, monotonicMs - previous.observedMs);
  const elapsedMs = sinceMs > maxStepMs ? 0 : sinceMs;
  const told = new Set(previous.told);
  const effects: AlertEffect[] = [];
  for (const status of input.budgets) {
    const key = episodeKey(snapshot, status);
    const before = tracks.get(key);
    const sight = { status, input, key, elapsedMs, told, effects };
    tracks.set(key, before ? stepTrack(before, sight) : firstSight(sight, input.userChange));
  }
  return { state: { tracks: sameTracks(previous.tracks, tracks), observedMs: monotonicMs, told }, effects };
}

/** Until when nothing changes by time alone, in ms from the last observation; undefined when nothing is being held or observed. */
export function nextDueMs(
  state: RuleState,
  openAfterMs: number,
  closeAfterMs: number,
  snapshot: StorageSnapshot,
  budgets: readonly BudgetStatus[],
): number | undefined {
  let due: number | undefined;
  if (state.observedMs === undefined) return undefined;
  for (const status of budgets) {
    const track = state.tracks.get(episodeKey(snapshot, status));
    if (!track || track.suspended) continue;
    const open = isOpen(track);
    if (status.breached === open || isLess(track, status)) continue;
    const restMs = Math.max(0, (open ? closeAfterMs : openAfterMs) - track.heldMs);
    due = Math.min(due ?? restMs, restMs);
  }
  return due;
}

function sameTracks(before: ReadonlyMap<string, Track>, after: ReadonlyMap<string, Track>): ReadonlyMap<string, Track> {
  if (before.size !== after.size) return after;
  for (const [key, track] of after) if (before.get(key) !== track) return after;
  return before;
}
