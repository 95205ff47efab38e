import { type Clock, every } from '../base/clock.ts';
import { type Disposable, toDisposable } from '../base/disposable.ts';
import type { ApiError } from '../domain/apiError.ts';
import type { Probe } from './probe.ts';

const tickMs = 5_000;
/** Bookmarks come about once a minute; this long without any byte is suspicious, not yet dead. */
const silentFromMs = 75_000;
const silentToMs = 90_000;
/** Three bookmarks that have not come. */
const missedMs = 190_000;
/** The wall clock running ahead of the timer by this much means that the machine slept. */
const sleptMs = 10_000;

export interface Liveness extends Disposable {
  /** A byte has come. */
  heard(): void;
}

/**
 * Watches over one quiet stream: probes the server when nothing has come for 75 to 90 s, and at once after a sleep of the
 * machine. `lost` is told only when the probe fails: a healthy quiet watch is never cut. An answer to the probe says that
 * the server is there, not that the stream is: a proxy may have lost the other side of it. So `unserved` is told when
 * bookmarks, which are known to come, have not come three times; where they never do, a watch has its deadline (`WatchAttempt`).
 */
export function watchLiveness(options: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly probe: Probe;
  readonly signal: AbortSignal;
  /** `heardMs`: when the last byte came, on the wall clock. */
  readonly lost: (error: ApiError, heardMs: number) => void;
  /** Whether the server is known to send bookmarks. */
  readonly bookmarked: () => boolean;
  readonly unserved: () => void;
}): Liveness {
  const { clock, probe, signal } = options;
  const limitMs = silentFromMs + options.random() * (silentToMs - silentFromMs);
  /** Of the last byte, or of the last answer to a probe: when to ask next is counted from here. */
  let heardMs = clock.monotonicMs();
  let byteMs = heardMs;
  let byteWallMs = clock.now();
  let tickedWallMs = clock.now();
  let tickedMs = clock.monotonicMs();
  let probing = false;
  const timer = every(clock, tickMs, () => {
    const slept =
      Math.abs(clock.now() - tickedWallMs - (clock.monotonicMs() - tickedMs)) > sleptMs ||
      clock.monotonicMs() - tickedMs > tickMs + sleptMs;
    tickedWallMs = clock.now();
    tickedMs = clock.monotonicMs();
    if (tickedMs - byteMs >= missedMs && options.bookmarked()) {
      options.unserved();
      return;
    }
    if (probing || (!slept && tickedMs - heardMs < limitMs)) return;
    probing = true;
    const ask = async () => {
      try {
        const reach = await probe.ask(signal);
        if (signal.aborted || reach === 'unknown') return;
        if (reach === 'reachable') heardMs = clock.monotonicMs();
        else options.lost(reach, byteWallMs);
      } finally {
        probing = false;
      }
    };
    // A probe that breaks says nothing about the server: the next tick asks again.
    ask().catch(() => {});
  });
  return {
    heard() {
      heardMs = clock.monotonicMs();
      byteMs = heardMs;
      byteWallMs = clock.now();
    },
    ...toDisposable(() => timer.dispose()),
  };
}
