import type { Budget } from './budgets.ts';
import type { PrometheusChoice } from './prometheusPlace.ts';
import { readBudget } from './quantity.ts';
import { flag, names, number, oneOf, type Parsed, recordOf, text } from './settingForms.ts';
import { parsePrometheus, type UsageChoice } from './usageSettings.ts';

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
  readonly usageSource: UsageChoice;
  /** Undefined: it is looked for. */
  readonly usagePrometheus: PrometheusChoice | undefined;
  readonly onBreach: Action | undefined;
  readonly onNormal: Action | undefined;
  readonly contexts: Readonly<Record<string, ContextOverride>>;
}

/** What `pvcwatch.contexts` may say of a context; the flat settings are the fallback. */
export interface ContextOverride {
  readonly label?: string;
  readonly maxClaims?: Budget | undefined;
  readonly hasMaxClaims?: boolean;
  readonly budgets?: readonly Budget[];
  readonly namespaces?: readonly string[];
  readonly connect?: Settings['connect'];
  readonly usageSource?: UsageChoice;
  readonly usagePrometheus?: PrometheusChoice | undefined;
  readonly hasUsagePrometheus?: boolean;
}

/** Settings in force for one context. */
export interface ContextSettings extends Settings {
  readonly label: string | undefined;
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

const defaultBudget: Budget = { subject: { kind: 'total' }, bytes: 200n * 2n ** 30n, explicit: false };

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
    connect: take('connect', oneOf('auto', 'onView', 'manual'), previous.connect),
    alertsEnabled: take('alerts.enabled', flag, previous.alertsEnabled),
    openAfterMs: take('alerts.openAfterSeconds', number(0, 86_400), previous.openAfterMs / 1000) * 1000,
    closeAfterMs: take('alerts.closeAfterSeconds', number(0, 86_400), previous.closeAfterMs / 1000) * 1000,
    usageSource: take('usage.source', usageSource, previous.usageSource),
    usagePrometheus: take('usage.prometheus', parsePrometheus, previous.usagePrometheus),
    onBreach: take('onBreach', parseAction, previous.onBreach),
    onNormal: take('onNormal', parseAction, previous.onNormal),
    contexts: take('contexts', parseContexts, previous.contexts),
  };
  return { settings, problems };
}

/**
 * The settings for one context, key by key: what is said under its exact name wins, then the first pattern that matches.
 *
 * The name comes before all patterns wherever it stands: VS Code puts the keys of the user before those of the workspace, so
 * nobody could write an entry in front of a user's `*`.
 */
export function settingsFor(settings: Settings, contextName: string): ContextSettings {
  let merged: ContextSettings = { ...settings, label: undefined };
  const entries = Object.entries(settings.contexts);
  const named = entries.filter(([pattern]) => pattern === contextName);
  const matching = entries.filter(([pattern]) => pattern !== contextName && matches(pattern, contextName));
  for (const [, override] of [...named, ...matching].reverse()) {
    merged = {
      ...merged,
      ...(override.label === undefined ? {} : { label: override.label }),
      ...(override.hasMaxClaims ? { maxClaims: override.maxClaims } : {}),
      ...(override.budgets === undefined ? {} : { budgets: override.budgets }),
      ...(override.namespaces === undefined ? {} : { namespaces: override.namespaces }),
      ...(override.connect === undefined ? {} : { connect: override.connect }),
      ...(override.usageSource === undefined ? {} : { usageSource: override.usageSource }),
      ...(override.hasUsagePrometheus ? { usagePrometheus: override.usagePrometheus } : {}),
    };
  }
  return merged;
}

/** The budgets in force, the total first. */
export function budgetsOf(settings: Pick<Settings, 'maxClaims' | 'budgets'>): readonly Budget[] {
  return settings.maxClaims ? [settings.maxClaims, ...settings.budgets] : settings.budgets;
}

/** `*` stands for any run of characters. */
function matches(pattern: string, name: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 's').test(name);
}

const usageSource = oneOf('auto', 'prometheus', 'kubelet', 'off');

const quantityForm = 'a Kubernetes quantity above zero such as 200Gi, or "" for no budget';

function parseMaxClaims(value: unknown, isSet: () => boolean): Parsed<Budget | undefined> {
  if (!isSet()) return { value: defaultBudget };
  if (value === '') return { value: undefined };
  const bytes = typeof value === 'string' ? readBudget(value.trim()).bytes : undefined;
  return bytes === undefined
    ? { accepted: quantityForm }
    : { value: { subject: { kind: 'total' }, bytes, explicit: true } };
}

function parseBudgets(value: unknown): Parsed<readonly Budget[]> {
  const accepted = 'an object such as { "namespace:checkout": "2Ti", "class:gp3": "40Ti" }';
  const entries = recordOf(value);
  if (!entries) return { accepted };
  const budgets: Budget[] = [];
  for (const [key, quantity] of Object.entries(entries)) {
    const match = /^(namespace|class):(.+)$/.exec(key);
    const bytes = typeof quantity === 'string' && quantity !== '' ? readBudget(quantity.trim()).bytes : undefined;
    if (quantity === '' && match) continue;
    if (!match || bytes === undefined) return { accepted };
    budgets.push({ subject: { kind: match[1] as 'namespace' | 'class', name: match[2] ?? '' }, bytes, explicit: true });
  }
  return { value: budgets };
}

function parseContexts(value: unknown): Parsed<Settings['contexts']> {
  const accepted =
    'an object such as { "prod-*": { "label": "PROD", "maxClaims": "60Ti", "budgets": {}, "namespaces": [], "connect": "manual" } }';
  const entries = recordOf(value);
  if (!entries) return { accepted };
  const contexts: Record<string, ContextOverride> = {};
  for (const [pattern, raw] of Object.entries(entries)) {
    const fields = recordOf(raw);
    const parsed = fields && parseOverride(fields);
    if (!parsed) return { accepted };
    contexts[pattern] = parsed;
  }
  return { value: contexts };
}

function parseOverride(fields: Readonly<Record<string, unknown>>): ContextOverride | undefined {
  const { label, maxClaims, budgets, namespaces, connect, 'usage.source': source, 'usage.prometheus': place } = fields;
  const total = maxClaims === undefined ? undefined : parseMaxClaims(maxClaims, () => true);
  const further = budgets === undefined ? undefined : parseBudgets(budgets);
  const listed = namespaces === undefined ? undefined : names(namespaces);
  const mode = connect === undefined ? undefined : oneOf('auto', 'onView', 'manual')(connect);
  const used = source === undefined ? undefined : usageSource(source);
  const prometheus = place === undefined ? undefined : parsePrometheus(place);
  if (label !== undefined && typeof label !== 'string') return undefined;
  for (const part of [total, further, listed, mode, used, prometheus]) if (part && 'accepted' in part) return undefined;
  return {
    ...(label ? { label } : {}),
    ...(total && 'value' in total ? { maxClaims: total.value, hasMaxClaims: true } : {}),
    ...(further && 'value' in further ? { budgets: further.value } : {}),
    ...(listed && 'value' in listed ? { namespaces: listed.value } : {}),
    ...(mode && 'value' in mode ? { connect: mode.value } : {}),
    ...(used && 'value' in used ? { usageSource: used.value } : {}),
    ...(prometheus && 'value' in prometheus ? { usagePrometheus: prometheus.value, hasUsagePrometheus: true } : {}),
  };
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
