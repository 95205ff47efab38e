import { watchedLoop } from './eventLoop.ts';
import { pause } from './pause.ts';

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

/** Measures work from its call until its promise is fulfilled, from an idle and collected process on. */
export async function costOf(work: () => Promise<void>): Promise<Cost> {
  await pause(100);
  collect();
  const before = process.memoryUsage();
  const longestBlock = await watchedLoop();
  const startedMs = performance.now();
  await work();
  const ms = performance.now() - startedMs;
  // So that a block that is not over yet is noted.
  await pause(5);
  const longestBlockMs = longestBlock();
  const peakBytes = Math.max(0, process.resourceUsage().maxRSS * 1024 - before.rss);
  collect();
  return { ms, peakBytes, keptBytes: process.memoryUsage().heapUsed - before.heapUsed, longestBlockMs };
}
