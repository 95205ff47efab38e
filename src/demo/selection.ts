import type { JsonObject } from '../wire/json.ts';
import { parseFieldSelector } from './fieldSelector.ts';
import { parseLabelSelector } from './labelSelector.ts';
import type { StoredObject } from './objectStore.ts';
import type { Resource } from './resources.ts';
import { badRequest } from './status.ts';

/** What of a collection a request is about. */
export interface Selection {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  /** Whether there is no selector: all of the collection is selected. */
  readonly everything: boolean;
  /** By namespace, labels and fields. */
  readonly selects: (object: StoredObject) => boolean;
}

/** Reads the selectors of a request; throws the server's 400. */
export function selectionOf(resource: Resource, namespace: string | undefined, query: URLSearchParams): Selection {
  const [labels, fields] = [query.get('labelSelector') ?? '', query.get('fieldSelector') ?? ''];
  const byLabels = parseLabelSelector(labels);
  const byFields = parseFieldSelector(fields, resource);
  return {
    resource,
    namespace,
    everything: labels === '' && fields === '',
    selects: (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      byLabels(labelsOf(object)) &&
      byFields(object),
  };
}

/** A query parameter that is a number; throws the server's 400 for what is none. */
export function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** A query parameter that is a flag: `1`, `true`, or there without a value. */
export function flagIn(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text !== null && !['0', 'false', 'f', 'F', 'FALSE', 'False'].includes(text);
}

/** The object as it stands alone or in a watch: with kind and apiVersion. */
export function withKind(resource: Resource, object: JsonObject): JsonObject {
  return { kind: resource.kind, apiVersion: resource.apiVersion, ...object };
}

export function labelsOf(object: StoredObject): Readonly<Record<string, string>> {
  return (object.metadata.labels ?? {}) as Readonly<Record<string, string>>;
}
