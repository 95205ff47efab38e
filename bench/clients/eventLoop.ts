import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pause } from './pause.ts';

const resolutionMs = 1;

/** Watches the event loop; the answer is for how many milliseconds at most nothing else got its turn. */
export async function watchedLoop(): Promise<() => number> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // The first delay it notes would be from its start, not from a timer before.
  await pause(10);
  delay.reset();
  return () => {
    delay.disable();
    return Math.max(0, delay.max / 1e6 - resolutionMs);
  };
}
