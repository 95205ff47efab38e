import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { Row } from '../presentation/row.ts';
import { uriSegment } from '../presentation/text.ts';

/** Scheme of the URIs that carry to a row's decoration its level, as the query, and its alarm, as the fragment. */
export const claimScheme = 'pvcwatch-claim';

const collapsible = {
  none: TreeItemCollapsibleState.None,
  collapsed: TreeItemCollapsibleState.Collapsed,
  expanded: TreeItemCollapsibleState.Expanded,
} as const;

/** What rows of all views have. */
interface PlainRow extends Pick<Row, 'id' | 'label' | 'description' | 'icon' | 'contextValue' | 'accessibilityLabel'> {
  readonly collapsible: keyof typeof collapsible;
}

/** A row as VS Code draws it. Its tooltip is left to `resolveTreeItem`. */
export function plainItem(row: PlainRow): TreeItem {
  const item = new TreeItem(row.label, collapsible[row.collapsible]);
  item.id = row.id;
  item.description = row.description;
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.accessibilityLabel };
  if (row.icon)
    item.iconPath = new ThemeIcon(row.icon.codicon, row.icon.color ? new ThemeColor(row.icon.color) : undefined);
  return item;
}

/** The same, with the level of a claim or namespace for its decoration. */
export function rowItem(row: Row): TreeItem {
  const item = plainItem(row);
  if (row.level !== 'normal')
    item.resourceUri = Uri.from({
      scheme: claimScheme,
      path: `/${uriSegment(row.id)}`,
      query: row.level,
      fragment: row.alarm ?? '',
    });
  return item;
}
