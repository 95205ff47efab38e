import { sameThresholds } from '../domain/claimThresholds.ts';
import { ownUsedBytes } from '../domain/freeSpace.ts';
import type { ClaimRecord } from '../domain/records.ts';
import { type ClaimContext, claimRow, isReadAlike, isSameClaimRow } from './claimRow.ts';
import { ordered } from './order.ts';
import type { Row } from './row.ts';
import type { Sort, StorageView } from './storageView.ts';

/** What rows are made from. */
interface Source extends ClaimContext {
  readonly claims: ReadonlyMap<string, ClaimRecord>;
  readonly sort: Sort;
}

/** Claims in order, and the row of each at the same index: apart, because walking over pairs of so many takes its time. */
interface Listed {
  readonly claims: readonly ClaimRecord[];
  readonly rows: readonly Row[];
}

interface Edit {
  readonly claim: ClaimRecord;
  /** Undefined for a claim that is gone. */
  readonly row: Row | undefined;
}

const noClaims: ReadonlyMap<string, ClaimRecord> = new Map();

/**
 * The claims of one namespace as rows, in the order of the setting. A claim that has not changed keeps its row,
 * as does one whose reading has changed, but nothing that the row shows of it.
 *
 * Rows and their order are kept from one view to the next: among a hundred thousand claims, making and sorting all rows
 * takes most of a second, and putting one of them into its place a few milliseconds.
 */
export class ClaimRows {
  #source: Source | undefined;
  #listed: Listed = { claims: [], rows: [] };

  of({ snapshot, readings, sort, thresholds }: StorageView, namespace: string): readonly Row[] {
    const before = this.#source;
    const source: Source = {
      claims: snapshot.namespaces.get(namespace)?.claims ?? noClaims,
      storageClasses: snapshot.storageClasses.items,
      contextName: snapshot.target?.contextName ?? '',
      readings,
      latestReading: (uid) => this.#source?.readings.get(uid),
      sort,
      thresholds,
    };
    this.#source = source;
    this.#listed =
      before?.storageClasses === source.storageClasses &&
      before.contextName === source.contextName &&
      sameThresholds(before.thresholds, source.thresholds)
        ? updated(refreshed(this.#listed, before, source), before, source)
        : sorted(edits([], [...source.claims.values()], source), source);
    return this.#listed.rows;
  }
}

/** The same claims with their readings as they are now. */
function refreshed(listed: Listed, before: Source, source: Source): Listed {
  if (before.readings === source.readings) return listed;
  const rows = listed.rows.map((row, index) => {
    const claim = listed.claims[index];
    if (!claim) return row;
    const [old, reading] = [before.readings.get(claim.uid), source.readings.get(claim.uid)];
    if (old === reading || isReadAlike(claim, old, reading, source.thresholds)) return row;
    const next = claimRow(claim, source);
    return isSameClaimRow(row, next) ? row : next;
  });
  return rows.some((row, index) => row !== listed.rows[index]) ? { claims: listed.claims, rows } : listed;
}

function updated(listed: Listed, before: Source, source: Source): Listed {
  const reordered = before.sort !== source.sort || (source.sort === 'used' && before.readings !== source.readings);
  if (before.claims === source.claims && !reordered) return listed;
  const { gone, come } = difference(before.claims, source.claims);
  const changes = edits(gone, come, source);
  const few = changes.length * 8 < listed.claims.length && !reordered;
  return (few ? edited(listed, changes, source) : undefined) ?? resorted(listed, gone, changes, source);
}

/** Records that are not in both. The maps are copies of one that changes a little, so they are walked side by side. */
function difference(
  before: ReadonlyMap<string, ClaimRecord>,
  after: ReadonlyMap<string, ClaimRecord>,
): { readonly gone: readonly ClaimRecord[]; readonly come: readonly ClaimRecord[] } {
  const gone: ClaimRecord[] = [];
  const come: ClaimRecord[] = [];
  const old = before.values();
  let was = old.next();
  for (const claim of after.values()) {
    while (!was.done && was.value !== claim && after.get(was.value.name) !== was.value) {
      gone.push(was.value);
      was = old.next();
    }
    if (!was.done && was.value === claim) was = old.next();
    else if (before.get(claim.name) !== claim) come.push(claim);
  }
  for (; !was.done; was = old.next()) if (after.get(was.value.name) !== was.value) gone.push(was.value);
  return { gone, come };
}

function edits(gone: readonly ClaimRecord[], come: readonly ClaimRecord[], source: Source): readonly Edit[] {
  return [
    ...gone.map((claim) => ({ claim, row: undefined })),
    ...come.map((claim) => ({ claim, row: claimRow(claim, source) })),
  ];
}

/** Finds the place of each of a few changes by bisection. Undefined if a claim that is gone is not where it should be. */
function edited(listed: Listed, changes: readonly Edit[], source: Source): Listed | undefined {
  const claims: ClaimRecord[] = [];
  const rows: Row[] = [];
  let from = 0;
  const copyTo = (end: number) => {
    for (let index = from; index < end; index++) {
      claims.push(listed.claims[index] as ClaimRecord);
      rows.push(listed.rows[index] as Row);
    }
    from = end;
  };
  // Sorting is stable: what is gone goes before what comes in its place.
  for (const { claim, row } of changes.toSorted((a, b) => inOrder(source, a.claim, b.claim))) {
    copyTo(placeOf(claim, listed.claims, from, source));
    if (row) {
      claims.push(claim);
      rows.push(row);
    } else {
      if (listed.claims[from] !== claim) return undefined;
      from++;
    }
  }
  copyTo(listed.claims.length);
  return { claims, rows };
}

function placeOf(claim: ClaimRecord, claims: readonly ClaimRecord[], from: number, source: Source): number {
  let [low, high] = [from, claims.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = claims[middle];
    if (other && inOrder(source, other, claim) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function resorted(listed: Listed, gone: readonly ClaimRecord[], changes: readonly Edit[], source: Source): Listed {
  const left = new Set(gone);
  const kept = listed.claims.map((claim, index) => ({ claim, row: listed.rows[index] }));
  return sorted([...kept.filter(({ claim }) => !left.has(claim)), ...changes], source);
}

function sorted(all: readonly Edit[], source: Source): Listed {
  const placed = all.filter(({ row }) => row).sort((a, b) => inOrder(source, a.claim, b.claim));
  return { claims: placed.map(({ claim }) => claim), rows: placed.flatMap(({ row }) => row ?? []) };
}

function inOrder({ sort, readings }: Source, a: ClaimRecord, b: ClaimRecord): number {
  return ordered(sort, a, b, ({ uid }) => ownUsedBytes(readings.get(uid)));
}
