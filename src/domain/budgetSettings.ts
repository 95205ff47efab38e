import type { Budget } from './budgets.ts';
import { readBudget } from './quantity.ts';
import { type Parsed, recordOf } from './settingForms.ts';

/** Nobody chose it. */
export const defaultBudget: Budget = { subject: { kind: 'total' }, bytes: 200n * 2n ** 30n, explicit: false };

const quantityForm = 'a Kubernetes quantity above zero such as 200Gi, or "" for no budget';

/** Reads `pvcwatch.maxClaims`; undefined for an empty text: no budget. */
export function parseMaxClaims(value: unknown, isSet: () => boolean): Parsed<Budget | undefined> {
  if (!isSet()) return { value: defaultBudget };
  if (value === '') return { value: undefined };
  const bytes = typeof value === 'string' ? readBudget(value.trim()).bytes : undefined;
  return bytes === undefined
    ? { accepted: quantityForm }
    : { value: { subject: { kind: 'total' }, bytes, explicit: true } };
}

/** Reads `pvcwatch.budgets`; an empty quantity is none. */
export function parseBudgets(value: unknown): Parsed<readonly Budget[]> {
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
