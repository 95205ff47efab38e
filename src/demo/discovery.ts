import type { JsonObject } from '../wire/json.ts';
import { type Resource, resources } from './resources.ts';

const everyVerb = ['create', 'delete', 'get', 'list', 'patch', 'watch'];
const version = {
  major: '1',
  minor: '37',
  gitVersion: 'v1.37.2+pvcwatch-demo',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'demo',
};

/** Answers of fixed paths: version, health, and the discovery documents kubectl asks for. Undefined for other paths. */
export function fixedAnswer(path: string): JsonObject | string | undefined {
  if (path === '/readyz' || path === '/livez' || path === '/healthz') return 'ok';
  if (path === '/version') return version;
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups() };
  const root = resources.find((resource) => resource.root === path);
  if (root) return resourceList(root.apiVersion, resources.filter((resource) => resource.root === path).map(described));
  if (path === '/apis/authorization.k8s.io/v1') return resourceList('authorization.k8s.io/v1', [accessReviews]);
  return undefined;
}

const accessReviews = {
  name: 'selfsubjectaccessreviews',
  singularName: 'selfsubjectaccessreview',
  namespaced: false,
  kind: 'SelfSubjectAccessReview',
  verbs: ['create'],
};

function described({ plural, singular, namespaced, kind, shortName }: Resource): JsonObject {
  return { name: plural, singularName: singular, namespaced, kind, verbs: everyVerb, shortNames: [shortName] };
}

function resourceList(groupVersion: string, list: readonly JsonObject[]): JsonObject {
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: list };
}

function groups(): readonly JsonObject[] {
  return ['authorization.k8s.io', 'storage.k8s.io'].map((name) => {
    const groupVersion = { groupVersion: `${name}/v1`, version: 'v1' };
    return { name, versions: [groupVersion], preferredVersion: groupVersion };
  });
}
