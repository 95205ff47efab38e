import { magic, typeMeta } from './envelope.ts';
import type { Interner } from './interner.ts';
import { textAt } from './json.ts';
import type { Identified, Kind } from './kind.ts';
import type { Page } from './list.ts';
import { type Cursor, MalformedProtobuf, readMessage, readVarint } from './protobuf.ts';
import { listMeta } from './shape.ts';

/** A single object is refused by etcd above 1.5 MB: a field that claims more is not of a list. */
const fieldLimit = 16 * 1024 * 1024;

/**
 * Reads a binary LIST as its bytes arrive: what is kept between two pieces is at most the one object that they tear apart.
 *
 * The answer is `k8s\0` and a runtime.Unknown (1: type, 2: the list's bytes); a list has its metadata in 1 and each item in 2.
 */
export class BinaryList<T extends Identified> {
  readonly #kind: Kind<T>;
  readonly #interner: Interner;
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;
  /** Bytes of the list itself that are still to come; undefined outside of it. */
  #listBytes: number | undefined;
  #listKind = '';
  #found = false;
  #malformed = false;
  readonly #items: T[] = [];
  #resourceVersion = '';
  #continueToken: string | undefined;
  #unreadable = 0;

  constructor(kind: Kind<T>, interner: Interner) {
    this.#kind = kind;
    this.#interner = interner;
  }

  /** Records read so far. */
  get size(): number {
    return this.#items.length;
  }

  /** Takes the next piece; false when it is clear by now that this is no list, and nothing more is wanted. */
  push(piece: Buffer): boolean {
    if (this.#malformed) return false;
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const cursor: Cursor = { bytes, at: 0, end: bytes.length };
    try {
      while (this.#next(cursor));
    } catch (error) {
      if (!(error instanceof MalformedProtobuf)) throw error;
      this.#malformed = true;
      return false;
    }
    // A copy, so that one torn object does not keep a whole piece alive.
    this.#rest = Buffer.from(bytes.subarray(cursor.at));
    return true;
  }

  /** The list, once all of it is there; undefined for what is none of this kind, or stops halfway. */
  end(): Page<T> | undefined {
    const whole = this.#rest.length === 0 && this.#found && (this.#listBytes ?? 0) === 0;
    if (this.#malformed || !whole || this.#listKind !== this.#kind.listKind) return undefined;
    return {
      items: this.#items,
      unreadable: this.#unreadable,
      resourceVersion: this.#resourceVersion,
      ...(this.#continueToken === undefined ? {} : { continueToken: this.#continueToken }),
    };
  }

  /** Takes one whole part; false when its end has not come yet. */
  #next(cursor: Cursor): boolean {
    if (!this.#begun) {
      if (cursor.end - cursor.at < magic.length) return false;
      if (magic.compare(cursor.bytes, cursor.at, cursor.at + magic.length) !== 0)
        throw new MalformedProtobuf('it does not begin with k8s\\0');
      cursor.at += magic.length;
      this.#begun = true;
    }
    if (this.#listBytes === 0) this.#listBytes = undefined;
    const from = cursor.at;
    const field = fieldHead(cursor);
    if (field === undefined) return this.#back(cursor, from);
    if (this.#listBytes === undefined && field.number === 2 && field.length !== undefined) {
      this.#listBytes = field.length;
      this.#found = true;
      return true;
    }
    const length = field.length ?? 0;
    if (length > fieldLimit) throw new MalformedProtobuf('one of its parts is longer than 16 MiB');
    if (length > cursor.end - cursor.at) return this.#back(cursor, from);
    const part: Cursor = {
      bytes: cursor.bytes,
      at: cursor.at,
      end: cursor.at + length,
      words: this.#interner.words,
    };
    cursor.at = part.end;
    if (this.#listBytes === undefined) {
      if (field.number === 1) this.#listKind = String(readMessage(part, typeMeta).kind ?? '');
      return true;
    }
    this.#listBytes -= cursor.at - from;
    if (this.#listBytes < 0) throw new MalformedProtobuf('one of its parts is longer than the list');
    if (field.number === 1) this.#readMeta(part);
    else if (field.number === 2 && field.length !== undefined) this.#readItem(part);
    return true;
  }

  #back(cursor: Cursor, from: number): false {
    cursor.at = from;
    return false;
  }

  #readMeta(part: Cursor): void {
    const meta = readMessage(part, listMeta);
    this.#resourceVersion = textAt(meta, 'resourceVersion') ?? '';
    this.#continueToken = textAt(meta, 'continue');
  }

  #readItem(part: Cursor): void {
    const record = this.#kind.read(readMessage(part, this.#kind.shape), this.#interner);
    if (record) this.#items.push(record);
    else this.#unreadable++;
  }
}

/**
 * Number and length of the next field, the cursor at its value; numbers are passed over and have no length. Undefined when
 * the bytes end before.
 */
function fieldHead(cursor: Cursor): { readonly number: number; readonly length: number | undefined } | undefined {
  const tag = completeVarint(cursor);
  if (tag === undefined) return undefined;
  const number = Math.floor(tag / 8);
  // Or else a list of nothing but zeros, which compress well, would never end.
  if (number === 0) throw new MalformedProtobuf('there is no field 0');
  switch (tag % 8) {
    case 0:
      return completeVarint(cursor) === undefined ? undefined : { number, length: undefined };
    case 2: {
      const length = completeVarint(cursor);
      return length === undefined ? undefined : { number, length };
    }
    case 1:
    case 5: {
      const width = tag % 8 === 1 ? 8 : 4;
      if (cursor.end - cursor.at < width) return undefined;
      cursor.at += width;
      return { number, length: undefined };
    }
    default:
      throw new MalformedProtobuf(`there is no wire type ${tag % 8}`);
  }
}

/** Undefined when the bytes end within the number. */
function completeVarint(cursor: Cursor): number | undefined {
  const { bytes, end } = cursor;
  for (let at = cursor.at; at < end && at < cursor.at + 10; at++) {
    if ((bytes[at] ?? 0) < 128) return readVarint(cursor);
  }
  if (end - cursor.at >= 10) throw new MalformedProtobuf('a number is longer than ten bytes');
  return undefined;
}
