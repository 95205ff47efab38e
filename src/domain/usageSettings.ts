import { readMatchers } from './labelMatchers.ts';
import { type PrometheusChoice, readPlace } from './prometheusPlace.ts';
import { oneOf, type Parsed, recordOf } from './settingForms.ts';

/** `pvcwatch.usage.source`. */
export type UsageChoice = 'auto' | 'prometheus' | 'kubelet' | 'off';

/** Reads `pvcwatch.usage.source`. */
export const parseUsageSource = oneOf('auto', 'prometheus', 'kubelet', 'off');

const accepted =
  'a service such as "monitoring/prometheus:9090", a URL, or { "place": one of these, "matchers": "cluster=\\"prod-eu\\"", "caFile": "~/ca.pem" }';

/** Reads `pvcwatch.usage.prometheus`; undefined for an empty text: it is looked for, and nothing is filtered. */
export function parsePrometheus(value: unknown): Parsed<PrometheusChoice | undefined> {
  const fields = typeof value === 'string' ? { place: value } : recordOf(value ?? { place: '' });
  if (!fields) return { accepted };
  const { place: placeForm = '', matchers: matcherForm = '', caFile = '', ...unknown } = fields;
  const texts = [placeForm, matcherForm, caFile].every((text) => typeof text === 'string');
  if (!texts || Object.keys(unknown).length > 0) return { accepted };
  const { place, problem } = String(placeForm).trim() === '' ? {} : readPlace(String(placeForm));
  const { matchers } = readMatchers(String(matcherForm));
  const authority = String(caFile).trim();
  if (problem !== undefined || matchers === undefined) return { accepted };
  // An authority says something of an address only.
  if (authority !== '' && place?.kind !== 'url') return { accepted };
  if (!place && matchers === '') return { value: undefined };
  return { value: { place, matchers, ...(authority === '' ? {} : { caFile: authority }) } };
}
