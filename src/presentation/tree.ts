import type { ClaimRecord, PodRecord } from '../domain/records.ts';
import type { NamespaceClaims } from '../domain/snapshot.ts';
import { exactBytes, humanBytes } from './bytes.ts';
import type { Row } from './row.ts';
import type { StorageView } from './storageView.ts';
import { counted, markdown, naturalOrder, plain } from './text.ts';

/** Pods of a namespace, as far as they are known: read when a claim is expanded. */
export type PodsFact =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly pods: readonly PodRecord[] }
  | { readonly state: 'failed'; readonly message: string };

/** Whether there is any row, without making them. */
export function hasRows(view: StorageView): boolean {
  const { shown, dark } = namespacesOf(view);
  return shown.length > 0 || dark > 0;
}

/** The namespaces to be shown, in no order, and how many there are whose claims cannot be read: none before anything is known. */
export function namespacesOf({ snapshot, showEmptyNamespaces }: StorageView): {
  shown: NamespaceClaims[];
  dark: number;
} {
  const shown: NamespaceClaims[] = [];
  let dark = 0;
  for (const namespace of snapshot.namespaces.values()) {
    if (namespace.claims.size > 0 || (namespace.access === 'ok' && showEmptyNamespaces)) shown.push(namespace);
    else if (namespace.access !== 'ok') dark++;
  }
  return { shown, dark: snapshot.synced || shown.length > 0 ? dark : 0 };
}

/** Names of the namespaces whose claims cannot be read: refused, or not read, be it not yet or because they are too many. */
export function withoutAccessRows(view: StorageView): readonly Row[] {
  return [...view.snapshot.namespaces.values()]
    .filter(({ access, claims }) => access !== 'ok' && claims.size === 0)
    .sort((a, b) => naturalOrder(a.name, b.name))
    .map(({ name, access }) => ({
      ...leaf(`dark:${name}`, 'withoutAccessName', plain(name), access === 'forbidden' ? '' : 'not read'),
      icon: { codicon: 'lock' },
      level: 'muted',
    }));
}

/** One short fact a row: volume, class, access modes, capacity if it differs, conditions, pods that use the claim. */
export function factRows(view: StorageView, claim: ClaimRecord, pods: PodsFact): readonly Row[] {
  const fact = (key: string, label: string, description: string, codicon: string): Row => ({
    ...leaf(`${claim.uid}/${key}`, 'fact', plain(label), plain(description)),
    icon: { codicon },
  });
  const rows: Row[] = [];
  if (claim.problem !== undefined) rows.push(fact('problem', claim.problem, 'size unknown', 'warning'));
  if (claim.volumeName !== undefined) rows.push(fact('volume', claim.volumeName, 'volume', 'package'));
  rows.push(fact('class', claim.storageClass ?? 'no class', classFact(view, claim), 'layers'));
  if (claim.accessModes.length > 0)
    rows.push(
      fact('modes', claim.accessModes.join(', '), claim.volumeMode === 'Block' ? 'block device' : 'access', 'key'),
    );
  if (claim.capacityProblem !== undefined)
    rows.push(fact('capacity', claim.capacityProblem, 'capacity unknown', 'warning'));
  if (claim.capacityBytes !== undefined && claim.capacityBytes !== claim.claimedBytes) {
    const tooltip = markdown(`${exactBytes(claim.capacityBytes)} — capacity`);
    rows.push({ ...fact('capacity', humanBytes(claim.capacityBytes), 'capacity', 'dashboard'), tooltip });
  }
  for (const condition of claim.conditions) {
    if (condition.type === 'Unused' && condition.status === 'False') continue;
    const text = condition.status === 'True' ? condition.type : `${condition.type}: ${condition.status}`;
    rows.push(fact(`condition/${condition.type}`, text, condition.message || condition.reason, 'info'));
  }
  return [...rows, ...podRows(claim, pods, fact)];
}

function classFact(view: StorageView, claim: ClaimRecord): string {
  const storageClass = view.snapshot.storageClasses.items.get(claim.storageClass ?? '');
  return claim.phase === 'Pending' && storageClass?.waitsForConsumer ? 'class, binds when a pod needs it' : 'class';
}

function podRows(
  claim: ClaimRecord,
  pods: PodsFact,
  fact: (key: string, label: string, description: string, codicon: string) => Row,
): readonly Row[] {
  if (pods.state === 'loading') return [fact('pods', 'pods …', '', 'loading~spin')];
  if (pods.state === 'failed') return [fact('pods', 'pods unknown', pods.message, 'question')];
  const users = pods.pods
    .filter(({ volumes }) => volumes.some(({ claimName }) => claimName === claim.name))
    .sort((a, b) => naturalOrder(a.name, b.name));
  if (users.length === 0) return [fact('pods', 'no pod', 'uses it', 'circle-slash')];
  return users.map((pod) => fact(`pod/${pod.uid}`, pod.name, `pod, ${pod.phase}`, 'symbol-misc'));
}

export function namespaceRow(namespace: NamespaceClaims): Row {
  const { name, claims, claimedBytes, uncounted } = namespace;
  const refused = namespace.access === 'forbidden' ? ' · no access' : '';
  const description = `${counted(claims.size, 'claim')} · ${humanBytes(claimedBytes)}${refused}`;
  return {
    id: namespace.uid ?? `ns:${name}`,
    kind: 'namespace',
    label: plain(name),
    description,
    tooltip: `**${markdown(name)}**\n\n${counted(claims.size, 'claim')}, ${markdown(exactBytes(claimedBytes))} claimed${uncounted > 0 ? `, ${uncounted} of unknown size` : ''}`,
    icon: { codicon: 'symbol-namespace' },
    collapsible: claims.size > 0 ? 'collapsed' : 'none',
    contextValue: 'namespace',
    accessibilityLabel: `Namespace ${plain(name)}, ${description.replaceAll(' · ', ', ')}`,
    level: 'normal',
    namespace: name,
  };
}

export function withoutAccessRow(count: number): Row {
  return {
    ...leaf('withoutAccess', 'withoutAccess', `${counted(count, 'namespace')} without access`, ''),
    icon: { codicon: 'lock' },
    collapsible: 'collapsed',
    level: 'muted',
  };
}

function leaf(id: string, kind: Row['kind'], label: string, description: string): Row {
  return {
    id,
    kind,
    label,
    description,
    tooltip: markdown(description === '' ? label : `${label} — ${description}`),
    icon: undefined,
    collapsible: 'none',
    contextValue: kind,
    accessibilityLabel: description === '' ? label : `${label}, ${description}`,
    level: 'normal',
  };
}
