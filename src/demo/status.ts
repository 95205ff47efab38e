import type { JsonObject } from '../wire/json.ts';
import type { Resource } from './resources.ts';

/** A request that is refused, with the metav1.Status a real API server answers (wording of Kubernetes 1.37). */
export class StatusError extends Error {
  readonly status: FailureStatusJson;

  constructor(status: FailureStatusJson) {
    super(status.message);
    this.status = status;
  }
}

export interface FailureStatusJson extends JsonObject {
  readonly kind: 'Status';
  readonly message: string;
  readonly code: number;
}

interface Parts {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: JsonObject;
  readonly metadata?: JsonObject;
}

function refusal({ code, reason, message, details, metadata = {} }: Parts): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata,
    status: 'Failure',
    message,
    reason,
    ...(details ? { details } : {}),
    code,
  });
}

export function badRequest(message: string): StatusError {
  return refusal({ code: 400, reason: 'BadRequest', message });
}

export function unauthorized(): StatusError {
  return refusal({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

export function forbidden(resource: Resource, name: string, why: string): StatusError {
  const message = `${resource.plural} "${name}" is forbidden: ${why}`;
  return refusal({ code: 403, reason: 'Forbidden', message, details: detailsOf(resource, name) });
}

export function notFound(resource: Resource, name: string): StatusError {
  const message = `${qualified(resource)} "${name}" not found`;
  return refusal({ code: 404, reason: 'NotFound', message, details: detailsOf(resource, name) });
}

/** There is nothing of this path. */
export function noSuchPath(): StatusError {
  const message = 'the server could not find the requested resource';
  return refusal({ code: 404, reason: 'NotFound', message, details: {} });
}

export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return refusal({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
}

export function unsupportedMediaType(): StatusError {
  return refusal({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: '415: Unsupported Media Type',
    details: {},
  });
}

export function alreadyExists(resource: Resource, name: string): StatusError {
  const message = `${qualified(resource)} "${name}" already exists`;
  return refusal({ code: 409, reason: 'AlreadyExists', message, details: detailsOf(resource, name) });
}

export function conflict(resource: Resource, name: string): StatusError {
  const message =
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ` +
    'the object has been modified; please apply your changes to the latest version and try again';
  return refusal({ code: 409, reason: 'Conflict', message, details: detailsOf(resource, name) });
}

/** A delete that names another UID or resourceVersion. By kind, not by resource, as apimachinery words it. */
export function preconditionFailed({ kind, group }: Resource, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${kind}${group === '' ? '' : `.${group}`} "${name}": ${why}`;
  const details = { name, ...(group === '' ? {} : { group }), kind };
  return refusal({ code: 409, reason: 'Conflict', message, details });
}

/** The history does not reach back to a resourceVersion. */
export function expired(message: string, metadata: JsonObject = {}): StatusError {
  return refusal({ code: 410, reason: 'Expired', message, metadata });
}

export function tooLargeResourceVersion(asked: number, current: number): StatusError {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return refusal({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: { causes, retryAfterSeconds: 1 },
  });
}

/** One thing wrong with a field, as `field.Error` of apimachinery. */
export interface FieldProblem {
  readonly field: string;
  /** `FieldValueInvalid`, `FieldValueForbidden`, `FieldValueRequired`. */
  readonly reason: string;
  readonly message: string;
}

export function invalid(resource: Resource, name: string, problems: readonly FieldProblem[]): StatusError {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`);
  const all = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const causes = problems.map(({ field, reason, message }) => ({ reason, message, field }));
  return refusal({
    code: 422,
    reason: 'Invalid',
    message: `${resource.kind} "${name}" is invalid: ${all}`,
    details: { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.kind, causes },
  });
}

function qualified({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf({ plural, group }: Resource, name: string): JsonObject {
  return { name, ...(group === '' ? {} : { group }), kind: plural };
}
