import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../support/controlPlane.ts';
import type { FaultProxy } from '../support/faultProxy.ts';

/** Where harm can be done: to the server, and to the way to it. */
export interface ChaosScene {
  readonly plane: ControlPlane;
  readonly proxy: FaultProxy;
}

interface Fault {
  readonly name: string;
  /** Of how many that many are this one. */
  readonly weight: number;
  /** How long it lasts at the least and at the most. */
  readonly lastsMs: readonly [number, number];
  begin(scene: ChaosScene): Promise<void>;
}

const refusal = (code: number, reason: string, headers: Readonly<Record<string, string>> = {}) => {
  return async ({ proxy }: ChaosScene) => {
    const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `${reason}, by chaos` };
    proxy.instead = () => ({ code, headers, body: JSON.stringify(body) });
    proxy.way.cut();
  };
};

const faults: readonly Fault[] = [
  { name: 'cut', weight: 4, lastsMs: [0, 0], begin: async ({ proxy }) => proxy.way.cut() },
  { name: 'refuse', weight: 2, lastsMs: [500, 6_000], begin: ({ proxy }) => proxy.way.become('refused') },
  { name: 'slow', weight: 2, lastsMs: [1_000, 5_000], begin: ({ proxy }) => proxy.way.become('slow') },
  // Long enough to be noticed by silence.
  { name: 'swallow', weight: 2, lastsMs: [11_000, 13_000], begin: ({ proxy }) => proxy.way.become('silent') },
  // The server answers again before that, but not on what was open: noticed when the watch should have ended.
  { name: 'forget', weight: 0.3, lastsMs: [500, 2_000], begin: ({ proxy }) => proxy.way.become('silent') },
  { name: '429', weight: 1, lastsMs: [500, 4_000], begin: refusal(429, 'TooManyRequests', { 'retry-after': '5' }) },
  { name: '503', weight: 1, lastsMs: [500, 4_000], begin: refusal(503, 'ServiceUnavailable') },
  { name: '500', weight: 1, lastsMs: [500, 4_000], begin: refusal(500, 'InternalError') },
  { name: '403', weight: 1, lastsMs: [300, 1_500], begin: refusal(403, 'Forbidden') },
  { name: 'tear', weight: 3, lastsMs: [300, 3_000], begin: async ({ proxy }) => proxy.tearNextEvent() },
  {
    name: 'late',
    weight: 1,
    lastsMs: [500, 3_000],
    begin: async ({ proxy }) => {
      proxy.before = () => sleep(2_000);
      proxy.way.cut();
    },
  },
  {
    name: 'portal',
    weight: 1,
    lastsMs: [500, 3_000],
    begin: async ({ proxy }) => {
      proxy.instead = () => ({ code: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' });
      proxy.way.cut();
    },
  },
  { name: 'compact', weight: 1, lastsMs: [0, 0], begin: ({ plane }) => plane.compact() },
  {
    name: 'compact and restart',
    weight: 1,
    lastsMs: [0, 0],
    begin: async ({ plane }) => {
      await plane.compact();
      await plane.restartApiServer();
    },
  },
  { name: 'restart', weight: 0.7, lastsMs: [0, 0], begin: ({ plane }) => plane.restartApiServer() },
  { name: 'pause', weight: 1, lastsMs: [500, 11_000], begin: async ({ plane }) => plane.pauseApiServer() },
];

/** The names of all kinds of faults. */
export const faultNames: readonly string[] = faults.map(({ name }) => name);

/** Does harm of a kind and for a time that `random` chooses, mends everything, and answers what it was. */
export async function doHarm(scene: ChaosScene, random: () => number): Promise<{ name: string; lastedMs: number }> {
  const fault = choose(random);
  const [from, to] = fault.lastsMs;
  const lastsMs = from + random() * (to - from);
  const startedMs = performance.now();
  try {
    await fault.begin(scene);
    await sleep(lastsMs);
  } finally {
    scene.plane.resumeApiServer();
    await scene.proxy.mend();
  }
  return { name: fault.name, lastedMs: performance.now() - startedMs };
}

function choose(random: () => number): Fault {
  let rest = random() * faults.reduce((sum, { weight }) => sum + weight, 0);
  for (const fault of faults) {
    rest -= fault.weight;
    if (rest < 0) return fault;
  }
  throw new RangeError('random() gave 1 or more.');
}
