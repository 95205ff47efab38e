import type { Counted } from '../domain/coverage.ts';
import type { Episode } from '../domain/episode.ts';
import type { LatestChange } from '../domain/snapshot.ts';
import { deeds, type Ledger, type LedgerEntry, type Told } from './ledger.ts';
import type { StoredSnooze } from './snoozes.ts';

/** What of the alerts outlives a window. */
export interface AlertMemory {
  readonly episodes: readonly Episode[];
  readonly ledger: Ledger;
  readonly snoozes: readonly StoredSnooze[];
}

const version = 1;
/** What has not changed for so long is forgotten, unless its episode is still open; a snooze is over then in any case. */
const expiresAfterMs = 90 * 24 * 3_600_000;
/** Bound for each part; the newest are kept. */
const keptAtMost = 500;

export const emptyMemory: AlertMemory = { episodes: [], ledger: new Map(), snoozes: [] };

/** What `memoryToJson` writes. */
export interface MemoryJson {
  readonly version: number;
  readonly episodes: readonly object[];
  readonly ledger: Readonly<Record<string, LedgerEntry>>;
  readonly snoozes: readonly StoredSnooze[];
}

type Json = { readonly [key: string]: unknown };

/** Plain JSON with a version; sizes as decimal strings. */
export function memoryToJson({ episodes, ledger, snoozes }: AlertMemory): MemoryJson {
  return {
    version,
    episodes: episodes.map(({ budgetBytes, claimedBytes, latest, counted, ...rest }) => ({
      ...rest,
      ...(counted ? { counted: { ...counted, names: [...counted.names] } } : {}),
      budgetBytes: String(budgetBytes),
      claimedBytes: String(claimedBytes),
      ...(latest ? { latest: { ...latest, deltaBytes: String(latest.deltaBytes) } } : {}),
    })),
    ledger: Object.fromEntries(ledger),
    snoozes,
  };
}

/**
 * Reads what `memoryToJson` wrote; what is of another version or shape, or too old, is left out. Never throws.
 *
 * What was written while the clock was ahead counts as written now: it would never be too old.
 */
export function memoryFromJson(value: unknown, nowMs: number): AlertMemory {
  const document = recordOf(value);
  if (document?.version !== version) return emptyMemory;
  const ledger = new Map<string, LedgerEntry>();
  for (const [key, entry] of Object.entries(recordOf(document.ledger) ?? {})) {
    const known = entryOf(entry, nowMs);
    if (known) ledger.set(key, known);
  }
  const episodes = listOf(document.episodes).flatMap((each) => episodeOf(each, nowMs));
  const snoozes = listOf(document.snoozes).flatMap((each) => snoozeOf(each, nowMs));
  return pruned({ episodes, ledger, snoozes }, nowMs);
}

/** Without what is too old, too much, or over. The demo cluster is another one each time it is opened. */
export function pruned({ episodes, ledger, snoozes }: AlertMemory, nowMs: number): AlertMemory {
  const fresh = (atMs: number) => nowMs - atMs < expiresAfterMs;
  const kept = episodes
    .filter(({ demo, closedMs, changedMs }) => !demo && (closedMs === undefined || fresh(changedMs)))
    .sort((a, b) => b.changedMs - a.changedMs)
    .slice(0, keptAtMost);
  const open = new Set(kept.flatMap(({ key, closedMs }) => (closedMs === undefined ? [key] : [])));
  const entries = [...ledger]
    .filter(([key, entry]) => open.has(key) || fresh(lastTold(entry)))
    .sort(([, a], [, b]) => lastTold(b) - lastTold(a))
    .slice(0, keptAtMost);
  return {
    episodes: kept,
    ledger: new Map(entries),
    snoozes: snoozes
      .filter(({ atMs, untilMs }) => (untilMs === undefined ? fresh(atMs) : untilMs > nowMs))
      .slice(-keptAtMost),
  };
}

function lastTold(entry: LedgerEntry): number {
  return Math.max(...deeds.map((deed) => entry[deed]?.atMs ?? 0));
}

function entryOf(value: unknown, nowMs: number): LedgerEntry | undefined {
  const fields = recordOf(value) ?? {};
  const words = deeds.flatMap((deed) => {
    const told = toldOf(fields[deed], nowMs);
    return told ? [[deed, told] as const] : [];
  });
  return words.length === 0 ? undefined : Object.fromEntries(words);
}

function toldOf(value: unknown, nowMs: number): Told | undefined {
  const { phase, openedMs, atMs } = recordOf(value) ?? {};
  if ((phase !== 'opened' && phase !== 'closed') || typeof openedMs !== 'number' || typeof atMs !== 'number')
    return undefined;
  return { phase, openedMs, atMs: Math.min(atMs, nowMs) };
}

function episodeOf(value: unknown, nowMs: number): readonly Episode[] {
  const fields = recordOf(value);
  if (!fields) return [];
  const { key, contextName, contextLabel, demo, subject, openedMs, changedMs, changes, closedMs, shown } = fields;
  const budgetBytes = bytesOf(fields.budgetBytes);
  const claimedBytes = bytesOf(fields.claimedBytes);
  const counted = countedOf(fields.counted);
  const latest = latestOf(fields.latest);
  const texts = [key, contextName, contextLabel, subject].every((text) => typeof text === 'string');
  if (!texts || typeof openedMs !== 'number' || !budgetBytes || claimedBytes === undefined) return [];
  return [
    {
      key: String(key),
      contextName: String(contextName),
      contextLabel: String(contextLabel),
      subject: String(subject),
      demo: demo === true,
      budgetBytes,
      claimedBytes,
      openedMs,
      changedMs: Math.min(typeof changedMs === 'number' ? changedMs : openedMs, nowMs),
      changes: typeof changes === 'number' ? changes : 1,
      ...(latest ? { latest } : {}),
      ...(counted ? { counted } : {}),
      shown: shown === true,
      ...(typeof closedMs === 'number' ? { closedMs } : {}),
    },
  ];
}

function latestOf(value: unknown): LatestChange | undefined {
  const { namespace, name, deltaBytes } = recordOf(value) ?? {};
  const bytes = bytesOf(deltaBytes);
  if (typeof namespace !== 'string' || typeof name !== 'string' || bytes === undefined) return undefined;
  return { namespace, name, deltaBytes: bytes };
}

function countedOf(value: unknown): Counted | undefined {
  const { names, uncounted, unnamed } = recordOf(value) ?? {};
  if (!Array.isArray(names) || typeof uncounted !== 'number' || typeof unnamed !== 'boolean') return undefined;
  return { names: new Set(names.filter((name) => typeof name === 'string')), uncounted, unnamed };
}

function snoozeOf(value: unknown, nowMs: number): readonly StoredSnooze[] {
  const { episodeKey, openedMs, atMs, subject, contextLabel, untilMs } = recordOf(value) ?? {};
  if (typeof openedMs !== 'number' || typeof atMs !== 'number') return [];
  if (typeof episodeKey !== 'string' || typeof subject !== 'string' || typeof contextLabel !== 'string') return [];
  const set = { episodeKey, openedMs, atMs: Math.min(atMs, nowMs), subject, contextLabel };
  return [{ ...set, ...(typeof untilMs === 'number' ? { untilMs } : {}) }];
}

function bytesOf(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
