import type { BudgetStatus } from '../domain/budgets.ts';
import { cutPercent, humanBytes } from './bytes.ts';
import { gaugeTooltip } from './gaugeTooltip.ts';
import type { StorageView } from './storageView.ts';
import { age, shortContextName, withoutIcons } from './text.ts';

/** The status-bar item at a moment. */
export interface Gauge {
  readonly text: string;
  /** Markdown; cluster text in it is escaped. */
  readonly tooltip: string;
  readonly background: 'none' | 'warning' | 'error';
  readonly command: 'pvcwatch.showClaims' | 'pvcwatch.signIn';
  readonly accessibilityLabel: string;
  /** When text or tooltip will change by time alone, in ms from now. */
  readonly nextChangeMs?: number;
}

/** Contact lost for less than this is not shown. */
export const lostAfterMs = 15_000;
/** Values older than this say their age and lose their colour. */
const oldAfterMs = 600_000;
const minuteMs = 60_000;

/** Level-triggered: any view gives the right gauge, whatever was missed before. */
export function gaugeOf(view: StorageView, nowMs: number): Gauge {
  const { connection, target } = view.snapshot;
  const name = target ? withoutIcons(shortContextName(target.contextName, view.contextLabel)) : '';
  const gauge = (text: string, more: Partial<Gauge> = {}): Gauge => ({
    text,
    tooltip: gaugeTooltip(view, nowMs),
    background: 'none',
    command: 'pvcwatch.showClaims',
    accessibilityLabel: spoken(text),
    ...more,
  });
  if (view.snapshot.heardMs !== undefined && view.snapshot.synced) {
    if (connection.state === 'stale') return staleGauge(view, Math.max(0, nowMs - connection.sinceMs), gauge);
    // The ages of readings are told.
    const ages = view.readings.size > 0 ? { nextChangeMs: minuteMs } : {};
    if (connection.state === 'live') return gauge(valueText(view), { background: backgroundOf(view), ...ages });
  }
  switch (connection.state) {
    case 'none':
      return gauge('$(database) No cluster');
    case 'idle':
      return gauge('$(database) PVC Watch');
    case 'failing':
    case 'stale':
      return gauge(`$(debug-disconnect) ${name}`);
    case 'signIn':
      return gauge(`$(key) Sign in: ${name}`, { command: 'pvcwatch.signIn' });
    case 'untrusted':
      // Signing in would run the plugin; the view says that the workspace has to be trusted first.
      return gauge(`$(key) Sign in: ${name}`);
    case 'forbidden':
      return gauge('$(lock) PVC Watch');
    default:
      return gauge('$(sync~spin) PVC Watch');
  }
}

function staleGauge(view: StorageView, lostMs: number, gauge: (text: string, more?: Partial<Gauge>) => Gauge): Gauge {
  if (lostMs < lostAfterMs)
    return gauge(valueText(view), { background: backgroundOf(view), nextChangeMs: lostAfterMs - lostMs });
  const text = `${valueText(view)} $(debug-disconnect)`;
  if (lostMs < oldAfterMs) return gauge(text, { background: backgroundOf(view), nextChangeMs: oldAfterMs - lostMs });
  return gauge(`${text} · ${age(lostMs)}`, { nextChangeMs: minuteMs - (lostMs % minuteMs) });
}

function valueText(view: StorageView): string {
  const { snapshot } = view;
  const total = totalOf(view);
  const plus = snapshot.partial ? '+' : '';
  const claimed = `${humanBytes(snapshot.claimedBytes)}${plus}`;
  if (!total) return `$(database) ${claimed}`;
  if (isUnjudged(view, total)) return `$(database) ${claimed} claimed`;
  const icon = total.breached ? '$(warning)' : '$(database)';
  return `${icon} ${claimed} / ${humanBytes(total.budget.bytes)} (${cutPercent(total.claimedBytes, total.budget.bytes, 0)}%${plus})`;
}

function backgroundOf(view: StorageView): Gauge['background'] {
  const total = totalOf(view);
  if (!total || isUnjudged(view, total)) return 'none';
  if (total.breached) return view.alerts.snoozes.some(({ subject }) => subject === total.key) ? 'none' : 'error';
  return reaches(total, view.warnAtPercent) ? 'warning' : 'none';
}

/** Whether so many percent of the budget are claimed; exact for a percentage of up to six decimals. */
function reaches({ claimedBytes, budget }: BudgetStatus, percent: number): boolean {
  return claimedBytes * 100_000_000n >= budget.bytes * BigInt(Math.round(percent * 1_000_000));
}

/** The built-in budget is exceeded, and was so from the start or nobody can tell yet: nobody chose it, so it colours nothing. */
function isUnjudged({ snapshot, alerts }: StorageView, { breached, budget }: BudgetStatus): boolean {
  return alerts.defaultSuspended || (breached && !budget.explicit && snapshot.identity === undefined);
}

/** The budget that the gauge measures. */
function totalOf(view: StorageView): BudgetStatus | undefined {
  return view.budgets.find(({ key }) => key === 'total');
}

/** Words for a screen reader in the place of icons. */
function spoken(text: string): string {
  const words = text
    .replace('$(warning)', 'over budget:')
    .replace('$(debug-disconnect)', 'not connected')
    .replace(/\$\([^)]*\)/g, '')
    .trim();
  return `Storage claimed: ${words}`;
}
