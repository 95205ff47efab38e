/** A service behind which a Prometheus may be. */
export interface PrometheusService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly https: boolean;
}

/** Where a Prometheus is: behind the API server, or at an address of its own. `path`: what its routes begin with, '' mostly. */
export type PrometheusPlace =
  | { readonly kind: 'service'; readonly service: PrometheusService; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/** A Prometheus as it is configured: where (undefined: it is looked for), and label matchers in PromQL's own form. */
export interface PrometheusChoice {
  readonly place: PrometheusPlace | undefined;
  readonly matchers: string;
  /** A PEM file with the authority of a place with a URL; undefined for the system's authorities. */
  readonly caFile?: string;
}

/** What a Prometheus at a URL wants to know who asks. Never logged, never shown. */
export interface PrometheusAccess {
  /** Bearer token. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A place, or what is wrong with the text, fit to follow it. */
export type PlaceOrProblem =
  | { readonly place: PrometheusPlace; readonly problem?: never }
  | { readonly place?: never; readonly problem: string };

const dnsName = '[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?';
const serviceForm = new RegExp(`^(${dnsName})/(https?:)?(${dnsName}):(\\d{1,5})((?:/[-\\w.~]+)*)/?$`);

/** Reads `namespace/name:port`, with `https:` before the name and a path after the port where there are such, or a URL. */
export function readPlace(text: string): PlaceOrProblem {
  const trimmed = text.trim();
  if (/^https?:\/\//i.test(trimmed)) return readUrl(trimmed);
  const [, namespace, scheme, name, digits, path] = serviceForm.exec(trimmed) ?? [];
  const port = Number(digits);
  if (namespace === undefined || name === undefined || !(port >= 1 && port <= 65_535))
    return { problem: 'is neither a service such as monitoring/prometheus:9090 nor a URL' };
  return {
    place: { kind: 'service', service: { namespace, name, port, https: scheme === 'https:' }, path: path ?? '' },
  };
}

/** As a person would write it. */
export function placeText(place: PrometheusPlace): string {
  if (place.kind === 'url') return place.url;
  const { namespace, name, port } = place.service;
  return `${namespace}/${name}:${port}${place.path}`;
}

/** The path of a service behind the API server. */
export function servicePath({ namespace, name, port, https }: PrometheusService): string {
  const scheme = https ? 'https:' : '';
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${scheme}${encodeURIComponent(name)}:${port}/proxy`;
}

function readUrl(text: string): PlaceOrProblem {
  if (!URL.canParse(text)) return { problem: 'is not a URL' };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return { problem: 'has a user or a password in it; they belong into its headers' };
  if (url.search !== '' || url.hash !== '') return { problem: 'has more than a path after the host' };
  return { place: { kind: 'url', url: url.href.replace(/\/+$/, '') } };
}
