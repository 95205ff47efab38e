import { type FreeBound, freeBoundOf } from './claimThresholds.ts';
import { oneOf, type Parsed } from './settingForms.ts';

/** About whose claims notifications are shown: `mine`, or `all`. */
export type NotifyFor = 'mine' | 'all';

/** Reads `pvcwatch.alerts.notifyFor`. */
export const parseNotifyFor = oneOf('mine', 'all');

/**
 * Reads `pvcwatch.alerts.freeWarning` and `freeCritical`: as the annotations of the same names, but for a bare number, which
 * would be that many bytes and is a forgotten `%`.
 */
export function parseBound(value: unknown): Parsed<FreeBound> {
  const text = typeof value === 'string' ? value.trim() : '';
  const bound = /^\d+$/.test(text) ? undefined : freeBoundOf(text);
  return bound ? { value: bound } : { accepted: 'a percentage such as "15%" or a quantity such as "5Gi"' };
}
