import type { Episode } from '../domain/episode.ts';

/** The last thing that was done for an episode key: about which episode, and when (ms since the epoch). */
export interface Told {
  readonly phase: 'opened' | 'closed';
  /** Of the episode. */
  readonly openedMs: number;
  readonly atMs: number;
}

/** What has been done for one episode key, by whichever window: notifications, and what the settings of these names run. */
export interface LedgerEntry {
  readonly notice?: Told;
  readonly onBreach?: Told;
  readonly onNormal?: Told;
}

export type Ledger = ReadonlyMap<string, LedgerEntry>;

export type Deed = keyof LedgerEntry;

export const deeds: readonly Deed[] = ['notice', 'onBreach', 'onNormal'];

/** A window wants to do something about an episode, or (`silent`) to see to it that nobody does. */
export interface Claim {
  readonly deed: Deed;
  readonly episode: Episode;
  readonly phase: Told['phase'];
  readonly atMs: number;
  readonly silent?: true;
}

/**
 * What is still to be done for an episode; level-triggered, so that a window that takes over late does neither
 * too much nor too little.
 *
 * An opening is due unless there is word of this very episode (another window was first, or it was silenced). A closing is
 * due only for an outstanding opening of the same. What an older episode of the key has left open is overtaken.
 */
export function due(deed: Deed, episode: Episode, entry: LedgerEntry | undefined): Told['phase'] | undefined {
  if (!episode.shown) return undefined;
  const told = wordOf(deed, episode, entry);
  if (episode.closedMs === undefined) return told ? undefined : 'opened';
  return told?.phase === 'opened' ? 'closed' : undefined;
}

/** What has been said of this episode. */
export function wordOf(deed: Deed, { openedMs }: Episode, entry: LedgerEntry | undefined): Told | undefined {
  const told = entry?.[deed];
  return told?.openedMs === openedMs ? told : undefined;
}

/** The ledger with the claims that were still due, and those; the others have been done or overtaken. */
export function settleClaims(ledger: Ledger, claims: readonly Claim[]): { ledger: Ledger; granted: readonly Claim[] } {
  const next = new Map(ledger);
  const granted = claims.filter((claim) => {
    const { deed, episode, phase, atMs, silent } = claim;
    const entry = next.get(episode.key);
    if (!isGranted(claim, entry)) return false;
    const told: Told = { phase: silent ? 'closed' : phase, openedMs: episode.openedMs, atMs };
    next.set(episode.key, { ...entry, [deed]: told });
    return true;
  });
  return granted.length === 0 ? { ledger, granted } : { ledger: next, granted };
}

/** An episode that is to be told to nobody is not due; it may be silenced all the same, so that it is known. */
function isGranted({ deed, episode, phase, silent }: Claim, entry: LedgerEntry | undefined): boolean {
  if (silent && phase === 'opened') return wordOf(deed, episode, entry) === undefined;
  return due(deed, episode, entry) === phase;
}

/** The words of `b`, and those of `a` that it does not have or only has an earlier one about the same episode of. */
export function mergeLedgers(a: Ledger, b: Ledger): Ledger {
  const merged = new Map(a);
  for (const [key, entry] of b) {
    const other = merged.get(key);
    const words = deeds.map((deed) => [deed, later(other?.[deed], entry[deed])] as const);
    merged.set(key, Object.fromEntries(words.filter(([, told]) => told !== undefined)));
  }
  return merged;
}

/** By what was said, not by when: clocks are set back. */
function later(a: Told | undefined, b: Told | undefined): Told | undefined {
  if (!a || !b) return a ?? b;
  return a.openedMs === b.openedMs && a.phase === 'closed' ? a : b;
}
