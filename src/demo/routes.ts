import { type Resource, resources } from './resources.ts';

/** What a path is about. */
export type Route =
  | { readonly to: 'accessReview' }
  | { readonly to: 'summary'; readonly node: string }
  | { readonly to: 'collection'; readonly resource: Resource; readonly namespace: string | undefined }
  | {
      readonly to: 'object';
      readonly resource: Resource;
      readonly namespace: string | undefined;
      readonly name: string;
      readonly subresource: 'status' | undefined;
    };

/** What the API server passes on to the kubelet of a node. */
const summary = /^\/api\/v1\/nodes\/([a-z0-9.-]+)\/proxy\/stats\/summary$/;
const accessReview = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Finds what a decoded path is about; undefined for paths that the API does not have. */
export function routeOf(path: string): Route | undefined {
  if (path === accessReview) return { to: 'accessReview' };
  const node = summary.exec(path)?.[1];
  if (node !== undefined) return { to: 'summary', node };
  for (const resource of resources) {
    if (!path.startsWith(`${resource.root}/`)) continue;
    const parts = partsOf(path.slice(resource.root.length + 1));
    const route = parts && routeIn(resource, parts);
    if (route) return route;
  }
  return undefined;
}

function routeIn(resource: Resource, parts: readonly string[]): Route | undefined {
  const [first, second = '', third] = parts;
  const namespace = resource.namespaced && first === 'namespaces' && third === resource.plural ? second : undefined;
  const rest = namespace === undefined ? parts : parts.slice(2);
  const [plural, name, subresource, ...more] = rest;
  if (plural !== resource.plural || more.length > 0) return undefined;
  if (name === undefined) return { to: 'collection', resource, namespace };
  if (resource.namespaced && namespace === undefined) return undefined;
  if (subresource !== undefined && subresource !== 'status') return undefined;
  return { to: 'object', resource, namespace, name, subresource };
}

function partsOf(path: string): readonly string[] | undefined {
  try {
    const parts = path.split('/').map(decodeURIComponent);
    return parts.includes('') ? undefined : parts;
  } catch {
    return undefined;
  }
}
