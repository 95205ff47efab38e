import { StatusBarAlignment, ThemeColor, window } from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import { type Gauge, gaugeOf } from '../presentation/gauge.ts';
import type { StorageView } from '../presentation/storageView.ts';
import { drawn } from './currentView.ts';
import { trustedMarkdown } from './trustedMarkdown.ts';

/** While contact is lost the tooltip says for how long, in tens of seconds at first. */
const ageMs = 10_000;

/** The gauge in the status bar. Assigned only what has changed, because every assignment is a message to the window. */
export function gaugeItem(view: Signal<StorageView>, clock: Clock): Disposable {
  const lifetime = new DisposableStore();
  const timer = lifetime.add(new DisposableSlot<Disposable>());
  const item = lifetime.add(window.createStatusBarItem('pvcwatch.gauge', StatusBarAlignment.Left, 10));
  item.name = 'Storage claimed';
  let last: Gauge | undefined;
  const draw = (value: StorageView) => {
    const gauge = gaugeOf(value, clock.now());
    if (gauge.text !== last?.text) item.text = gauge.text;
    if (gauge.tooltip !== last?.tooltip) item.tooltip = trustedMarkdown(gauge.tooltip);
    if (gauge.background !== last?.background)
      item.backgroundColor =
        gauge.background === 'none' ? undefined : new ThemeColor(`statusBarItem.${gauge.background}Background`);
    if (gauge.command !== last?.command) item.command = gauge.command;
    if (gauge.accessibilityLabel !== last?.accessibilityLabel)
      item.accessibilityInformation = { label: gauge.accessibilityLabel, role: 'button' };
    last = gauge;
    const { state } = value.snapshot.connection;
    const waitMs = Math.min(gauge.nextChangeMs ?? Infinity, state === 'live' || state === 'none' ? Infinity : ageMs);
    timer.set(waitMs === Infinity ? undefined : clock.after(waitMs, () => draw(view.value)));
  };
  lifetime.add(drawn(view, draw));
  item.show();
  return lifetime;
}
