import type { BudgetStatus } from '../domain/budgets.ts';
import type { Members } from '../domain/members.ts';
import type { ClaimRecord } from '../domain/records.ts';
import type { NamespaceClaims, StorageSnapshot } from '../domain/snapshot.ts';
import { cutPercent, exactBytes, humanBytes, isExact } from './bytes.ts';
import { fullestLines } from './fullestClaims.ts';
import type { StorageView } from './storageView.ts';
import { ago, counted, markdown, naturalOrder, shortContextName } from './text.ts';

const largestShown = 3;
const uncountedShown = 5;

/** Markdown of the gauge's tooltip. Everything from the cluster is escaped; links run our own commands only. */
export function gaugeTooltip(view: StorageView, nowMs: number): string {
  const { snapshot } = view;
  const { target, connection } = snapshot;
  if (!target) {
    const why = connection.state === 'none' ? markdown(connection.message) : 'Reading the kubeconfig.';
    return [
      why,
      links([
        ['Open Demo Cluster', 'openDemoCluster'],
        ['Show Log', 'showLog'],
      ]),
    ].join('\n\n');
  }
  const label = markdown(shortContextName(target.contextName, view.contextLabel));
  const demo = target.demo ? ' — **demo cluster**, simulated on this machine' : '';
  const parts = [
    `Storage **claimed** (requested, not used) in *${label}* (${markdown(target.contextName)}, ${markdown(target.clusterName)})${demo}`,
  ];
  if (snapshot.synced) parts.push(...sums(view), ...fullestLines(view, nowMs));
  parts.push(...notCounted(view));
  parts.push(freshness(view, nowMs));
  if (!target.demo) parts.push(markdown(target.source) + (view.remote ? ` on ${markdown(view.remote)}` : ''));
  parts.push(
    links([
      ['Show Claims', 'showClaims'],
      ['Set Budget', 'setBudget'],
      ['Switch Context', 'switchContext'],
      ['Refresh', 'refresh'],
    ]),
  );
  return parts.join('\n\n');
}

/**
 * `At 75.0% claim capacity (150Gi/200Gi)`: the line of the ancestor, kept; exact sizes stand elsewhere.
 * With a `+` where part of the subject cannot be read, as in the gauge.
 */
function capacityLine(status: BudgetStatus, unread: boolean): string {
  const { claimedBytes, budget } = status;
  const plus = unread ? '+' : '';
  return `At ${cutPercent(claimedBytes, budget.bytes, 1)}%${plus} claim capacity (${humanBytes(claimedBytes)}${plus}/${humanBytes(budget.bytes)})`;
}

/** Whether claims of the subject may be missing from its sum because they cannot be read. Unknown sizes are named instead. */
function isUnread({ budget: { subject }, partial, coverage }: BudgetStatus, snapshot: StorageSnapshot): boolean {
  return partial && (subject.kind === 'namespace' ? !coverage.readable.has(subject.name) : snapshot.partial);
}

function sums(view: StorageView): readonly string[] {
  const { snapshot, budgets, alerts } = view;
  const parts: string[] = [];
  const total = budgets.find(({ key }) => key === 'total');
  if (total) parts.push(capacityLine(total, snapshot.partial));
  if (total && !isExact(total.budget.bytes)) parts.push(`Budget: ${markdown(exactBytes(total.budget.bytes))}`);
  if (alerts.defaultSuspended) {
    parts.push(
      `Nobody has set a budget yet, and the built-in one was exceeded from the start. ${links([['Set a budget', 'setBudget']])}`,
    );
  }
  const { withClaims, largest } = largestOf(snapshot.namespaces.values());
  parts.push(
    `${counted(snapshot.claimCount, 'claim')} in ${counted(withClaims, 'namespace')}, ${markdown(exactBytes(snapshot.claimedBytes))}`,
  );
  if (largest.length > 0)
    parts.push(
      largest.map(({ name, claimedBytes }) => `- ${markdown(name)}: ${markdown(exactBytes(claimedBytes))}`).join('\n'),
    );
  const further = budgets.filter(({ key }) => key !== 'total');
  if (further.length > 0) parts.push(further.map((status) => furtherLine(status, snapshot)).join('\n'));
  return parts;
}

/** Of many namespaces a few are picked without sorting the others. */
function largestOf(namespaces: Iterable<NamespaceClaims>) {
  const largest: NamespaceClaims[] = [];
  let withClaims = 0;
  for (const namespace of namespaces) {
    if (namespace.claims.size === 0) continue;
    withClaims++;
    const last = largest[largestShown - 1];
    if (last && bySize(namespace, last) > 0) continue;
    largest.push(namespace);
    largest.sort(bySize);
    largest.length = Math.min(largest.length, largestShown);
  }
  return { withClaims, largest };
}

function furtherLine(status: BudgetStatus, snapshot: StorageSnapshot): string {
  const { breached, key, claimedBytes, budget } = status;
  const unread = isUnread(status, snapshot);
  const bytes = (size: bigint) => size.toLocaleString('en-US');
  const exact = [claimedBytes, budget.bytes].every(isExact)
    ? ''
    : `, exactly ${bytes(claimedBytes)} of ${bytes(budget.bytes)} bytes`;
  const why = unread && budget.subject.kind === 'namespace' ? ', its claims cannot be read' : '';
  return `- ${breached ? '**over budget** ' : ''}${markdown(key.replace(':', ' '))}: ${capacityLine(status, unread)}${exact}${why}`;
}

function notCounted({ snapshot }: StorageView): readonly string[] {
  const parts: string[] = [];
  if (snapshot.partial) parts.push(`Only part of the scope is readable: ${readablePart(snapshot.members)}`);
  if (snapshot.selectorError) parts.push(`A selector is refused: ${markdown(snapshot.selectorError.message)}`);
  if (snapshot.uncounted > 0) {
    const names: string[] = [];
    for (const { claims, uncounted } of snapshot.namespaces.values()) {
      if (uncounted === 0) continue;
      for (const claim of claims.values())
        if (claim.claimedBytes === undefined && names.length < uncountedShown) names.push(uncountedLine(claim));
    }
    if (snapshot.uncounted > names.length) names.push(`- and ${snapshot.uncounted - names.length} more`);
    parts.push(`Not counted: ${counted(snapshot.uncounted, 'claim')} of unknown size\n${names.join('\n')}`);
  }
  return parts;
}

function uncountedLine(claim: ClaimRecord): string {
  return `- ${markdown(`${claim.namespace}/${claim.name}`)}: ${markdown(claim.problem ?? 'unknown')}`;
}

/** `3 of 41 namespaces readable`; that all which are known are readable explains no partial sum: there may be others. */
function readablePart(members: Members): string {
  return `${readable(members)}${members.dark.size === 0 ? ', there may be others that cannot be seen' : ''}`;
}

/** `3 of 41 namespaces readable`. */
export function readable({ readable: ok, dark }: Members): string {
  return `${ok.size} of ${counted(ok.size + dark.size, 'namespace')} readable`;
}

/** A few words for a server that was there before; the whole message, with the remedy, for one that never was. */
function freshness({ snapshot }: StorageView, nowMs: number): string {
  const { connection, heardMs } = snapshot;
  if (connection.state === 'live') return 'live';
  const error = 'error' in connection ? connection.error : undefined;
  if (heardMs === undefined) return error ? `never heard: ${markdown(error.message)}` : 'never heard';
  const heard = `last heard ${ago(nowMs - heardMs)}`;
  return error ? `${heard}: ${markdown(error.brief ?? error.message)}` : heard;
}

function bySize(a: NamespaceClaims, b: NamespaceClaims): number {
  if (a.claimedBytes !== b.claimedBytes) return a.claimedBytes > b.claimedBytes ? -1 : 1;
  return naturalOrder(a.name, b.name);
}

function links(entries: readonly (readonly [title: string, command: string])[]): string {
  return entries.map(([title, command]) => `[${title}](command:pvcwatch.${command})`).join(' · ');
}
