import { arrayAt, type JsonObject, objectAt, objectOf, textAt } from '../wire/json.ts';
import { checkClaimUpdate, newClaim } from './claimRules.ts';
import { type Draft, type ObjectStore, type StoredObject, timestamp } from './objectStore.ts';
import { mergePatch, strategicMergePatch, withFieldsOf } from './patches.ts';
import { claimsResource, namespacesResource, type Resource, storageClassesResource } from './resources.ts';
import { withKind } from './selection.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
  preconditionFailed,
  unsupportedMediaType,
} from './status.ts';

/** What a writing request is about. */
export interface WriteRequest {
  readonly store: ObjectStore;
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly body: unknown;
  readonly nowMs: number;
  /** Named in managedFields. */
  readonly manager: string;
  /** `dryRun=All`: everything is checked and answered, nothing is stored. */
  readonly dryRun: boolean;
}

const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const nameRules =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const patchTypes: Readonly<Record<string, (target: unknown, patch: unknown) => unknown>> = {
  'application/merge-patch+json': mergePatch,
  'application/strategic-merge-patch+json': strategicMergePatch,
};

/** POST to a collection. */
export function create(request: WriteRequest): StoredObject {
  const { store, resource, namespace } = request;
  const draft = draftOf(request);
  const { name } = draft.metadata;
  const home = namespace === undefined ? undefined : store.get(namespacesResource, namespace);
  if (namespace !== undefined && !home) throw notFound(namespacesResource, namespace);
  if (!namePattern.test(name) || name.length > 253) {
    const message = `Invalid value: "${name}": ${nameRules}`;
    throw invalid(resource, name, [{ field: 'metadata.name', reason: 'FieldValueInvalid', message }]);
  }
  if (home?.metadata.deletionTimestamp !== undefined) {
    const why = `unable to create new content in namespace ${home.metadata.name} because it is being terminated`;
    throw forbidden(resource, name, why);
  }
  const complete = resource === claimsResource ? newClaim(store, draft) : withDefaults(resource, draft);
  if (store.get(resource, name, namespace)) throw alreadyExists(resource, name);
  if (!request.dryRun) return store.create(resource, complete);
  const metadata = { uid: '', resourceVersion: '', creationTimestamp: timestamp(request.nowMs), ...complete.metadata };
  return { ...complete, metadata };
}

/** PATCH of an object, or of its status: each leaves the fields of the other alone. */
export function patch(
  request: WriteRequest,
  name: string,
  { contentType, subresource }: { readonly contentType: string; readonly subresource: boolean },
): StoredObject {
  const { store, resource, namespace, body } = request;
  const apply = patchTypes[contentType];
  if (!apply) throw unsupportedMediaType();
  if (!objectOf(body))
    throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
  const old = store.get(resource, name, namespace);
  if (!old) throw notFound(resource, name);
  const patched = objectOf(apply(old, body)) ?? {};
  const metadata = objectAt(patched, 'metadata');
  checkIdentity(resource, old, metadata);
  const {
    kind: _,
    apiVersion: __,
    ...fields
  } = subresource ? withFieldsOf(old, patched, ['status']) : withFieldsOf(patched, old, ['status']);
  const identity = { name, uid: old.metadata.uid, resourceVersion: old.metadata.resourceVersion };
  const kept = { creationTimestamp: old.metadata.creationTimestamp, ...(namespace === undefined ? {} : { namespace }) };
  const next = { ...fields, metadata: { ...(subresource ? old.metadata : metadata), ...identity, ...kept } };
  if (resource === claimsResource) checkClaimUpdate(store, old, next);
  return request.dryRun ? next : settled(store, resource, store.replace(resource, old, next));
}

/**
 * DELETE of an object: at once, or once its finalizers are gone or, for a namespace, once it has been emptied. Answers the
 * object, as the API does for every kind served here.
 */
export function remove(request: WriteRequest, name: string): JsonObject {
  const { store, resource, namespace } = request;
  const old = store.get(resource, name, namespace);
  if (!old) throw notFound(resource, name);
  checkPreconditions(resource, old, objectAt(objectOf(request.body) ?? {}, 'preconditions'));
  if (request.dryRun) return withKind(resource, old);
  if (resource === namespacesResource || arrayAt(old.metadata, 'finalizers').length > 0)
    return withKind(resource, terminate(store, resource, old, request.nowMs));
  store.remove(resource, old);
  return withKind(resource, old);
}

/** Marks an object as being deleted; that it goes is up to whoever takes its finalizers away or empties it. */
export function terminate(store: ObjectStore, resource: Resource, object: StoredObject, nowMs: number): StoredObject {
  if (object.metadata.deletionTimestamp !== undefined) return object;
  const deletion = { deletionTimestamp: timestamp(nowMs), deletionGracePeriodSeconds: 0 };
  const marked = { ...object, metadata: { ...object.metadata, ...deletion } };
  const next = resource === namespacesResource ? { ...marked, status: { phase: 'Terminating' } } : marked;
  return store.replace(resource, object, next);
}

/** An object being deleted whose last finalizer has gone is gone. */
function settled(store: ObjectStore, resource: Resource, object: StoredObject): StoredObject {
  const waiting = arrayAt(object.metadata, 'finalizers').length > 0;
  if (object.metadata.deletionTimestamp !== undefined && !waiting) store.remove(resource, object);
  return object;
}

function checkIdentity(resource: Resource, old: StoredObject, metadata: JsonObject): void {
  const { name, uid, resourceVersion } = old.metadata;
  if (metadata.name !== name) {
    throw badRequest(`the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`);
  }
  if (metadata.uid !== uid) {
    const message = `Invalid value: "${String(metadata.uid)}": field is immutable`;
    throw invalid(resource, name, [{ field: 'metadata.uid', reason: 'FieldValueInvalid', message }]);
  }
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== resourceVersion) {
    throw conflict(resource, name);
  }
}

function checkPreconditions(resource: Resource, { metadata }: StoredObject, preconditions: JsonObject): void {
  for (const [key, word, why] of [
    ['uid', 'UID', 'deleted and then recreated'],
    ['resourceVersion', 'ResourceVersion', 'modified'],
  ] as const) {
    const wanted = textAt(preconditions, key);
    if (wanted === undefined || wanted === metadata[key]) continue;
    throw preconditionFailed(
      resource,
      metadata.name,
      `the ${word} in the precondition (${wanted}) does not match the ${word} in record (${metadata[key]}). The object might have been ${why}`,
    );
  }
}

function draftOf({ resource, namespace, body, manager, nowMs, store }: WriteRequest): Draft {
  const object = objectOf(body);
  if (!object)
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind`,
    );
  const { kind = resource.kind, apiVersion = resource.apiVersion, status: _, ...fields } = object;
  if (kind !== resource.kind || apiVersion !== resource.apiVersion) {
    const version = String(apiVersion).split('/').at(-1);
    throw badRequest(
      `${String(kind)} in version "${version}" cannot be handled as a ${resource.kind}: unknown conversion`,
    );
  }
  const metadata = objectAt(object, 'metadata');
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const prefix = textAt(metadata, 'generateName');
  const name =
    textAt(metadata, 'name') ??
    (prefix === undefined ? '' : `${prefix}${(store.resourceVersion + 46_656).toString(36)}`);
  return {
    ...fields,
    metadata: {
      ...metadata,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      managedFields: [managedBy(manager, resource.apiVersion, fields, nowMs)],
    },
  };
}

/** Who wrote which fields. */
export function managedBy(manager: string, apiVersion: string, fields: JsonObject, nowMs: number): JsonObject {
  const fieldsV1 = fieldSet(Object.fromEntries(Object.entries(fields).filter(([key]) => key !== 'metadata')));
  return { manager, operation: 'Update', apiVersion, time: timestamp(nowMs), fieldsType: 'FieldsV1', fieldsV1 };
}

function fieldSet(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const inner = objectOf(value);
      return [`f:${key}`, inner ? fieldSet(inner) : {}];
    }),
  );
}

function withDefaults(resource: Resource, draft: Draft): Draft {
  if (resource === storageClassesResource) return draft;
  if (resource !== namespacesResource) return { ...draft, status: { phase: 'Pending' } };
  const labels = { ...objectAt(draft.metadata, 'labels'), 'kubernetes.io/metadata.name': draft.metadata.name };
  return {
    ...draft,
    metadata: { ...draft.metadata, labels },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
