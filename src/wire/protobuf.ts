import type { JsonObject } from './json.ts';
import type { FieldType, Shape } from './shape.ts';
import { isText, type Words } from './words.ts';

/** Bytes that are not the message they should be. Thrown inside this room only: its readers answer with a value. */
export class MalformedProtobuf extends Error {}

/** Wire types of the protobuf encoding. */
const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

/** A position in bytes; `end` is the first position that does not belong to the message. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
  /** For texts that repeat; without it each is made anew. */
  readonly words?: Words | undefined;
}

/**
 * Reads the fields that `shape` names into the partial JSON object they stand for, and passes over all others unread.
 * Throws MalformedProtobuf. Depth is the shape's, so that no input can make it recurse further.
 */
export function readMessage(cursor: Cursor, shape: Shape): JsonObject {
  const object: Record<string, unknown> = {};
  readInto(object, cursor, shape);
  return object;
}

function readInto(object: Record<string, unknown>, cursor: Cursor, shape: Shape): void {
  while (cursor.at < cursor.end) {
    const tag = readVarint(cursor);
    const field = shape[Math.floor(tag / 8)];
    const wireType = tag % 8;
    if (field === undefined) {
      if (tag < 8) throw new MalformedProtobuf('there is no field 0');
      skip(cursor, wireType);
      continue;
    }
    const [key, type] = field;
    if (type === 'bool' || type === 'int') {
      if (wireType !== varint) throw new MalformedProtobuf(`${key} is not a varint`);
      object[key] = type === 'bool' ? readVarint(cursor) !== 0 : readInt(cursor);
      continue;
    }
    if (wireType !== delimited) throw new MalformedProtobuf(`${key} has no length`);
    const part = readDelimited(cursor);
    if (typeof type === 'object' && 'embedded' in type) readInto(object, part, type.embedded);
    else object[key] = readField(part, type, object[key]);
  }
}

function readField(part: Cursor, type: Exclude<FieldType, 'bool' | 'int'>, before: unknown): unknown {
  if (type === 'string') return textOf(part);
  if (type === 'word') return wordOf(part);
  if (type === 'time') return readTime(part);
  if (type === 'quantity') return readQuantity(part);
  if ('list' in type) {
    const items = (before ?? []) as unknown[];
    items.push(type.list === 'word' ? wordOf(part) : readMessage(part, type.list));
    return items;
  }
  const object = (before ?? {}) as Record<string, unknown>;
  if ('map' in type) readEntry(object, part, type);
  else readInto(object, part, 'message' in type ? type.message : type.embedded);
  return object;
}

/** A map entry: 1 is the key, 2 the value; either may be absent and is then empty. */
function readEntry(
  object: Record<string, unknown>,
  entry: Cursor,
  { map, keys }: { readonly map: 'string' | 'quantity'; readonly keys: readonly string[] },
): void {
  let key: string | undefined = '';
  let value: Cursor | undefined;
  while (entry.at < entry.end) {
    const tag = readVarint(entry);
    if (tag === 10) {
      const name = readDelimited(entry);
      key = keys.find((wanted) => wanted.length === name.end - name.at && isText(name.bytes, name.at, wanted));
    } else if (tag === 18) value = readDelimited(entry);
    else skip(entry, tag % 8);
  }
  if (key === undefined || !keys.includes(key)) return;
  if (map === 'string') object[key] = value === undefined ? '' : wordOf(value);
  else object[key] = value === undefined ? '0' : readQuantity(value);
}

/** metav1.Time: whole seconds, Go does not read its nanoseconds either. Empty it is Go's zero time, which JSON writes as null. */
function readTime(part: Cursor): number | undefined {
  if (part.at === part.end) return undefined;
  const { seconds = 0 } = readMessage(part, timeShape) as { seconds?: number };
  return seconds * 1000;
}
const timeShape: Shape = { 1: ['seconds', 'int'] };

function readQuantity(part: Cursor): string {
  const { text = '0' } = readMessage(part, quantityShape) as { text?: string };
  return text;
}
const quantityShape: Shape = { 1: ['text', 'word'] };

function textOf({ bytes, at, end }: Cursor): string {
  return bytes.toString('utf8', at, end);
}

function wordOf({ bytes, at, end, words }: Cursor): string {
  return words ? words.of(bytes, at, end) : bytes.toString('utf8', at, end);
}

/** The next length-delimited part; the cursor goes on behind it. */
export function readDelimited(cursor: Cursor): Cursor {
  const length = readVarint(cursor);
  const at = cursor.at;
  if (length > cursor.end - at) throw new MalformedProtobuf('a field is longer than its message');
  cursor.at = at + length;
  return { bytes: cursor.bytes, at, end: at + length, words: cursor.words };
}

/** An unsigned varint; what is above 2^53 (a negative number, for one) loses precision but not its place. */
export function readVarint(cursor: Cursor): number {
  const { bytes, end } = cursor;
  let value = 0;
  let factor = 1;
  for (let count = 0; count < 10; count++) {
    if (cursor.at >= end) throw new MalformedProtobuf('a message ends within a number');
    const byte = bytes[cursor.at++] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return value;
    factor *= 128;
  }
  throw new MalformedProtobuf('a number is longer than ten bytes');
}

/** A signed number. One below zero is in two's complement of 64 bits, and so the only one that takes ten bytes. */
function readInt(cursor: Cursor): number {
  const from = cursor.at;
  const value = readVarint(cursor);
  if (cursor.at - from < 10 || value < 2 ** 63) return value;
  // Inverted first: as a whole it is too large to be exact.
  let inverted = 0;
  for (let at = cursor.at - 2; at >= from; at--) inverted = inverted * 128 + (~(cursor.bytes[at] ?? 0) & 127);
  return -inverted - 1;
}

/** Passes over one field's value. */
export function skip(cursor: Cursor, wireType: number): void {
  if (wireType === varint) readVarint(cursor);
  else if (wireType === delimited) readDelimited(cursor);
  else if (wireType === fixed64 || wireType === fixed32) {
    cursor.at += wireType === fixed64 ? 8 : 4;
    if (cursor.at > cursor.end) throw new MalformedProtobuf('a message ends within a number');
  } else throw new MalformedProtobuf(`there is no wire type ${wireType}`);
}
