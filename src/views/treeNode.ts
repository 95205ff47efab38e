import { ClaimRows } from '../presentation/claimRows.ts';
import type { Row } from '../presentation/row.ts';

/** A place in the tree: the same object as long as the row is there, so that VS Code keeps selection and expansion. */
export class TreeNode {
  readonly parent: TreeNode | undefined;
  row: Row;
  /** Those that VS Code has asked for. */
  children: readonly TreeNode[] | undefined;
  /** Those of a namespace. */
  readonly claims: ClaimRows | undefined;

  constructor(row: Row, parent: TreeNode | undefined) {
    this.row = row;
    this.parent = parent;
    if (row.kind === 'namespace') this.claims = new ClaimRows();
  }
}

/** Whether the nodes below show these rows already; so it is where VS Code has not asked for them. */
export function showsBelow({ children }: TreeNode, rows: () => readonly Row[]): boolean {
  if (!children) return true;
  const next = rows();
  return children.length === next.length && children.every(({ row }, index) => isSameText(row, next[index]));
}

/** Whether the nodes below have these very rows; so it is where VS Code has not asked for them. */
export function hasBelow({ children }: TreeNode, rows: () => readonly Row[]): boolean {
  if (!children) return true;
  const next = rows();
  return children.length === next.length && children.every(({ row }, index) => row === next[index]);
}

/**
 * Gives the roots their rows, which have the same ids in the same order. Answers those that are to be drawn anew: what
 * `RootRows` and `ClaimRows` keep is known by its identity. `stale`: something has changed that what is below namespaces may be
 * made from; `all` of it, or `readings`, of which most rows show no change.
 */
export function redrawn(
  roots: readonly TreeNode[],
  rows: readonly Row[],
  stale: 'none' | 'readings' | 'all',
  below: (node: TreeNode) => readonly Row[],
): readonly TreeNode[] {
  return roots.filter((node, index) => {
    const row = rows[index];
    if (!row) return false;
    const same =
      row.kind === 'namespace'
        ? node.row === row &&
          !(stale === 'all' && node.children) &&
          (stale === 'none' || hasBelow(node, () => below(node)))
        : isSameText(node.row, row) && showsBelow(node, () => below(node));
    node.row = row;
    return !same;
  });
}

/** Whether two rows are drawn the same. */
export function isSameText(a: Row, b: Row | undefined): boolean {
  return a.id === b?.id && a.label === b.label && a.description === b.description && a.tooltip === b.tooltip;
}

/** So many nodes that have gone are stepped over before the ones that were there are looked up by their ids. */
const stepsOver = 8;

/**
 * The rows, of which no two may have the same id, as nodes: with the nodes of before where the row is the same one.
 *
 * Most rows are where they were, so both lists are walked side by side.
 */
export function merged(
  before: readonly TreeNode[] = [],
  rows: readonly Row[],
  parent: TreeNode | undefined,
): readonly TreeNode[] {
  let next = 0;
  let byId: Map<string, TreeNode> | undefined;
  const find = (row: Row): TreeNode | undefined => {
    for (let at = next; at <= next + stepsOver; at++) {
      const node = before[at];
      if (!node) break;
      if (node.row !== row && node.row.id !== row.id) continue;
      next = at + 1;
      return node;
    }
    byId ??= new Map(before.map((node) => [node.row.id, node]));
    return byId.get(row.id);
  };
  return rows.map((row) => {
    const node = find(row) ?? new TreeNode(row, parent);
    node.row = row;
    return node;
  });
}
