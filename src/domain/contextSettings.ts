import { type NotifyFor, parseBound, parseNotifyFor } from './alertSettings.ts';
import { parseBudgets, parseMaxClaims } from './budgetSettings.ts';
import type { Budget } from './budgets.ts';
import type { FreeBound } from './claimThresholds.ts';
import type { PrometheusChoice } from './prometheusPlace.ts';
import { names, oneOf, type Parsed, recordOf } from './settingForms.ts';
import type { Settings } from './settings.ts';
import { parsePrometheus, parseUsageSource, type UsageChoice } from './usageSettings.ts';

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
  readonly freeWarning?: FreeBound;
  readonly freeCritical?: FreeBound;
  readonly notifyFor?: NotifyFor;
}

/** Settings in force for one context. */
export interface ContextSettings extends Settings {
  readonly label: string | undefined;
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
      ...(override.freeWarning === undefined ? {} : { freeWarning: override.freeWarning }),
      ...(override.freeCritical === undefined ? {} : { freeCritical: override.freeCritical }),
      ...(override.notifyFor === undefined ? {} : { notifyFor: override.notifyFor }),
    };
  }
  return merged;
}

/** `*` stands for any run of characters. */
function matches(pattern: string, name: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 's').test(name);
}

/** Reads `pvcwatch.connect`. */
export const parseConnect = oneOf('auto', 'onView', 'manual');

/** Reads `pvcwatch.contexts`. */
export function parseContexts(value: unknown): Parsed<Settings['contexts']> {
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
  const { label, maxClaims, budgets, namespaces, connect } = fields;
  const { 'usage.source': source, 'usage.prometheus': place } = fields;
  const { 'alerts.freeWarning': warning, 'alerts.freeCritical': critical, 'alerts.notifyFor': notify } = fields;
  const total = maxClaims === undefined ? undefined : parseMaxClaims(maxClaims, () => true);
  const further = budgets === undefined ? undefined : parseBudgets(budgets);
  const listed = namespaces === undefined ? undefined : names(namespaces);
  const mode = connect === undefined ? undefined : parseConnect(connect);
  const used = source === undefined ? undefined : parseUsageSource(source);
  const prometheus = place === undefined ? undefined : parsePrometheus(place);
  const freeWarning = warning === undefined ? undefined : parseBound(warning);
  const freeCritical = critical === undefined ? undefined : parseBound(critical);
  const notifyFor = notify === undefined ? undefined : parseNotifyFor(notify);
  if (label !== undefined && typeof label !== 'string') return undefined;
  const parts = [total, further, listed, mode, used, prometheus, freeWarning, freeCritical, notifyFor];
  for (const part of parts) if (part && 'accepted' in part) return undefined;
  return {
    ...(label ? { label } : {}),
    ...(total && 'value' in total ? { maxClaims: total.value, hasMaxClaims: true } : {}),
    ...(further && 'value' in further ? { budgets: further.value } : {}),
    ...(listed && 'value' in listed ? { namespaces: listed.value } : {}),
    ...(mode && 'value' in mode ? { connect: mode.value } : {}),
    ...(used && 'value' in used ? { usageSource: used.value } : {}),
    ...(prometheus && 'value' in prometheus ? { usagePrometheus: prometheus.value, hasUsagePrometheus: true } : {}),
    ...(freeWarning && 'value' in freeWarning ? { freeWarning: freeWarning.value } : {}),
    ...(freeCritical && 'value' in freeCritical ? { freeCritical: freeCritical.value } : {}),
    ...(notifyFor && 'value' in notifyFor ? { notifyFor: notifyFor.value } : {}),
  };
}
