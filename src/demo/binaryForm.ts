import { claims } from '../wire/claims.ts';
import { protobufType } from '../wire/envelope.ts';
import { arrayAt, type JsonObject, objectAt, objectOf } from '../wire/json.ts';
import { namespaces } from '../wire/namespaces.ts';
import { pods } from '../wire/pods.ts';
import { seal, writeFrame, writeList, writeMessage } from '../wire/protobufWriter.ts';
import { listMeta, type Shape, statusShape } from '../wire/shape.ts';
import { storageClasses } from '../wire/storageClasses.ts';
import { volumes } from '../wire/volumes.ts';

const kinds: ReadonlyMap<string, Shape> = new Map([
  ['PersistentVolumeClaim', claims.shape],
  ['Namespace', namespaces.shape],
  ['Pod', pods.shape],
  ['StorageClass', storageClasses.shape],
  ['PersistentVolume', volumes.shape],
  ['Status', statusShape],
]);

/**
 * The binary form of an object or list as kube-apiserver sends it, with the fields that this product reads; undefined for a
 * kind of which it reads none.
 */
export function binaryOf(answer: JsonObject): Buffer | undefined {
  const kind = String(answer.kind);
  const shape = kinds.get(kind);
  if (shape) return seal(String(answer.apiVersion), kind, writeMessage(answer, shape));
  const itemShape = kind.endsWith('List') ? kinds.get(kind.slice(0, -4)) : undefined;
  if (!itemShape) return undefined;
  const items = arrayAt(answer, 'items').map((item) => writeMessage(objectOf(item) ?? {}, itemShape));
  return seal(String(answer.apiVersion), kind, writeList(writeMessage(objectAt(answer, 'metadata'), listMeta), items));
}

/** One event of a binary watch. */
export function binaryEventOf(type: string, object: JsonObject): Buffer | undefined {
  const sealed = binaryOf(object);
  return sealed && writeFrame(type, sealed);
}

/** Whether a request asks for the binary form before any other. */
export function asksForBinary(accept: string | undefined): boolean {
  return (accept ?? '').trimStart().startsWith(protobufType);
}

/** Whether there is a binary form of what is said to be of this kind. */
export function hasBinaryForm(kind: string): boolean {
  return kinds.has(kind);
}
