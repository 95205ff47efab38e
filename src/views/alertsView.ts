import { EventEmitter, window } from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { AlertState } from '../domain/episode.ts';
import { type AlertRow, alertRows } from '../presentation/alertRows.ts';
import { plainItem } from './rowItem.ts';
import { trustedMarkdown } from './trustedMarkdown.ts';

const viewId = 'pvcwatch.alerts';
/** Rows tell how long ago things were, in minutes. */
const agesMs = 60_000;

/** The view "Alerts": what is open, snoozed and over in the context that is followed, with the evidence of each. */
export function alertsView(alerts: Signal<AlertState>, clock: Clock): Disposable {
  const lifetime = new DisposableStore();
  const changed = lifetime.add(new EventEmitter<undefined>());
  let rows: readonly AlertRow[] = [];
  const treeView = lifetime.add(
    window.createTreeView<AlertRow>(viewId, {
      treeDataProvider: {
        onDidChangeTreeData: changed.event,
        getChildren: (row) => [...(row ? row.children : rows)],
        getTreeItem: plainItem,
        resolveTreeItem: (item, { tooltip }) => {
          item.tooltip = trustedMarkdown(tooltip);
          return item;
        },
      },
    }),
  );
  const timer = lifetime.add(new DisposableSlot<Disposable>());
  const draw = () => {
    const next = alertRows(alerts.value, clock.now());
    if (JSON.stringify(next, exact) !== JSON.stringify(rows, exact)) {
      rows = next;
      changed.fire(undefined);
    }
    timer.set(treeView.visible && rows.length > 0 ? clock.after(agesMs, draw) : undefined);
  };
  lifetime.add(treeView.onDidChangeVisibility(draw));
  lifetime.add(alerts.subscribe(draw));
  draw();
  return lifetime;
}

/** Episodes hold bigints, and what was counted in sets; a change of those alone is not drawn. */
function exact(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
