import { type Event, EventEmitter, type TreeDataProvider, type TreeItem } from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import { RootRows } from '../presentation/rootRows.ts';
import type { ClaimRef, Row } from '../presentation/row.ts';
import type { StorageView } from '../presentation/storageView.ts';
import { factRows, withoutAccessRows } from '../presentation/tree.ts';
import type { Session } from '../session/session.ts';
import { PodFacts } from './podFacts.ts';
import { rowItem } from './rowItem.ts';
import { merged, redrawn, type TreeNode } from './treeNode.ts';
import { trustedMarkdown } from './trustedMarkdown.ts';

/** The rows of the claims view. Redraws only the branches whose storage has changed. */
export class ClaimsTree implements TreeDataProvider<TreeNode>, Disposable {
  readonly #view: Signal<StorageView>;
  readonly #lifetime = new DisposableStore();
  readonly #emitter = new EventEmitter<TreeNode[] | undefined>();
  readonly #pods: PodFacts;
  readonly #rootRows = new RootRows();
  #roots: readonly TreeNode[] = [];
  #drawn: StorageView;

  constructor(view: Signal<StorageView>, session: Signal<Session | undefined>, clock: Clock) {
    this.#view = view;
    this.#drawn = view.value;
    this.#pods = new PodFacts(session, clock, (namespace) => this.#redrawFacts(namespace));
    this.#lifetime.add(this.#emitter);
    this.#lifetime.add(view.subscribe((next) => this.#update(next)));
  }

  get onDidChangeTreeData(): Event<TreeNode[] | undefined> {
    return this.#emitter.event;
  }

  getTreeItem(node: TreeNode): TreeItem {
    return rowItem(node.row);
  }

  resolveTreeItem(item: TreeItem, node: TreeNode): TreeItem {
    item.tooltip = trustedMarkdown(node.row.tooltip);
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const view = this.#view.value;
    if (!node) {
      this.#roots = merged(this.#roots, distinct(this.#rootRows.of(view)), undefined);
      return [...this.#roots];
    }
    node.children = merged(node.children, this.#rowsBelow(node, view), node);
    return [...node.children];
  }

  /** The node of a claim, for `reveal`; undefined when it is not there any more. */
  find(claim: ClaimRef): TreeNode | undefined {
    if (this.#view.value.snapshot.target?.contextName !== claim.contextName) return undefined;
    const parent = this.getChildren().find(({ row }) => row.kind === 'namespace' && row.namespace === claim.namespace);
    return parent && this.getChildren(parent).find(({ row }) => row.id === claim.uid);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #rowsBelow({ row, claims }: TreeNode, view: StorageView): readonly Row[] {
    if (row.kind === 'namespace' && row.namespace !== undefined) return claims?.of(view, row.namespace) ?? [];
    if (row.kind === 'withoutAccess') return withoutAccessRows(view);
    if (row.kind !== 'claim' || !row.claim) return [];
    const claim = view.snapshot.namespaces.get(row.claim.namespace)?.claims.get(row.claim.name);
    return claim?.uid === row.claim.uid ? distinct(factRows(view, claim, this.#pods.of(row.claim.namespace))) : [];
  }

  #update(view: StorageView): void {
    const before = this.#drawn;
    this.#drawn = view;
    const rows = this.#rootRows.of(view);
    if (
      view.snapshot.target?.key !== before.snapshot.target?.key ||
      !sameIds(this.#roots, rows) ||
      resorted(before, view)
    ) {
      this.#emitter.fire(undefined);
      return;
    }
    const changed = redrawn(this.#roots, rows, staleness(before, view), (node) => this.#rowsBelow(node, view));
    if (changed.length > 0) this.#emitter.fire([...changed]);
  }

  #redrawFacts(namespace: string): void {
    const nodes = this.#roots.find(({ row }) => row.kind === 'namespace' && row.namespace === namespace);
    const expanded = (nodes?.children ?? []).filter(({ children }) => children !== undefined);
    if (expanded.length > 0) this.#emitter.fire(expanded);
  }
}

/** No two with the same id, which VS Code would not draw at all: a server may say anything. */
function distinct(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function sameIds(nodes: readonly TreeNode[], rows: readonly Row[]): boolean {
  return nodes.length === rows.length && nodes.every(({ row }, index) => row.id === rows[index]?.id);
}

/** What has changed that rows below namespaces are made from, besides the namespaces. */
function staleness(before: StorageView, view: StorageView): 'none' | 'readings' | 'all' {
  if (view.snapshot.storageClasses !== before.snapshot.storageClasses) return 'all';
  return view.readings === before.readings ? 'none' : 'readings';
}

/** Settings that change the order inside branches that are otherwise the same. */
function resorted(before: StorageView, view: StorageView): boolean {
  return before.sort !== view.sort || before.showEmptyNamespaces !== view.showEmptyNamespaces;
}
