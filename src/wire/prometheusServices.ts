import type { PrometheusService } from '../domain/prometheusPlace.ts';
import { arrayAt, objectAt, objectOf, textAt } from './json.ts';

/** Label selectors by which a Prometheus is found, the surest first: the operator's, the charts', anybody's. */
export const prometheusSelectors: readonly string[] = [
  'operated-prometheus=true',
  'app.kubernetes.io/name=prometheus,app.kubernetes.io/component=server',
  'app.kubernetes.io/name=prometheus',
  'app=prometheus',
];

/** Parts of a Prometheus installation that are labelled alike are told by these: `server` of the chart, `prometheus` of the operator's. */
const servers: ReadonlySet<string> = new Set(['server', 'prometheus']);

/**
 * The services of a list that can be a Prometheus, by namespace and name; none for what is no list. Never throws.
 *
 * Of several ports 9090 is taken, else one that is named as those of the web interface are, else the first.
 */
export function readPrometheusServices(value: unknown): readonly PrometheusService[] {
  const found = arrayAt(objectOf(value) ?? {}, 'items').flatMap(readService);
  return found.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

function readService(value: unknown): readonly PrometheusService[] {
  const service = objectOf(value) ?? {};
  const metadata = objectAt(service, 'metadata');
  const spec = objectAt(service, 'spec');
  const [namespace, name] = [textAt(metadata, 'namespace'), textAt(metadata, 'name')];
  const labels = objectAt(metadata, 'labels');
  const component = textAt(labels, 'app.kubernetes.io/component') ?? textAt(labels, 'component');
  if (namespace === undefined || name === undefined || spec.type === 'ExternalName') return [];
  if (component !== undefined && !servers.has(component)) return [];
  const ports = arrayAt(spec, 'ports').flatMap(readPort);
  const port =
    ports.find(({ number }) => number === 9090) ??
    ports.find((each) => /^(http-)?web$|^https?$/.test(each.name)) ??
    ports[0];
  return port ? [{ namespace, name, port: port.number, https: port.https }] : [];
}

interface Port {
  readonly number: number;
  readonly name: string;
  readonly https: boolean;
}

function readPort(value: unknown): readonly Port[] {
  const port = objectOf(value) ?? {};
  const number = port.port;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 65_535) return [];
  if (port.protocol !== undefined && port.protocol !== 'TCP') return [];
  const name = textAt(port, 'name') ?? '';
  return [{ number, name, https: port.appProtocol === 'https' || name.startsWith('https') }];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
