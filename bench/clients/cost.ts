import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What some work has cost the process it ran in. */
export interface Cost {
  readonly ms: number;
  /** Peak of the resident memory over what it was before. */
  readonly peakBytes: number;
  /** Heap that is still in use afterwards; needs --expose-gc. */
  readonly keptBytes: number;
  /** For how long nothing else got its turn. */
  readonly longestBlockMs: number;
}

const collect = (globalThis as { readonly gc?: () => void }).gc ?? (() => {});
const resolutionMs = 1;

/** Measures work from its call until its promise is fulfilled, from an idle and collected process on. */
export async function costOf(work: () => Promise<void>): Promise<Cost> {
  await pause(100);
  collect();
  const before = process.memoryUsage();
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // The first delay it notes would be from its start, not from a timer before.
  await pause(10);
  delay.reset();
  const startedMs = performance.now();
  await work();
  const ms = performance.now() - startedMs;
  // So that a block that is not over yet is noted.
  await pause(5);
  delay.disable();
  const peakBytes = Math.max(0, process.resourceUsage().maxRSS * 1024 - before.rss);
  const longestBlockMs = Math.max(0, delay.max / 1e6 - resolutionMs);
  collect();
  return { ms, peakBytes, keptBytes: process.memoryUsage().heapUsed - before.heapUsed, longestBlockMs };
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
