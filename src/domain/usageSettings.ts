import { readMatchers } from './labelMatchers.ts';
import { type PrometheusChoice, readPlace } from './prometheusPlace.ts';
import { oneOf, type Parsed, recordOf } from './settingForms.ts';

/** `pvcwatch.usage.source`. */
export type UsageChoice = 'auto' | 'prometheus' | 'kubelet' | 'off';

/** Reads `pvcwatch.usage.source`. */
export const parseUsageSource = oneOf('auto', 'prometheus', 'kubelet', 'off');

const accepted =
  'a service such as "monitoring/prometheus:9090", a URL, or { "place": one of these, "matchers": "cluster=\\"prod-eu\\"" }';

/** Reads `pvcwatch.usage.prometheus`; undefined for an empty text: it is looked for, and nothing is filtered. */
export function parsePrometheus(value: unknown): Parsed<PrometheusChoice | undefined> {
  const fields = typeof value === 'string' ? { place: value } : recordOf(value ?? { place: '' });
  if (!fields) return { accepted };
  const { place: placeForm = '', matchers: matcherForm = '', ...unknown } = fields;
  if (typeof placeForm !== 'string' || typeof matcherForm !== 'string' || Object.keys(unknown).length > 0)
    return { accepted };
  const { place, problem } = placeForm.trim() === '' ? {} : readPlace(placeForm);
  const { matchers } = readMatchers(matcherForm);
  if (problem !== undefined || matchers === undefined) return { accepted };
  return { value: place || matchers !== '' ? { place, matchers } : undefined };
}
