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

/** An RFC 3339 time in milliseconds since the epoch. */
export function timeAt(parent: JsonObject, key: string): number | undefined {
  const text = textAt(parent, key);
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(ms) ? ms : undefined;
}

const nothing: JsonObject = {};
