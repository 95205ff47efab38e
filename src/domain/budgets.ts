import { type Coverage, coverageOf } from './coverage.ts';
import { membersOf } from './members.ts';
import type { StorageSnapshot } from './snapshot.ts';

/** What a budget bounds. */
export type BudgetSubject =
  | { readonly kind: 'total' }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'class'; readonly name: string };

/** An upper bound on claimed, strictly above which is a breach. */
export interface Budget {
  readonly subject: BudgetSubject;
  readonly bytes: bigint;
  /** False only for the built-in default of `pvcwatch.maxClaims`, which nobody chose. */
  readonly explicit: boolean;
}

/** A budget measured against one snapshot. */
export interface BudgetStatus {
  readonly budget: Budget;
  /** `total`, `namespace:checkout` or `class:gp3`, as in `pvcwatch.budgets`. */
  readonly key: string;
  readonly claimedBytes: bigint;
  readonly breached: boolean;
  /** The sum is a lower bound: part of the subject cannot be read or counted. */
  readonly partial: boolean;
  readonly coverage: Coverage;
}

/** `total`, `namespace:NAME` or `class:NAME`. */
export function subjectKey(subject: BudgetSubject): string {
  return subject.kind === 'total' ? 'total' : `${subject.kind}:${subject.name}`;
}

/** Measures each budget; the order is kept. A namespace or class that does not exist has claimed 0. */
export function measureBudgets(snapshot: StorageSnapshot, budgets: readonly Budget[]): readonly BudgetStatus[] {
  let all: Coverage | undefined;
  const coverageOfAll = () => {
    all ??= coverageOf(snapshot.members, snapshot.uncounted, snapshot.partial);
    return all;
  };
  return budgets.map((budget) => {
    const { claimedBytes, partial } = claimedBy(snapshot, budget.subject);
    const { subject } = budget;
    const coverage =
      subject.kind === 'namespace' ? coverageOfOne(snapshot, subject.name, coverageOfAll) : coverageOfAll();
    const breached = claimedBytes > budget.bytes;
    return { budget, key: subjectKey(budget.subject), claimedBytes, breached, partial, coverage };
  });
}

/** One that is not known does not exist, unless some are not known by name. */
function coverageOfOne(snapshot: StorageSnapshot, name: string, ofAll: () => Coverage): Coverage {
  const namespace = snapshot.namespaces.get(name);
  return namespace
    ? coverageOf(membersOf([namespace]), namespace.uncounted, false)
    : coverageOf(membersOf([]), 0, ofAll().unnamed);
}

function claimedBy(snapshot: StorageSnapshot, subject: BudgetSubject): { claimedBytes: bigint; partial: boolean } {
  const uncounted = snapshot.partial || snapshot.uncounted > 0;
  if (subject.kind === 'total') return { claimedBytes: snapshot.claimedBytes, partial: uncounted };
  if (subject.kind === 'class') {
    return { claimedBytes: snapshot.classes.get(subject.name)?.claimedBytes ?? 0n, partial: uncounted };
  }
  const namespace = snapshot.namespaces.get(subject.name);
  return {
    claimedBytes: namespace?.claimedBytes ?? 0n,
    partial: namespace === undefined ? snapshot.partial : namespace.access !== 'ok' || namespace.uncounted > 0,
  };
}
