import { openEnvelope } from './envelope.ts';
import type { Interner } from './interner.ts';
import { textAt } from './json.ts';
import type { Identified, Kind } from './kind.ts';
import { type Cursor, MalformedProtobuf, readDelimited, readMessage, readVarint, skip } from './protobuf.ts';
import { statusShape } from './shape.ts';
import { eventOf, type WatchEvent } from './watchEvent.ts';

/**
 * Reads one frame of a binary watch, without its length: a metav1.WatchEvent, which has the type in 1 and in 2 a
 * runtime.RawExtension whose 1 is the object in an envelope. Never throws.
 */
export function readWatchFrame<T extends Identified>(frame: Buffer, kind: Kind<T>, interner: Interner): WatchEvent<T> {
  try {
    const { type, raw } = openEvent({ bytes: frame, at: 0, end: frame.length, words: interner.words });
    const envelope = openEnvelope(raw);
    const isStatus = envelope.kind === 'Status';
    const object = readMessage(envelope.raw, isStatus ? statusShape : kind.shape);
    return eventOf(type, isStatus ? { ...object, kind: 'Status' } : object, kind, interner);
  } catch (error) {
    if (!(error instanceof MalformedProtobuf)) throw error;
    return { type: 'malformed', message: `a frame in which ${error.message}` };
  }
}

function openEvent(cursor: Cursor): { readonly type: string | undefined; readonly raw: Cursor } {
  let type: string | undefined;
  let raw: Cursor = { bytes: cursor.bytes, at: cursor.end, end: cursor.end };
  while (cursor.at < cursor.end) {
    const tag = readVarint(cursor);
    if (tag === 10) type = textAt({ type: readText(readDelimited(cursor)) }, 'type');
    else if (tag === 18) raw = rawOf(readDelimited(cursor), raw);
    else skip(cursor, tag % 8);
  }
  return { type, raw };
}

function rawOf(extension: Cursor, nothing: Cursor): Cursor {
  let raw = nothing;
  while (extension.at < extension.end) {
    const tag = readVarint(extension);
    if (tag === 10) raw = readDelimited(extension);
    else skip(extension, tag % 8);
  }
  return raw;
}

function readText({ bytes, at, end }: Cursor): string {
  return bytes.toString('utf8', at, end);
}
