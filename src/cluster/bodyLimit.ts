import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** Thrown by `inTime`. */
export class TooSlow extends Error {}

/**
 * Pieces of a body as long as they come fast enough; then it is destroyed and `TooSlow` is thrown.
 *
 * `allowedMs` says how long so many bytes may have taken since the beginning. A limit for the pause between pieces is not
 * enough: a byte now and then would satisfy it for ever.
 */
export async function* inTime(
  body: Readable,
  clock: Clock,
  allowedMs: (bytes: number) => number,
): AsyncGenerator<Uint8Array> {
  const startedMs = clock.monotonicMs();
  let bytes = 0;
  let timer: Disposable | undefined;
  const check = () => {
    const leftMs = startedMs + allowedMs(bytes) - clock.monotonicMs();
    if (leftMs <= 0) body.destroy(new TooSlow());
    else timer = clock.after(leftMs, check);
  };
  // Destroyed between two pieces it would throw where nobody listens.
  body.on('error', () => {});
  check();
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      yield piece;
    }
  } finally {
    timer?.dispose();
  }
}
