import type { Reading } from '../domain/reading.ts';
import type { NamespaceClaims } from '../domain/snapshot.ts';
import type { StorageView } from './storageView.ts';

/** Whole bytes: a number while it is exact, otherwise a decimal string. */
export type ByteCount = number | string;

export interface ClaimSummary {
  readonly name: string;
  readonly uid: string;
  readonly phase: string;
  /** Null where the size is unknown. */
  readonly requestedBytes: ByteCount | null;
  readonly claimedBytes: ByteCount | null;
  readonly capacityBytes: ByteCount | null;
  /** In use now on the claim's own filesystem; not there where that is not known. */
  readonly usedBytes?: ByteCount;
  readonly storageClass?: string;
}

export interface NamespaceSummary {
  readonly name: string;
  readonly access: 'ok' | 'forbidden' | 'unknown';
  readonly claims: readonly ClaimSummary[];
}

/** What other extensions are told: plain JSON. */
export interface StorageSummary {
  readonly context: string | null;
  readonly state: 'none' | 'connecting' | 'failing' | 'signIn' | 'live' | 'stale' | 'forbidden';
  /** When the server was last heard, ISO 8601. */
  readonly asOf: string | null;
  /** Part of the scope cannot be read: sums are lower bounds. */
  readonly partial: boolean;
  readonly claimedBytes: ByteCount;
  readonly budgetBytes: ByteCount | null;
  readonly ratio: number | null;
  /** At this instant; the notification waits until it holds. */
  readonly breached: boolean;
  readonly namespaces: readonly NamespaceSummary[];
}

/** What a summary is made from. */
export type Summarized = Pick<StorageView, 'snapshot' | 'budgets' | 'readings'>;

/**
 * Summaries of one view after another. The same object for the same snapshot, budgets and readings, whatever else has changed;
 * and in another one the same objects for the namespaces of which there is nothing new to tell.
 */
export function summaries(): (view: Summarized) => StorageSummary {
  const namespaces = new WeakMap<NamespaceClaims, Kept>();
  const kept = (namespace: NamespaceClaims, readings: Summarized['readings']) => {
    const before = namespaces.get(namespace);
    if (before?.readings === readings) return before.summary;
    const same = before && isSameUse(namespace, before.readings, readings);
    const summary = same ? before.summary : namespaceSummary(namespace, readings);
    namespaces.set(namespace, { readings, summary });
    return summary;
  };
  let of: Summarized | undefined;
  let made: StorageSummary | undefined;
  return ({ snapshot, budgets, readings }) => {
    if (!made || of?.snapshot !== snapshot || of.budgets !== budgets || of.readings !== readings)
      made = storageSummary({ snapshot, budgets, readings }, kept);
    of = { snapshot, budgets, readings };
    return made;
  };
}

/** What was made of a namespace, and from which readings. */
interface Kept {
  readonly readings: Summarized['readings'];
  readonly summary: NamespaceSummary;
}

function isSameUse(
  { claims }: NamespaceClaims,
  before: Summarized['readings'],
  readings: Summarized['readings'],
): boolean {
  for (const { uid } of claims.values()) if (usedNow(before.get(uid)) !== usedNow(readings.get(uid))) return false;
  return true;
}

export function storageSummary(
  { snapshot, budgets, readings }: Summarized,
  summaryOf = namespaceSummary,
): StorageSummary {
  const total = budgets.find(({ key }) => key === 'total');
  return {
    context: snapshot.target?.contextName ?? null,
    state: stateOf(snapshot.connection.state),
    asOf: snapshot.heardMs === undefined ? null : new Date(snapshot.heardMs).toISOString(),
    partial: snapshot.partial,
    claimedBytes: byteCount(snapshot.claimedBytes),
    budgetBytes: total ? byteCount(total.budget.bytes) : null,
    ratio: total ? Number((snapshot.claimedBytes * 1_000_000n) / total.budget.bytes) / 1_000_000 : null,
    breached: total?.breached ?? false,
    namespaces: Array.from(snapshot.namespaces.values(), (namespace) => summaryOf(namespace, readings)),
  };
}

function namespaceSummary(
  { name, access, claims }: NamespaceClaims,
  readings: Summarized['readings'],
): NamespaceSummary {
  return {
    name,
    access,
    claims: Array.from(claims.values(), (claim) => ({
      name: claim.name,
      uid: claim.uid,
      phase: claim.phase,
      requestedBytes: optionalCount(claim.requestedBytes),
      claimedBytes: optionalCount(claim.claimedBytes),
      capacityBytes: optionalCount(claim.capacityBytes),
      ...usedField(usedNow(readings.get(claim.uid))),
      ...(claim.storageClass === undefined ? {} : { storageClass: claim.storageClass }),
    })),
  };
}

/** Whole bytes of figures of now and of the claim alone. */
function usedNow(reading: Reading | undefined): bigint | undefined {
  const own = reading?.quality === 'measured' || reading?.quality === 'filesystemNotGrown';
  return own && reading.usedBytes !== undefined ? BigInt(Math.trunc(reading.usedBytes)) : undefined;
}

function usedField(bytes: bigint | undefined): Pick<ClaimSummary, 'usedBytes'> {
  return bytes === undefined ? {} : { usedBytes: byteCount(bytes) };
}

function stateOf(state: StorageView['snapshot']['connection']['state']): StorageSummary['state'] {
  if (state === 'idle') return 'none';
  return state === 'untrusted' ? 'signIn' : state;
}

function byteCount(bytes: bigint): ByteCount {
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : String(bytes);
}

function optionalCount(bytes: bigint | undefined): ByteCount | null {
  return bytes === undefined ? null : byteCount(bytes);
}
