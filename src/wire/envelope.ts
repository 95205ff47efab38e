import { type Cursor, MalformedProtobuf, readDelimited, readMessage, readVarint, skip } from './protobuf.ts';
import type { Shape } from './shape.ts';

/** Media type of the API server's binary form, with JSON as what is accepted instead. */
export const protobufType = 'application/vnd.kubernetes.protobuf';

/** First bytes of every binary object that is not a watch frame: `k8s` and a zero. */
export const magic = Buffer.from('k8s\0', 'latin1');

/** runtime.Unknown: what an object is, and its bytes. */
export interface Envelope {
  readonly kind: string;
  readonly raw: Cursor;
}

export const typeMeta: Shape = { 2: ['kind', 'string'] };

/** Opens `k8s\0` and runtime.Unknown. Throws MalformedProtobuf. */
export function openEnvelope({ bytes, at, end, words }: Cursor): Envelope {
  if (end - at < magic.length || magic.compare(bytes, at, at + magic.length) !== 0)
    throw new MalformedProtobuf('an object does not begin with k8s\\0');
  const cursor: Cursor = { bytes, at: at + magic.length, end, words };
  let kind = '';
  let raw: Cursor = { bytes, at: end, end };
  while (cursor.at < cursor.end) {
    const tag = readVarint(cursor);
    if (tag === 10) kind = String(readMessage(readDelimited(cursor), typeMeta).kind ?? '');
    else if (tag === 18) raw = readDelimited(cursor);
    else skip(cursor, tag % 8);
  }
  return { kind, raw };
}
