// The product on the demo server, told by its parent what to do and measure: node --expose-gc client.cjs
import { noAlerts } from '../../src/domain/episode.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { gaugeOf } from '../../src/presentation/gauge.ts';
import { measureStorage, storageView } from '../../src/presentation/storageView.ts';
import type { Session } from '../../src/session/session.ts';
import { watchedLoop } from '../clients/eventLoop.ts';
import { kubeconfigSession } from '../clients/kubeconfigSession.ts';
import { pause } from '../clients/pause.ts';
import { snapshotWith } from '../clients/snapshotWith.ts';
import { nowMs } from './monotonic.ts';

/** What the parent asks for, one after the other; each is answered by one message. */
export type Order =
  | { readonly do: 'sync'; readonly kubeconfig: string; readonly claims: number }
  | { readonly do: 'rest'; readonly ms: number }
  | { readonly do: 'follow' }
  /** Waits until so many events have come since `follow`. */
  | { readonly do: 'followed'; readonly events: number }
  | { readonly do: 'heap' };

export interface Synced {
  readonly ms: number;
  readonly longestBlockMs: number;
  /** Heap in use after a collection over what it was before there was a session. */
  readonly keptBytes: number;
}

export interface Rested {
  readonly cpuMs: number;
}

/** A gauge that was drawn, and how many MiB were claimed then. */
export interface Drawn {
  readonly atMs: number;
  readonly claimedMi: number;
  readonly text: string;
}

export interface Followed {
  readonly drawn: readonly Drawn[];
  readonly longestBlockMs: number;
  readonly events: number;
  readonly claims: number;
  /** Lists and watches that were begun since `follow`: a stream that was lost. */
  readonly restarts: number;
}

const collect = (globalThis as { readonly gc?: () => void }).gc ?? (() => {});
const limitMs = 60_000;

class Client {
  #session: Session | undefined;
  #drawn: Drawn[] = [];
  #from = { events: 0, restarts: 0 };
  #stop: (() => number) | undefined;

  async sync(kubeconfig: string, claims: number): Promise<Synced> {
    this.#session?.dispose();
    this.#session = undefined;
    const before = await heapInUse();
    const longestBlock = await watchedLoop();
    const startedMs = nowMs();
    const session = kubeconfigSession(kubeconfig);
    this.#session = session;
    session.snapshot.subscribe((snapshot) => {
      const measured = measureStorage(snapshot, defaultSettings);
      const view = storageView(measured, noAlerts, new Map(), { pinned: undefined, remote: undefined });
      const { text } = gaugeOf(view, Date.now());
      this.#drawn.push({ atMs: nowMs(), claimedMi: Number(snapshot.claimedBytes / 1024n ** 2n), text });
    });
    await snapshotWith(session, ({ synced, claimsState, claimCount }) => {
      return synced && claimsState === 'live' && claimCount === claims;
    });
    const ms = nowMs() - startedMs;
    await pause(5);
    const longestBlockMs = longestBlock();
    return { ms, longestBlockMs, keptBytes: (await heapInUse()) - before };
  }

  async rest(ms: number): Promise<Rested> {
    await pause(3_000);
    const before = process.cpuUsage();
    await pause(ms);
    const { user, system } = process.cpuUsage(before);
    return { cpuMs: (user + system) / 1000 };
  }

  async follow(): Promise<{ readonly claimedMi: number }> {
    const { claimedMi } = this.#drawn.at(-1) ?? { claimedMi: Number.NaN };
    this.#drawn = [];
    this.#from = this.#counts();
    this.#stop = await watchedLoop();
    return { claimedMi };
  }

  async followed(events: number): Promise<Followed> {
    const giveUpMs = nowMs() + limitMs;
    while (this.#counts().events - this.#from.events < events && nowMs() < giveUpMs) await pause(5);
    // The last snapshot may be waiting.
    await pause(600);
    const longestBlockMs = this.#stop?.() ?? Number.NaN;
    const { events: seen, restarts } = this.#counts();
    const drawn = this.#drawn;
    return {
      drawn,
      longestBlockMs,
      events: seen - this.#from.events,
      claims: this.#session?.snapshot.value.claimCount ?? 0,
      restarts: restarts - this.#from.restarts,
    };
  }

  /** Of the claims alone: other kinds stand still. */
  #counts(): { readonly events: number; readonly restarts: number } {
    const reflectors = this.#session?.diagnostics().reflectors ?? [];
    const claims = reflectors.filter(({ path }) => path.endsWith('/persistentvolumeclaims'));
    return {
      events: claims.reduce((sum, each) => sum + each.events, 0),
      restarts: claims.reduce((sum, each) => sum + each.lists + each.watches, 0),
    };
  }
}

/** Bytes in use after a collection. */
async function heapInUse(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await pause(100);
    collect();
  }
  return process.memoryUsage().heapUsed;
}

const client = new Client();

async function answer(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'sync':
      return await client.sync(order.kubeconfig, order.claims);
    case 'rest':
      return await client.rest(order.ms);
    case 'follow':
      return await client.follow();
    case 'followed':
      return await client.followed(order.events);
    case 'heap':
      return await heapInUse();
  }
}

process.once('disconnect', () => process.exit());
process.on('message', (order: Order) => void answer(order).then((result) => process.send?.({ result })));
