import type { Counted } from '../domain/coverage.ts';
import type { Episode } from '../domain/episode.ts';
import type { Ledger, LedgerEntry, Told } from './ledger.ts';
import type { StoredSnooze } from './snoozes.ts';

/** What of the alerts outlives a window. */
export interface AlertMemory {
  readonly episodes: readonly Episode[];
  readonly ledger: Ledger;
  readonly snoozes: readonly StoredSnooze[];
}

const version = 1;
/** What has not changed for so long is forgotten, unless its episode is still open. */
const expiresAfterMs = 90 * 24 * 3_600_000;
/** Bound for each part; the newest are kept. */
const keptAtMost = 500;

export const emptyMemory: AlertMemory = { episodes: [], ledger: new Map(), snoozes: [] };

type Json = { readonly [key: string]: unknown };

/** Plain JSON with a version; sizes as decimal strings. */
export function memoryToJson({ episodes, ledger, snoozes }: AlertMemory): Json {
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

/** Reads what `memoryToJson` wrote; what is of another version or shape, or too old, is left out. Never throws. */
export function memoryFromJson(value: unknown, nowMs: number): AlertMemory {
  const document = recordOf(value);
  if (document?.version !== version) return emptyMemory;
  const ledger = new Map<string, LedgerEntry>();
  for (const [key, entry] of Object.entries(recordOf(document.ledger) ?? {})) {
    const notice = toldOf(recordOf(entry)?.notice);
    const action = toldOf(recordOf(entry)?.action);
    if (notice || action) ledger.set(key, { ...(notice ? { notice } : {}), ...(action ? { action } : {}) });
  }
  const snoozes = listOf(document.snoozes).flatMap(snoozeOf);
  return pruned({ episodes: listOf(document.episodes).flatMap(episodeOf), ledger, snoozes }, nowMs);
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
    snoozes: snoozes.filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs).slice(-keptAtMost),
  };
}

/** Of two accounts of one episode the one that changed later. */
export function mergeEpisodes(a: ReadonlyMap<string, Episode>, b: Iterable<Episode>): ReadonlyMap<string, Episode> {
  const merged = new Map(a);
  for (const episode of b) {
    const other = merged.get(episode.key);
    if (!other || other.changedMs <= episode.changedMs) merged.set(episode.key, episode);
  }
  return merged;
}

function lastTold({ notice, action }: LedgerEntry): number {
  return Math.max(notice?.atMs ?? 0, action?.atMs ?? 0);
}

function toldOf(value: unknown): Told | undefined {
  const told = recordOf(value);
  const { phase, atMs } = told ?? {};
  return (phase === 'opened' || phase === 'closed') && typeof atMs === 'number' ? { phase, atMs } : undefined;
}

function episodeOf(value: unknown): readonly Episode[] {
  const fields = recordOf(value);
  if (!fields) return [];
  const { key, contextName, contextLabel, demo, subject, openedMs, changedMs, closedMs, shown } = fields;
  const budgetBytes = bytesOf(fields.budgetBytes);
  const claimedBytes = bytesOf(fields.claimedBytes);
  const counted = countedOf(fields.counted);
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
      changedMs: typeof changedMs === 'number' ? changedMs : openedMs,
      ...(counted ? { counted } : {}),
      shown: shown === true,
      ...(typeof closedMs === 'number' ? { closedMs } : {}),
    },
  ];
}

function countedOf(value: unknown): Counted | undefined {
  const { names, uncounted, unnamed } = recordOf(value) ?? {};
  if (!Array.isArray(names) || typeof uncounted !== 'number' || typeof unnamed !== 'boolean') return undefined;
  return { names: new Set(names.filter((name) => typeof name === 'string')), uncounted, unnamed };
}

function snoozeOf(value: unknown): readonly StoredSnooze[] {
  const { episodeKey, subject, contextLabel, untilMs } = recordOf(value) ?? {};
  if (typeof episodeKey !== 'string' || typeof subject !== 'string' || typeof contextLabel !== 'string') return [];
  return [{ episodeKey, subject, contextLabel, ...(typeof untilMs === 'number' ? { untilMs } : {}) }];
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
