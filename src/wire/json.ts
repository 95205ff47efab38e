/** Reading untyped JSON without throwing: every reader answers undefined for what is not of its shape. */

export type JsonObject = { readonly [key: string]: unknown };

/** The value if it is an object (not an array), else undefined. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The field if it is an object, else an empty one. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  return objectOf(parent[key]) ?? nothing;
}

/** The field if it is a non-empty string. */
export function textAt(parent: JsonObject, key: string): string | undefined {
  const value = parent[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The field if it is an array, else an empty one. */
export function arrayAt(parent: JsonObject, key: string): readonly unknown[] {
  const value = parent[key];
  return Array.isArray(value) ? value : [];
}

/** The field if it is a finite number of at least 0. */
export function numberAt(parent: JsonObject, key: string): number | undefined {
  const value = parent[key];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** A time in milliseconds since the epoch: RFC 3339 in JSON, that number already where it was read from protobuf. */
export function timeAt(parent: JsonObject, key: string): number | undefined {
  const value = parent[key];
  const ms = typeof value === 'string' ? Date.parse(value) : value;
  return typeof ms === 'number' && Number.isFinite(ms) ? ms : undefined;
}

/** Whether there is a time at all, readable or not. */
export function hasTime(parent: JsonObject, key: string): boolean {
  return textAt(parent, key) !== undefined || timeAt(parent, key) !== undefined;
}

const nothing: JsonObject = {};
