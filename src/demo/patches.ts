import { type JsonObject, objectOf } from '../wire/json.ts';

/** RFC 7386: objects are merged, null removes, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  const changes = objectOf(patch);
  if (!changes) return patch;
  const result: Record<string, unknown> = { ...objectOf(target) };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** Lists of objects that a strategic merge joins by a key, as the Go types of the served kinds say. */
const mergeKeys: Readonly<Record<string, string>> = {
  conditions: 'type',
  ownerReferences: 'uid',
  volumes: 'name',
  containers: 'name',
};
const setLists: readonly string[] = ['finalizers'];

/** Kubernetes' strategic merge patch, as far as the served kinds need it: keyed lists, sets, and `$patch: delete`. */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  const changes = objectOf(patch);
  if (!changes) return patch;
  const result: Record<string, unknown> = { ...objectOf(target) };
  for (const [key, value] of Object.entries(changes)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else if (Array.isArray(value)) result[key] = mergedList(key, result[key], value);
    else result[key] = strategicMergePatch(result[key], value);
  }
  return result;
}

function mergedList(key: string, present: unknown, changes: readonly unknown[]): readonly unknown[] {
  const old: readonly unknown[] = Array.isArray(present) ? present : [];
  if (setLists.includes(key)) return [...new Set([...old, ...changes])];
  const mergeKey = mergeKeys[key];
  if (mergeKey === undefined) return changes;
  const identity = (item: unknown) => objectOf(item)?.[mergeKey];
  const result = old.filter((item) => !changes.some((change) => identity(change) === identity(item)));
  const merged = changes
    .filter((change) => objectOf(change)?.$patch !== 'delete')
    .map((change) =>
      strategicMergePatch(
        old.find((item) => identity(item) === identity(change)),
        change,
      ),
    );
  return [...merged, ...result];
}

/** A copy of an object with some of its fields taken from another: absent ones become absent. */
export function withFieldsOf(object: JsonObject, other: JsonObject, fields: readonly string[]): JsonObject {
  const result: Record<string, unknown> = { ...object };
  for (const field of fields) {
    if (other[field] === undefined) delete result[field];
    else result[field] = other[field];
  }
  return result;
}
