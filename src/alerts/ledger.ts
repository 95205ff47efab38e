import type { Episode } from '../domain/episode.ts';

/** The last thing that was done for an episode key, and when (ms since the epoch). */
export interface Told {
  readonly phase: 'opened' | 'closed';
  readonly atMs: number;
}

/** What has been done for one episode key, by whichever window. */
export interface LedgerEntry {
  readonly notice?: Told;
  readonly action?: Told;
}

export type Ledger = ReadonlyMap<string, LedgerEntry>;

export type Deed = keyof LedgerEntry;

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
 * An opening is due unless one is outstanding or came after this episode began (another window was first, or it was
 * silenced). A closing is due only for an outstanding opening that came before it.
 */
export function due(deed: Deed, episode: Episode, entry: LedgerEntry | undefined): Told['phase'] | undefined {
  const told = entry?.[deed];
  if (episode.closedMs === undefined) {
    if (!episode.shown || told?.phase === 'opened') return undefined;
    return told && told.atMs >= episode.openedMs ? undefined : 'opened';
  }
  return told?.phase === 'opened' && episode.closedMs >= told.atMs ? 'closed' : undefined;
}

/** The ledger with the claims that were still due, and those; the others have been done or overtaken. */
export function settleClaims(ledger: Ledger, claims: readonly Claim[]): { ledger: Ledger; granted: readonly Claim[] } {
  const next = new Map(ledger);
  const granted = claims.filter(({ deed, episode, phase, atMs, silent }) => {
    const entry = next.get(episode.key);
    if (silent ? entry?.[deed] !== undefined : due(deed, episode, entry) !== phase) return false;
    next.set(episode.key, { ...entry, [deed]: { phase: silent ? 'closed' : phase, atMs } });
    return true;
  });
  return granted.length === 0 ? { ledger, granted } : { ledger: next, granted };
}

/** The newer word for each key and deed. */
export function mergeLedgers(a: Ledger, b: Ledger): Ledger {
  const merged = new Map(a);
  for (const [key, entry] of b) {
    const other = merged.get(key);
    const notice = newer(other?.notice, entry.notice);
    const action = newer(other?.action, entry.action);
    merged.set(key, { ...(notice ? { notice } : {}), ...(action ? { action } : {}) });
  }
  return merged;
}

function newer(a: Told | undefined, b: Told | undefined): Told | undefined {
  if (!a || !b) return a ?? b;
  return b.atMs >= a.atMs ? b : a;
}
