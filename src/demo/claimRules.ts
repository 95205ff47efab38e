import { readBytes } from '../domain/quantity.ts';
import { arrayAt, type JsonObject, objectAt, textAt } from '../wire/json.ts';
import type { Draft, ObjectStore, StoredObject } from './objectStore.ts';
import { claimsResource, storageClassesResource } from './resources.ts';
import { badRequest, type FieldProblem, forbidden, invalid } from './status.ts';

export const protection = 'kubernetes.io/pvc-protection';
const defaultClass = 'storageclass.kubernetes.io/is-default-class';
const quantityPattern = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';
const specImmutable =
  'Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** Requested storage as text; undefined when the claim has none. */
export function requestOf(claim: JsonObject): string | undefined {
  const storage = objectAt(objectAt(objectAt(claim, 'spec'), 'resources'), 'requests').storage;
  return typeof storage === 'number' ? String(storage) : typeof storage === 'string' ? storage : undefined;
}

/** A size in bytes; 0 for what is none. */
export function bytesOf(quantity: unknown): bigint {
  return typeof quantity === 'string' ? (readBytes(quantity).bytes ?? 0n) : 0n;
}

/** A new claim with the server's defaults; throws 400 or 422 as the server's decoding and validation do. */
export function newClaim(store: ObjectStore, draft: Draft): Draft {
  checkQuantity(draft);
  const spec = objectAt(draft, 'spec');
  const problems: FieldProblem[] = [];
  if (arrayAt(spec, 'accessModes').length === 0) {
    const message = 'Required value: at least 1 access mode is required';
    problems.push({ field: 'spec.accessModes', reason: 'FieldValueRequired', message });
  }
  const request = requestOf(draft);
  if (request === undefined) {
    problems.push({ field: 'spec.resources[storage]', reason: 'FieldValueRequired', message: 'Required value' });
  } else if (bytesOf(request) === 0n) {
    const message = `Invalid value: "${request}": must be greater than zero`;
    problems.push({ field: 'spec.resources[storage]', reason: 'FieldValueInvalid', message });
  }
  if (problems.length > 0) throw invalid(claimsResource, draft.metadata.name, problems);
  const storageClassName = spec.storageClassName ?? defaultClassOf(store);
  return {
    ...draft,
    metadata: { ...draft.metadata, finalizers: [protection] },
    spec: {
      ...spec,
      ...(storageClassName === undefined ? {} : { storageClassName }),
      volumeMode: spec.volumeMode ?? 'Filesystem',
    },
    status: { phase: 'Pending' },
  };
}

/** Refuses with 422 or 403 what may not be changed in a claim's spec (validation and the resize admission plugin). */
export function checkClaimUpdate(store: ObjectStore, old: StoredObject, next: StoredObject): void {
  checkQuantity(next);
  const { name } = old.metadata;
  const bound = objectAt(old, 'status').phase === 'Bound';
  if (!sameSpec(old, next, bound)) {
    throw invalid(claimsResource, name, [{ field: 'spec', reason: 'FieldValueForbidden', message: specImmutable }]);
  }
  const [before, after] = [bytesOf(requestOf(old)), bytesOf(requestOf(next))];
  const capacity = bytesOf(objectAt(objectAt(old, 'status'), 'capacity').storage);
  if (after < before && after <= capacity) {
    const message = 'Forbidden: field can not be less than status.capacity';
    const field = 'spec.resources.requests.storage';
    throw invalid(claimsResource, name, [{ field, reason: 'FieldValueForbidden', message }]);
  }
  const className = textAt(objectAt(old, 'spec'), 'storageClassName') ?? '';
  if (after > before && store.get(storageClassesResource, className)?.allowVolumeExpansion !== true) {
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
    throw forbidden(claimsResource, name, why);
  }
}

function sameSpec(old: StoredObject, next: StoredObject, requestMayDiffer: boolean): boolean {
  const comparable = (claim: StoredObject) => {
    const { resources, ...rest } = objectAt(claim, 'spec');
    return JSON.stringify(requestMayDiffer ? sorted(rest) : [sorted(rest), resources]);
  };
  return comparable(old) === comparable(next);
}

function sorted(object: JsonObject): readonly unknown[] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}

function checkQuantity(claim: JsonObject): void {
  const request = requestOf(claim);
  if (request === undefined || request.startsWith('-') || readBytes(request).bytes !== undefined) return;
  const why = `quantities must match the regular expression '${quantityPattern}'`;
  throw badRequest(`PersistentVolumeClaim in version "v1" cannot be handled as a PersistentVolumeClaim: ${why}`);
}

function defaultClassOf(store: ObjectStore): string | undefined {
  return store
    .list(storageClassesResource)
    .find(({ metadata }) => objectAt(metadata, 'annotations')[defaultClass] === 'true')?.metadata.name;
}
