import { type NotifyFor, parseBound, parseNotifyFor } from './alertSettings.ts';
import { defaultBudget, parseBudgets, parseMaxClaims } from './budgetSettings.ts';
import type { Budget } from './budgets.ts';
import { type FreeBound, mixinThresholds } from './claimThresholds.ts';
import { type ContextOverride, parseConnect, parseContexts } from './contextSettings.ts';
import type { PrometheusChoice } from './prometheusPlace.ts';
import { flag, names, number, oneOf, type Parsed, recordOf, text } from './settingForms.ts';
import { parsePrometheus, parseUsageSource, type UsageChoice } from './usageSettings.ts';

/** What runs when an episode opens or closes: a VS Code command, or a task by its label. */
export type Action =
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly unknown[] }
  | { readonly kind: 'task'; readonly task: string };

/** Every setting, checked. Sizes in bytes, times in ms. */
export interface Settings {
  readonly maxClaims: Budget | undefined;
  readonly budgets: readonly Budget[];
  readonly warnAtPercent: number;
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespaces: readonly string[];
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly showEmptyNamespaces: boolean;
  readonly sort: 'name' | 'claimed' | 'used';
  readonly connect: 'auto' | 'onView' | 'manual';
  readonly alertsEnabled: boolean;
  readonly openAfterMs: number;
  readonly closeAfterMs: number;
  /** Below so much free a claim that fills up is a warning, or critical. */
  readonly freeWarning: FreeBound;
  readonly freeCritical: FreeBound;
  readonly notifyFor: NotifyFor;
  readonly usageSource: UsageChoice;
  /** Undefined: it is looked for. */
  readonly usagePrometheus: PrometheusChoice | undefined;
  readonly onBreach: Action | undefined;
  readonly onNormal: Action | undefined;
  readonly contexts: Readonly<Record<string, ContextOverride>>;
}

/** A wrong value: which setting, and what it takes. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}

/** A value as VS Code has it, and whether anybody has set it; that is asked only where it matters, and may be costly. */
export interface RawSetting {
  readonly value: unknown;
  readonly isSet: boolean;
}

export const defaultSettings: Settings = {
  maxClaims: defaultBudget,
  budgets: [],
  warnAtPercent: 90,
  kubeconfig: '',
  context: '',
  namespaces: [],
  labelSelector: '',
  fieldSelector: '',
  showEmptyNamespaces: false,
  sort: 'name',
  connect: 'auto',
  alertsEnabled: true,
  openAfterMs: 10_000,
  closeAfterMs: 60_000,
  freeWarning: mixinThresholds.warning,
  freeCritical: mixinThresholds.critical,
  notifyFor: 'mine',
  usageSource: 'auto',
  usagePrometheus: undefined,
  onBreach: undefined,
  onNormal: undefined,
  contexts: {},
};

/**
 * Reads all settings. A wrong value is a problem that names the setting and the accepted form; the value of `previous` stays
 * in force. `read` answers by the name without the prefix `pvcwatch.`.
 */
export function parseSettings(
  read: (name: string) => RawSetting,
  previous: Settings = defaultSettings,
): { readonly settings: Settings; readonly problems: readonly SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const take = <T>(name: string, parse: (value: unknown, isSet: () => boolean) => Parsed<T>, fallback: T): T => {
    const raw = read(name);
    const { value } = raw;
    const parsed = parse(value, () => raw.isSet);
    if ('value' in parsed) return parsed.value;
    problems.push({
      setting: `pvcwatch.${name}`,
      message: `pvcwatch.${name}: ${shown(value)} is not accepted. Expected ${parsed.accepted}.`,
    });
    return fallback;
  };
  const settings: Settings = {
    maxClaims: take('maxClaims', parseMaxClaims, previous.maxClaims),
    budgets: take('budgets', parseBudgets, previous.budgets),
    warnAtPercent: take('warnAtPercent', number(1, 100), previous.warnAtPercent),
    kubeconfig: take('kubeconfig', text, previous.kubeconfig),
    context: take('context', text, previous.context),
    namespaces: take('namespaces', names, previous.namespaces),
    labelSelector: take('labelSelector', text, previous.labelSelector),
    fieldSelector: take('fieldSelector', text, previous.fieldSelector),
    showEmptyNamespaces: take('showEmptyNamespaces', flag, previous.showEmptyNamespaces),
    sort: take('sort', oneOf('name', 'claimed', 'used'), previous.sort),
    connect: take('connect', parseConnect, previous.connect),
    alertsEnabled: take('alerts.enabled', flag, previous.alertsEnabled),
    openAfterMs: take('alerts.openAfterSeconds', number(0, 86_400), previous.openAfterMs / 1000) * 1000,
    closeAfterMs: take('alerts.closeAfterSeconds', number(0, 86_400), previous.closeAfterMs / 1000) * 1000,
    freeWarning: take('alerts.freeWarning', parseBound, previous.freeWarning),
    freeCritical: take('alerts.freeCritical', parseBound, previous.freeCritical),
    notifyFor: take('alerts.notifyFor', parseNotifyFor, previous.notifyFor),
    usageSource: take('usage.source', parseUsageSource, previous.usageSource),
    usagePrometheus: take('usage.prometheus', parsePrometheus, previous.usagePrometheus),
    onBreach: take('onBreach', parseAction, previous.onBreach),
    onNormal: take('onNormal', parseAction, previous.onNormal),
    contexts: take('contexts', parseContexts, previous.contexts),
  };
  return { settings, problems };
}

/** The budgets in force, the total first. */
export function budgetsOf(settings: Pick<Settings, 'maxClaims' | 'budgets'>): readonly Budget[] {
  return settings.maxClaims ? [settings.maxClaims, ...settings.budgets] : settings.budgets;
}

function parseAction(value: unknown): Parsed<Action | undefined> {
  if (value === undefined || value === null) return { value: undefined };
  const fields = recordOf(value);
  if (fields && Object.keys(fields).length === 0) return { value: undefined };
  const { command, args = [], task } = fields ?? {};
  if (typeof command === 'string' && command !== '' && task === undefined && Array.isArray(args))
    return { value: { kind: 'command', command, args } };
  if (typeof task === 'string' && task !== '' && command === undefined) return { value: { kind: 'task', task } };
  return { accepted: '{ "command": "id", "args": [] } or { "task": "label" }' };
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'undefined';
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
