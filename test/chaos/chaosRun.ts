import { setTimeout as sleep } from 'node:timers/promises';
import type { Budget } from '../../src/domain/budgets.ts';
import { createClaim } from '../support/claimWriter.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { FastClock } from '../support/fastClock.ts';
import { FaultProxy } from '../support/faultProxy.ts';
import { Followed } from '../support/followedSession.ts';
import { createNamespace } from '../support/rights.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { AlertWitness } from './alertWitness.ts';
import type { ChaosOptions } from './chaosOptions.ts';
import { type ChaosScene, doHarm } from './randomFaults.ts';
import { RandomWriter } from './randomWriter.ts';
import { readTruth, TruthLog, untruths } from './truth.ts';

/** The product's clock runs so much faster than the machine's. */
const times = 10;
/** After a fault has ended, store and sums have to be right within so long. */
const convergeMs = 75_000;
/** More requests than this for one fault and the quiet after it are a storm. */
const stormRequests = 150;
const gibi = 1024n ** 3n;
/** About what is claimed between the tides. */
const budgets: readonly Budget[] = [
  { subject: { kind: 'total' }, bytes: 60n * gibi, explicit: true },
  { subject: { kind: 'namespace', name: 'chaos-a' }, bytes: 20n * gibi, explicit: true },
  { subject: { kind: 'namespace', name: 'chaos-b' }, bytes: 20n * gibi, explicit: true },
  { subject: { kind: 'class', name: 'waiting' }, bytes: 12n * gibi, explicit: true },
];
const endNamespace = 'chaos-end';

/**
 * Random writes straight at a real API server and random faults on the way to it, while the product follows by that way.
 * After each fault, and at the end, everything has to be as the server has it. Answers what was not, a line each.
 */
export async function chaosRun(
  { minutes, seed }: ChaosOptions,
  print: (line: string) => void,
): Promise<readonly string[]> {
  print(`seed ${seed}, ${minutes} minutes, the product's clock ${times} times as fast`);
  const plane = await ControlPlane.start();
  const proxy = await FaultProxy.start(plane.server, plane.ca, plane.servingCertificate('proxy'));
  try {
    return await new ChaosRun({ plane, proxy }, seed, print).run(minutes * 60_000);
  } finally {
    await proxy.close();
    await plane.stop();
  }
}

class ChaosRun {
  readonly #scene: ChaosScene;
  readonly #print: (line: string) => void;
  readonly #random: () => number;
  readonly #clock = new FastClock(times);
  readonly #writer: RandomWriter;
  readonly #truth: TruthLog;
  readonly #followed: Followed;
  readonly #witness: AlertWitness;
  readonly #wrong: string[] = [];
  readonly #harm = new Map<string, { count: number; longestMs: number }>();
  readonly #noteUnhandled = (reason: unknown) => this.#wrong.push(`unhandled rejection: ${String(reason)}`);

  constructor(scene: ChaosScene, seed: number, print: (line: string) => void) {
    const { plane, proxy } = scene;
    this.#scene = scene;
    this.#print = print;
    this.#random = seededRandom(seed);
    this.#writer = new RandomWriter(plane.admin, seededRandom(seed + 1));
    this.#truth = new TruthLog(plane.admin, this.#clock);
    const config = plane.kubeconfigObject('viewer', 'chaos');
    const [cluster] = config.clusters as [{ cluster: Record<string, string> }];
    cluster.cluster.server = proxy.url;
    this.#followed = new Followed(JSON.stringify(config), this.#clock);
    this.#witness = new AlertWitness(this.#followed.session, this.#clock, budgets);
  }

  async run(lastsMs: number): Promise<readonly string[]> {
    process.on('unhandledRejection', this.#noteUnhandled);
    this.#truth.start();
    this.#writer.start();
    const endMs = performance.now() + lastsMs;
    await this.#converge('the start');
    while (performance.now() < endMs && this.#wrong.length === 0) {
      await sleep(500 + this.#random() * 2_500);
      await this.#harmOnce();
    }
    await this.#writer.end();
    await this.#converge('the end');
    await this.#episodesAreRight();
    this.#followed.session.dispose();
    this.#witness.dispose();
    await this.#truth.end();
    this.#wrong.push(...this.#witness.faults(this.#truth));
    await sleep(1_000);
    if (this.#scene.proxy.way.open > 0)
      this.#wrong.push(`${this.#scene.proxy.way.open} sockets are open after the end`);
    if (this.#clock.pendingTimers > 0) this.#wrong.push(`${this.#clock.pendingTimers} timers are left after the end`);
    process.off('unhandledRejection', this.#noteUnhandled);
    this.#report();
    return this.#wrong;
  }

  async #harmOnce(): Promise<void> {
    const asked = this.#scene.proxy.requests.length;
    const { name, lastedMs } = await doHarm(this.#scene, this.#random);
    await this.#writer.pause();
    const tookMs = await this.#converge(name);
    this.#writer.resume();
    const requests = this.#scene.proxy.requests.length - asked;
    if (requests > stormRequests) this.#wrong.push(`${requests} requests because of ${name}`);
    const before = this.#harm.get(name);
    this.#harm.set(name, { count: (before?.count ?? 0) + 1, longestMs: Math.max(before?.longestMs ?? 0, tookMs) });
    this.#print(
      `${name.padEnd(20)} for ${seconds(lastedMs)} s, converged after ${seconds(tookMs)} s, ${requests} requests, ${this.#followed.snapshot.claimCount} claims, ${this.#followed.snapshot.claimedBytes / gibi}Gi`,
    );
  }

  /** Waits until the product is live and as the server is. */
  async #converge(what: string): Promise<number> {
    const startedMs = performance.now();
    let left = '';
    while (performance.now() - startedMs < convergeMs) {
      const truth = await readTruth(this.#scene.plane.admin).catch(() => undefined);
      const { snapshot } = this.#followed;
      const live = snapshot.connection.state === 'live' && snapshot.claimsState === 'live' && !snapshot.partial;
      left = truth ? untruths(truth, snapshot) : 'the API server does not answer';
      if (live && left === '') return performance.now() - startedMs;
      if (!live) left = `  ${JSON.stringify(snapshot.connection)}, claims ${snapshot.claimsState}\n${left}`;
      await sleep(100);
    }
    this.#wrong.push(`not as the server ${convergeMs / 1000} s after ${what}:\n${left}`);
    return convergeMs;
  }

  /** What is decidable: which budgets are breached at rest, and after an ending that is certain either way. */
  async #episodesAreRight(): Promise<void> {
    await this.#openIsWhatIsBreached('at the end');
    const { admin } = this.#scene.plane;
    await createNamespace(admin, endNamespace);
    for (let index = 0; index < 8; index++) await createClaim(admin, endNamespace, `end-${index}`, '8Gi');
    await this.#converge('a certain breach');
    await this.#openIsWhatIsBreached('after a certain breach');
    for (const line of this.#followed.snapshot.namespaces.values()) {
      for (const { name } of line.claims.values())
        await admin.send('DELETE', `/api/v1/namespaces/${line.name}/persistentvolumeclaims/${name}`);
    }
    await this.#converge('a certain end');
    await this.#openIsWhatIsBreached('after a certain end');
  }

  async #openIsWhatIsBreached(when: string): Promise<void> {
    await this.#witness.settled();
    const truth = await readTruth(this.#scene.plane.admin);
    const right = this.#witness.breachedIn(truth).join(', ');
    const open = this.#witness.open.join(', ');
    if (open !== right) this.#wrong.push(`episodes ${when}: open are [${open}], breached are [${right}]`);
  }

  #report(): void {
    const list = (counts: ReadonlyMap<string, number>) =>
      [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
    const { reflectors, requests } = this.#followed.session.diagnostics();
    const sum = (field: 'events' | 'lists' | 'watches' | 'failures') =>
      reflectors.reduce((total, each) => total + each[field], 0);
    this.#print(`faults:   ${[...this.#harm].map(([name, { count }]) => `${count} ${name}`).join(', ')}`);
    this.#print(
      `longest:  ${[...this.#harm].map(([name, { longestMs }]) => `${name} ${seconds(longestMs)} s`).join(', ')}`,
    );
    this.#print(`writes:   ${list(this.#writer.done)}`);
    this.#print(
      `product:  ${sum('events')} events, ${sum('lists')} lists, ${sum('watches')} watches, ${sum('failures')} failures survived, ${requests} requests`,
    );
    this.#print(`episodes: ${this.#witness.episodes.size}, told: ${this.#witness.told.length}`);
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
