import type { Interner } from './interner.ts';
import type { JsonObject } from './json.ts';
import type { Shape } from './shape.ts';

/** What every record of a watched kind has. */
export interface Identified {
  readonly uid: string;
  readonly name: string;
  readonly resourceVersion: string;
}

/** One description of a Kubernetes kind: where it is, and how its JSON or protobuf form becomes a slim record. */
export interface Kind<T extends Identified> {
  /** Plural, as in the API path and in messages: `persistentvolumeclaims`. */
  readonly plural: string;
  /** `kind` of a list of them. */
  readonly listKind: string;
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  readonly root: string;
  readonly group: string;
  readonly namespaced: boolean;
  /** The fields that `read` uses, by their protobuf numbers; for a kind that has no binary form, empty. */
  readonly shape: Shape;
  /** Undefined for what has no name or UID (or, where it should be in one, no namespace). Never throws. */
  readonly read: (object: JsonObject, interner: Interner) => T | undefined;
}

/** Whether the API server may be asked for this kind in its binary form. */
export function hasBinaryForm({ shape }: Kind<Identified>): boolean {
  return Object.keys(shape).length > 0;
}

/** Path of the collection, in one namespace or in all. */
export function collectionPath(kind: Kind<Identified>, namespace?: string): string {
  if (namespace === undefined || !kind.namespaced) return `${kind.root}/${kind.plural}`;
  return `${kind.root}/namespaces/${encodeURIComponent(namespace)}/${kind.plural}`;
}

/** Path of one object. */
export function objectPath(kind: Kind<Identified>, name: string, namespace?: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}
