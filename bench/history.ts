import { globSync, mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as esbuild from 'esbuild';
import { bundleOptions } from '../scripts/bundleOptions.ts';
import { bundles } from '../scripts/bundles.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { mixinThresholds } from '../src/domain/claimThresholds.ts';
import { forecastOf, type UsageSample } from '../src/domain/forecast.ts';
import { usageSampleOf } from '../src/domain/historySample.ts';
import { FileHistory } from '../src/history/fileHistory.ts';
import { claimPanel } from '../src/presentation/claimPanel.ts';
import { snapshotOf } from '../test/support/views.ts';
import { BenchProcess } from './childProcess.ts';
import { watchedLoop } from './clients/eventLoop.ts';
import { pause } from './clients/pause.ts';
import { least, type Measurement, median } from './measurement.ts';

const claims = 2000;
const rounds = 9;
const yearMs = 365 * 86_400_000;

/** A year of 2,000 claims that are all written to all the time: what it takes on disk, and what a window feels of it. */
export async function history(folder: string): Promise<Measurement[]> {
  const file = join(mkdtempSync(join(folder, 'year-')), 'history.sqlite');
  const nowMs = Date.now();
  const writer = new BenchProcess('history/writeYear.ts', [file, String(claims), String(nowMs)]);
  const { longestStepMs } = await writer.message<{ longestStepMs: number }>(600_000).finally(() => writer.stop());
  const bytes = globSync(`${file}*`).reduce((sum, each) => sum + statSync(each).size, 0);
  await esbuild.build({
    ...bundleOptions(true),
    entryPoints: [{ in: bundles.historyWorker, out: 'historyWorker' }],
    outdir: folder,
  });
  const clock = { ...systemClock, now: () => nowMs };
  const startWorker = async (workerData: unknown) => new Worker(join(folder, 'historyWorker.cjs'), { workerData });
  const opened = new FileHistory({ file, clock, log: silentLog, startWorker });
  try {
    // The worker is started with the window, not with the first chart.
    await opened.read('bench', 'none', 0, nowMs);
    const reads: Felt[] = [];
    for (let round = 0; round < rounds; round++)
      reads.push(
        await felt(async () => (await opened.read('bench', uidOf(round * 200), nowMs - yearMs, nowMs)).length),
      );
    const charts: Felt[] = [];
    for (let round = 0; round < rounds; round++)
      charts.push(
        await felt(async () => {
          const read = await opened.read('bench', uidOf(round * 200), nowMs - yearMs, nowMs);
          return chartOf(read.map(usageSampleOf), nowMs);
        }),
      );
    const samples = least(reads.map(({ result }) => result));
    if (samples < 7000) throw new Error(`A year has ${samples} samples only.`);
    const poll = Array.from({ length: claims }, (_, index) => ({
      uid: uidOf(index),
      ...{ atMs: nowMs, capacityBytes: 2 ** 36, availableBytes: 2 ** 35, usedBytes: 2 ** 35 },
    }));
    const appends: Felt[] = [];
    for (let round = 0; round < rounds; round++)
      appends.push(
        await felt(async () => {
          const later = poll.map((sample) => ({ ...sample, atMs: nowMs + round * 60_000 }));
          await opened.append('bench', later);
          return later.length;
        }),
      );
    const most = (of: 'blockMs' | 'tookMs' | 'hostMs', all: readonly Felt[]) => median(all.map((each) => each[of]));
    return [
      {
        name: 'history, a year of 2,000 claims: on disk',
        unit: 'MB',
        ours: bytes / 1e6,
        bound: { of: 'figure', atMost: 300 },
      },
      { name: 'history, a year of one claim: samples', unit: '', ours: samples },
      {
        name: 'history, a year of one claim: longest block of the host while it is read',
        unit: 'ms',
        ours: most('blockMs', reads),
        bound: { of: 'figure', atMost: 50, tolerance: 1.25 },
      },
      {
        name: 'history, a year of one claim: until it is there',
        unit: 'ms',
        ours: most('tookMs', reads),
      },
      {
        name: 'history, a year of one claim: host time of the chart, from the file to the message to its page',
        unit: 'ms',
        ours: most('hostMs', charts),
        bound: { of: 'figure', atMost: 200, tolerance: 1.25 },
      },
      {
        name: 'history, a year of one claim: longest block of the host by the chart',
        unit: 'ms',
        ours: most('blockMs', charts),
        bound: { of: 'figure', atMost: 50, tolerance: 1.25 },
      },
      {
        name: 'history, a poll of 2,000 claims: longest block of the host while it is kept',
        unit: 'ms',
        ours: most('blockMs', appends),
        bound: { of: 'figure', atMost: 50, tolerance: 1.25 },
      },
      {
        name: 'history, a poll of 2,000 claims: until it is safe',
        unit: 'ms',
        ours: most('tookMs', appends),
      },
      {
        name: 'history, tidying up: longest step of the worker',
        unit: 'ms',
        ours: longestStepMs,
      },
    ];
  } finally {
    opened.dispose();
  }
}

interface Felt {
  readonly tookMs: number;
  /** For how long this thread was busy. */
  readonly hostMs: number;
  readonly blockMs: number;
  readonly result: number;
}

async function felt(task: () => Promise<number>): Promise<Felt> {
  const longestMs = await watchedLoop();
  const startedMs = performance.now();
  const before = performance.eventLoopUtilization();
  const result = await task();
  const hostMs = performance.eventLoopUtilization(before).active;
  const tookMs = performance.now() - startedMs;
  // The loop has to turn once for what was done on this turn to be seen.
  await pause(5);
  return { tookMs, hostMs, blockMs: longestMs(), result };
}

/** What a panel makes of a year, forecast included, and a copy such as its page is sent; answers the number of points. */
function chartOf(samples: readonly UsageSample[], nowMs: number): number {
  const model = claimPanel(
    {
      snapshot: snapshotOf({ claims: ['shop/data 64Gi'], snapshot: { identity: 'bench' } }),
      claim: { contextName: 'kind-dev', namespace: 'shop', name: 'data', uid: 'uid-shop/data', identity: 'bench' },
      reading: undefined,
      samples,
      forecast: forecastOf(samples, nowMs),
      thresholds: mixinThresholds,
      ...{ pods: undefined, events: undefined, nowMs },
    },
    undefined,
  );
  return structuredClone(model).chart.timesMs.length;
}

function uidOf(index: number): string {
  return `claim-${index}`;
}
