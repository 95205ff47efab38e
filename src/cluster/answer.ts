import { pipeline, type Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import { type ApiError, fail, type Result, succeed } from '../domain/apiError.ts';
import { protobufType } from '../wire/envelope.ts';
import { inTime, TooSlow } from './bodyLimit.ts';

/** A whole answer may take a minute, and longer only at 10 KB a second or more. */
const answerMs = (bytes: number) => 60_000 + bytes / 10;
/** Reading a long answer gives way to others so often. */
const sliceMs = 8;

export interface AnswerOptions {
  readonly response: Dispatcher.ResponseData;
  readonly server: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Told at every piece. */
  readonly heard: () => void;
  /** What went wrong on the way. */
  readonly failure: (error: unknown) => ApiError;
}

/** An answer with status 2xx whose body has not been read yet. Its body is read once, in one of three ways. */
export class Answer {
  readonly #options: AnswerOptions;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  /** Whether the body is in the API server's binary form; otherwise it should be JSON. */
  get binary(): boolean {
    return contentTypeOf(this.#options.response).startsWith(protobufType);
  }

  /** The body as it arrives, for as long as it does. */
  get body(): AsyncIterable<Uint8Array> {
    return this.#told(plainBody(this.#options.response));
  }

  /**
   * Gives the body to `take` piece by piece until that answers false, and gives way to others meanwhile. What breaks off,
   * stops or is too slow to be a whole answer is a failure.
   */
  async read(take: (piece: Buffer) => boolean): Promise<Result<undefined>> {
    const { response, server, clock, signal, failure } = this.#options;
    let turnMs = clock.monotonicMs();
    try {
      for await (const piece of this.#told(inTime(plainBody(response, inflatedAtOnce), clock, answerMs))) {
        if (clock.monotonicMs() - turnMs > sliceMs) {
          await nextTurn();
          turnMs = clock.monotonicMs();
        }
        if (!take(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))) break;
      }
      return signal.aborted ? fail('aborted', 'Stopped.') : succeed(undefined);
    } catch (error) {
      if (error instanceof TooSlow) return fail('unreachable', `${server} answers too slowly.`);
      return signal.aborted ? fail('aborted', 'Stopped.') : { ok: false, error: failure(error) };
    }
  }

  /** Reads the whole body as JSON. */
  async json(): Promise<Result<unknown>> {
    const pieces: Buffer[] = [];
    const read = await this.read((piece) => pieces.push(piece) > 0);
    return read.ok ? this.parse(pieces) : read;
  }

  /** The JSON that these pieces of the body are. */
  parse(pieces: readonly Buffer[]): Result<unknown> {
    try {
      return succeed(JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown);
    } catch {
      return fail(
        'malformed',
        `${this.#options.server} answered with something that is not JSON. Check the server address in the kubeconfig.`,
      );
    }
  }

  async *#told(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#options.heard();
      yield piece;
    }
  }
}

/** Compressed bytes of a whole answer that are inflated at a time: some hundreds of objects, a few milliseconds. */
const inflatedAtOnce = 40 * 1024;

/** Content codings that are read: those that are asked for, and those that proxies use though nobody asked. */
const codings = new Set(['', 'identity', 'gzip']);

/** The coding of an answer's body if it is one that cannot be read. */
export function unreadableCoding({ headers }: Pick<Dispatcher.ResponseData, 'headers'>): string | undefined {
  const coding = codingOf(headers);
  return codings.has(coding) ? undefined : coding;
}

/**
 * The body of an answer, decompressed. `atOnce`: so many compressed bytes are inflated at a time, however small the pieces
 * are in which they come; by default each is, so that nothing waits.
 */
export function plainBody({ headers, body }: Pick<Dispatcher.ResponseData, 'headers' | 'body'>, atOnce = 0): Readable {
  if (codingOf(headers) !== 'gzip') return body;
  const plain = pipeline(gathered(body, atOnce), createGunzip({ chunkSize: 16 * inflatedAtOnce }), () => {});
  // Whichever of the two ends, by an error or because nobody reads on, ends the other. Alone the pipeline would notice that
  // only when the next piece comes.
  plain.once('close', () => body.on('error', () => {}).destroy());
  return plain;
}

async function* gathered(pieces: AsyncIterable<Uint8Array>, atOnce: number): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < atOnce) continue;
    yield waiting.length === 1 ? piece : Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

function codingOf(headers: Dispatcher.ResponseData['headers']): string {
  return String(headers['content-encoding'] ?? '').toLowerCase();
}

/** Media type of an answer; '' where it names none. */
export function contentTypeOf({ headers }: Pick<Dispatcher.ResponseData, 'headers'>): string {
  return String(headers['content-type'] ?? '').toLowerCase();
}
