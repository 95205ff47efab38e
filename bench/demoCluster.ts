import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../scripts/bundleOptions.ts';
import { BenchProcess } from './childProcess.ts';
import type { Followed, Order, Rested, Synced } from './demoCluster/client.ts';
import type { ClusterReady, Run, RunDone } from './demoCluster/server.ts';
import { least, type Measurement, percentile } from './measurement.ts';

/** Beside those that a demo has by itself. */
const large = 100_000;
const syncs = 3;
/** Windows of a storm: the least of their longest blocks is ours, the others are the machine's. */
const storm: Run = { kind: 'grow', events: 10_000, perSecond: 2_000 };
const windows = 3;
const trickle: Run = { kind: 'grow', events: 150, perSecond: 10 };
/** An hour of 30 events a second, no faster than a busy machine can take: a client that falls far behind is cut off. */
const hour: Run = { kind: 'churn', events: 108_000, perSecond: 5_000 };
/** Every claim of those that the hour recreates is recreated once: what comes by a watch need not lie in memory as in a list. */
const warmUp: Run = { kind: 'churn', events: 30_000, perSecond: 5_000 };
const limitMs = 180_000;
/** Times and shares of a busy machine are not exact; what is counted is. */
const tolerance = 1.25;

/** For how long the client is watched at rest: `--rest-seconds=300` for five minutes. */
const usualRestSeconds = 30;

/** The product on 100,000 claims in 5,000 namespaces, and under storms of changes. */
export async function demoCluster(folder: string, flags: readonly string[]): Promise<Measurement[]> {
  const restFlag = flags.find((flag) => flag.startsWith('--rest-seconds='))?.split('=')[1];
  const restSeconds = Number(restFlag ?? usualRestSeconds);
  const bundle = join(folder, 'client.cjs');
  await build({
    ...bundleOptions(true),
    entryPoints: [join(import.meta.dirname, 'demoCluster', 'client.ts')],
    outfile: bundle,
    outExtension: {},
  });
  const server = new BenchProcess('demoCluster/server.ts', [String(large)]);
  const client = new BenchProcess(bundle, [], ['--expose-gc']);
  try {
    const { kubeconfig, claims } = await server.message<ClusterReady>(limitMs);
    const ask = async <T>(order: Order) => {
      client.send(order);
      return (await client.message<{ readonly result: T }>(limitMs + (order.do === 'rest' ? order.ms : 0))).result;
    };
    const synced: Synced[] = [];
    for (let round = 0; round < syncs; round++) synced.push(await ask<Synced>({ do: 'sync', kubeconfig, claims }));
    const { cpuMs } = await ask<Rested>({ do: 'rest', ms: restSeconds * 1000 });
    const followed = async (run: Run) => {
      const { claimedMi } = await ask<{ readonly claimedMi: number }>({ do: 'follow' });
      server.send(run);
      const { commitsMs } = await server.message<RunDone>(limitMs);
      return { run, claimedMi, commitsMs, ...(await ask<Followed>({ do: 'followed', events: run.events })) };
    };
    const slow = await followed(trickle);
    const storms: Awaited<ReturnType<typeof followed>>[] = [];
    for (let window = 0; window < windows; window++) storms.push(await followed(storm));
    const warmed = await followed(warmUp);
    const heapBefore = await ask<number>({ do: 'heap' });
    const replayed = await followed(hour);
    const heapAfter = await ask<number>({ do: 'heap' });

    return [
      ...sizes(synced, claims),
      {
        name: 'longest block under 2,000 events/s',
        unit: 'ms',
        ours: least(storms.map(({ longestBlockMs }) => longestBlockMs)),
        bound: { of: 'figure', atMost: 50, tolerance },
      },
      latency('2,000 events/s', 400, storms.flatMap(latenciesOf)),
      latency('10 events/s', 300, latenciesOf(slow)),
      lost([slow, ...storms, warmed, replayed], claims),
      {
        name: `CPU at rest over ${restSeconds} s`,
        unit: '% of a core',
        ours: cpuMs / restSeconds / 10,
        bound: { of: 'figure', atMost: 0.2, tolerance },
      },
      {
        name: `heap after ${hour.events.toLocaleString('en')} events, against before`,
        unit: 'MiB',
        ours: heapAfter / 1024 ** 2,
        peer: heapBefore / 1024 ** 2,
        bound: { of: 'ratio', atMost: 1.02, tolerance: 1.03 },
      },
    ].map((measurement) => ({ ...measurement, name: `100,000 claims: ${measurement.name}` }) as Measurement);
  } finally {
    await client.stop();
    await server.stop();
  }
}

function sizes(synced: readonly Synced[], claims: number): Measurement[] {
  return [
    { name: 'time until synced', unit: 'ms', ours: least(synced.map(({ ms }) => ms)) },
    {
      name: 'kept per claim',
      unit: 'bytes',
      ours: least(synced.map(({ keptBytes }) => keptBytes)) / claims,
      bound: { of: 'figure', atMost: 320, tolerance },
    },
    {
      name: 'longest block during sync',
      unit: 'ms',
      ours: least(synced.map(({ longestBlockMs }) => longestBlockMs)),
      bound: { of: 'figure', atMost: 50, tolerance },
    },
  ];
}

type Course = Followed & { readonly run: Run; readonly claimedMi: number; readonly commitsMs: readonly number[] };

/** From each commit to the first gauge that has it: event number n makes the total n MiB larger. NaN for one never shown. */
function latenciesOf({ claimedMi, commitsMs, drawn }: Course): number[] {
  let next = 0;
  return commitsMs.map((committedMs, index) => {
    while (drawn[next] !== undefined && (drawn[next]?.claimedMi ?? 0) < claimedMi + index + 1) next++;
    return (drawn[next]?.atMs ?? Number.NaN) - committedMs;
  });
}

function latency(pace: string, atMost: number, latenciesMs: readonly number[]): Measurement {
  const shown = latenciesMs.every((ms) => Number.isFinite(ms));
  return {
    name: `commit to gauge, p99 at ${pace}`,
    unit: 'ms',
    ours: shown ? percentile(latenciesMs, 0.99) : Number.NaN,
    bound: { of: 'figure', atMost, tolerance },
    detail: shown ? '' : 'Some events were never shown.',
  };
}

/** Events that did not come by the watch they should have come by, and claims that are too many or too few at the end. */
function lost(courses: readonly Course[], claims: number): Measurement {
  const missing = courses.map(({ run, events, claims: left, restarts }) => {
    return Math.abs(run.events - events) + Math.abs(left - claims) + restarts;
  });
  const all = courses.reduce((sum, { run }) => sum + run.events, 0);
  return {
    name: `of ${all.toLocaleString('en')} events not applied`,
    unit: '',
    ours: missing.reduce((sum, each) => sum + each, 0),
    bound: { of: 'figure', atMost: 0 },
    detail: `By run: ${missing.join(', ')}.`,
  };
}
