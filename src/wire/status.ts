import type { ApiErrorReason } from '../domain/apiError.ts';
import { openEnvelope } from './envelope.ts';
import { type JsonObject, objectAt, objectOf, textAt } from './json.ts';
import { MalformedProtobuf, readMessage } from './protobuf.ts';
import { statusShape } from './shape.ts';

/** A metav1.Status of a failure, as far as it is read. */
export interface FailureStatus {
  readonly code: number;
  /** `Expired`, `Forbidden`, … */
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Reads a Status; undefined when the object is none or is not of a failure. */
export function readStatus(object: JsonObject): FailureStatus | undefined {
  if (object.kind !== 'Status' || object.status === 'Success') return undefined;
  const seconds = objectAt(object, 'details').retryAfterSeconds;
  return {
    code: typeof object.code === 'number' ? object.code : 0,
    reason: textAt(object, 'reason') ?? '',
    message: textAt(object, 'message') ?? '',
    ...(typeof seconds === 'number' && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
}

/** Reads an answer that is a Status, in either form; undefined when it is none. */
export function readStatusAnswer(bytes: Buffer, binary: boolean): FailureStatus | undefined {
  try {
    const object = binary ? openStatus(bytes) : objectOf(JSON.parse(bytes.toString('utf8')));
    return object && readStatus(object);
  } catch (error) {
    if (error instanceof MalformedProtobuf || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function openStatus(bytes: Buffer): JsonObject | undefined {
  const { kind, raw } = openEnvelope({ bytes, at: 0, end: bytes.length });
  return kind === 'Status' ? { ...readMessage(raw, statusShape), kind } : undefined;
}

/** What an HTTP status, or the code in a Status, means to us. */
export function reasonOf(code: number): ApiErrorReason {
  if (code === 401) return 'unauthorized';
  if (code === 403) return 'forbidden';
  if (code === 404) return 'notFound';
  if (code === 409) return 'conflict';
  if (code === 410) return 'expired';
  if (code === 429) return 'throttled';
  if (code === 400 || code === 422) return 'invalid';
  return code >= 500 ? 'server' : 'malformed';
}
