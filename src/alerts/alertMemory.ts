import type { ClaimRule } from '../domain/claimEvidence.ts';
import type { Episode } from '../domain/episode.ts';
import { episodeFromJson, episodeToJson } from './episodeJson.ts';
import { deeds, type Ledger, type LedgerEntry, type Told } from './ledger.ts';
import { listOf, recordOf } from './memoryForms.ts';
import type { SnoozeCover, StoredSnooze } from './snoozes.ts';

/** What of the alerts outlives a window. */
export interface AlertMemory {
  readonly episodes: readonly Episode[];
  readonly ledger: Ledger;
  readonly snoozes: readonly StoredSnooze[];
}

const version = 1;
/** What has not changed for so long is forgotten, unless its episode is still open; a snooze is over then in any case. */
const expiresAfterMs = 90 * 24 * 3_600_000;
/** Bound for each part; what is open is kept, and then the newest. */
const keptAtMost = 500;

export const emptyMemory: AlertMemory = { episodes: [], ledger: new Map(), snoozes: [] };

/** What `memoryToJson` writes. */
export interface MemoryJson {
  readonly version: number;
  readonly episodes: readonly object[];
  readonly ledger: Readonly<Record<string, LedgerEntry>>;
  readonly snoozes: readonly StoredSnooze[];
}

/** Plain JSON with a version; sizes as decimal strings. */
export function memoryToJson({ episodes, ledger, snoozes }: AlertMemory): MemoryJson {
  return {
    version,
    episodes: episodes.map(episodeToJson),
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
  const episodes = listOf(document.episodes).flatMap((each) => episodeFromJson(each, nowMs) ?? []);
  const snoozes = listOf(document.snoozes).flatMap((each) => snoozeOf(each, nowMs));
  return pruned({ episodes, ledger, snoozes }, nowMs);
}

/** Without what is too old, too much, or over. The demo cluster is another one each time it is opened. */
export function pruned({ episodes, ledger, snoozes }: AlertMemory, nowMs: number): AlertMemory {
  const fresh = (atMs: number) => nowMs - atMs < expiresAfterMs;
  const kept = episodes
    .filter(({ kind, demo, closedMs, changedMs }) => {
      // A claim may have gone while nobody looked: nothing ends its episode then.
      const lasts = kind === 'budget' && closedMs === undefined;
      return !demo && (lasts || fresh(changedMs));
    })
    .sort((a, b) => isOver(a) - isOver(b) || b.changedMs - a.changedMs)
    .slice(0, keptAtMost);
  const open = new Set(kept.flatMap(({ key, closedMs }) => (closedMs === undefined ? [key] : [])));
  const entries = [...ledger]
    .filter(([key, entry]) => open.has(key) || fresh(lastTold(entry)))
    .sort(([a, one], [b, other]) => Number(open.has(b)) - Number(open.has(a)) || lastTold(other) - lastTold(one))
    .slice(0, keptAtMost);
  return {
    episodes: kept,
    ledger: new Map(entries),
    snoozes: snoozes
      .filter(({ atMs, untilMs }) => (untilMs === undefined ? fresh(atMs) : untilMs > nowMs))
      .slice(-keptAtMost),
  };
}

function isOver({ closedMs }: Episode): number {
  return closedMs === undefined ? 0 : 1;
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

function snoozeOf(value: unknown, nowMs: number): readonly StoredSnooze[] {
  const fields = recordOf(value) ?? {};
  const { episodeKey, openedMs, atMs, subject, contextLabel, place, untilMs } = fields;
  if (typeof openedMs !== 'number' || typeof atMs !== 'number') return [];
  if (typeof episodeKey !== 'string' || typeof subject !== 'string' || typeof contextLabel !== 'string') return [];
  const cover = coverOf(recordOf(fields.cover));
  if (fields.cover !== undefined && (!cover || typeof place !== 'string')) return [];
  const set = { episodeKey, openedMs, atMs: Math.min(atMs, nowMs), subject, contextLabel };
  const covered = cover && typeof place === 'string' ? { place, cover } : {};
  return [{ ...set, ...covered, ...(typeof untilMs === 'number' ? { untilMs } : {}) }];
}

const rules: readonly ClaimRule[] = ['bytes', 'inodes', 'lost', 'resizeInfeasible', 'volumeFailing'];

function coverOf(value: Readonly<Record<string, unknown>> | undefined): SnoozeCover | undefined {
  const { kind, subject, name } = value ?? {};
  if (kind === 'subject' && typeof subject === 'string') return { kind, subject };
  if (kind === 'namespace' && typeof name === 'string') return { kind, name };
  const rule = rules.find((each) => each === value?.rule);
  return kind === 'rule' && rule ? { kind, rule } : undefined;
}
