import { magic } from './envelope.ts';
import { arrayAt, type JsonObject, objectOf } from './json.ts';
import type { FieldType, Shape } from './shape.ts';

/**
 * Writes the fields of a JSON object that `shape` names, as the API server would: the reverse of `readMessage`.
 *
 * For the simulated API server. Times are RFC 3339 texts, as in JSON; what is not of its type is left out.
 */
export function writeMessage(object: JsonObject, shape: Shape): Buffer {
  const parts: Buffer[] = [];
  for (const [number, [key, type]] of Object.entries(shape)) {
    const field = Number(number);
    if (typeof type === 'object' && 'embedded' in type)
      parts.push(delimited(field, writeMessage(object, type.embedded)));
    else if (object[key] !== undefined && object[key] !== null) parts.push(...writeField(field, type, object[key]));
  }
  return Buffer.concat(parts);
}

/** The bytes in the envelope that every object and list travels in. */
export function seal(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const type = Buffer.concat([delimited(1, utf8(apiVersion)), delimited(2, utf8(kind))]);
  return Buffer.concat([magic, delimited(1, type), delimited(2, raw)]);
}

/** A LIST of objects that are written already. */
export function writeList(meta: Buffer, items: readonly Buffer[]): Buffer {
  return Buffer.concat([delimited(1, meta), ...items.map((item) => delimited(2, item))]);
}

/** One frame of a watch, with its length before it; `object` is sealed. */
export function writeFrame(type: string, object: Buffer): Buffer {
  const event = Buffer.concat([delimited(1, utf8(type)), delimited(2, delimited(1, object))]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

function writeField(number: number, type: Exclude<FieldType, { readonly embedded: Shape }>, value: unknown): Buffer[] {
  if (type === 'bool') return [numbered(number, value === true ? 1 : 0)];
  if (type === 'int') return typeof value === 'number' && Number.isSafeInteger(value) ? [numbered(number, value)] : [];
  if (type === 'string' || type === 'word') return [delimited(number, utf8(value))];
  if (type === 'time') {
    const seconds = Math.floor(Date.parse(String(value)) / 1000);
    return Number.isNaN(seconds) ? [] : [delimited(number, numbered(1, seconds))];
  }
  if (type === 'quantity') return [delimited(number, delimited(1, utf8(value)))];
  if ('list' in type) {
    const { list } = type;
    return arrayAt({ value }, 'value').map((item) =>
      delimited(number, list === 'word' ? utf8(item) : writeMessage(objectOf(item) ?? {}, list)),
    );
  }
  const object = objectOf(value) ?? {};
  if ('message' in type) return [delimited(number, writeMessage(object, type.message))];
  return Object.entries(object).map(([key, entry]) => {
    const text = utf8(entry);
    return delimited(
      number,
      Buffer.concat([delimited(1, utf8(key)), delimited(2, type.map === 'string' ? text : delimited(1, text))]),
    );
  });
}

function delimited(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function numbered(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function varint(value: number): Buffer {
  if (value < 0) return negativeVarint(value);
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** In two's complement of 64 bits. */
function negativeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest % 128n) + 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function utf8(value: unknown): Buffer {
  return Buffer.from(String(value), 'utf8');
}
