import { type Log, silentLog } from '../../../src/base/log.ts';
import { Connection } from '../../../src/cluster/connection.ts';
import type { ReflectorState } from '../../../src/cluster/consumer.ts';
import type { CredentialSource } from '../../../src/cluster/credential.ts';
import { Probe } from '../../../src/cluster/probe.ts';
import { Reflector } from '../../../src/cluster/reflector.ts';
import { targetOf } from '../../../src/cluster/resolveContext.ts';
import type { ResolvedTarget } from '../../../src/cluster/resolvedTarget.ts';
import { succeed } from '../../../src/domain/apiError.ts';
import { ClaimIndex } from '../../../src/domain/claimIndex.ts';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import { claims } from '../../../src/wire/claims.ts';
import { type Exchange, FakeApiServer, type Handler } from '../../support/fakeApiServer.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { eventually } from './eventually.ts';

/** How the fake server answers: the n-th list by the n-th handler and so on; the last one answers all that follow. */
export interface Script {
  readonly lists?: readonly Handler[];
  readonly watches?: readonly Handler[];
  readonly probe?: Handler;
  /** Leaves watches open past their timeoutSeconds, as a proxy does whose other side is gone. */
  readonly deaf?: boolean;
}

/** A reflector of claims on a fake API server, with its clock, its sink and the states it has told. */
export class Harness {
  readonly clock = new FakeClock();
  readonly index = new ClaimIndex();
  readonly states: ReflectorState[] = [];
  /** What reached the sink, in order: `replace 2`, `upsert data/1`, `remove data`. */
  readonly changes: string[] = [];
  readonly server: FakeApiServer;
  readonly connection: Connection;
  readonly probe: Probe;
  readonly log = new WarningLog();
  readonly reflector: Reflector<ClaimRecord>;
  readonly #abort = new AbortController();
  /** How many watches the server has ended because their time was up. */
  timedOut = 0;
  /** What `Math.random` would give. */
  random = 0.5;

  constructor(server: FakeApiServer, script: Script, credentials: CredentialSource = noCredential) {
    this.server = server;
    const seen = { lists: 0, watches: 0 };
    server.handler = (exchange) => {
      const { path, query } = exchange.request;
      if (path === '/readyz') (script.probe ?? ready)(exchange);
      else if (query.get('watch') === '1') {
        nth(script.watches ?? [quietWatch], seen.watches++)(exchange);
        if (!script.deaf) this.#endInTime(exchange);
      } else nth(script.lists ?? [emptyList], seen.lists++)(exchange);
    };
    const { index } = this;
    this.connection = new Connection(targetAt(server.url), credentials, silentLog, this.clock);
    this.probe = new Probe(this.connection, this.clock);
    this.reflector = new Reflector({
      collection: { kind: claims },
      connection: this.connection,
      probe: this.probe,
      clock: this.clock,
      random: () => this.random,
      log: this.log,
      sink: {
        get size() {
          return index.size();
        },
        replace: (items) => {
          this.changes.push(`replace ${items.length}`);
          return this.index.replace(items);
        },
        upsert: (claim) => {
          this.changes.push(`upsert ${claim.name}/${claim.resourceVersion}`);
          this.index.upsert(claim);
        },
        remove: (claim) => {
          this.changes.push(`remove ${claim.name}`);
          this.index.remove(claim.uid);
        },
      },
      onState: (state) => this.states.push(state),
    });
  }

  /** Names of the claims that are known, sorted. */
  get names(): readonly string[] {
    const all = [...this.index.picture().namespaces.values()].flatMap(({ claims: own }) => [...own.values()]);
    return all.map(({ name }) => name).sort();
  }

  get state(): ReflectorState {
    return this.reflector.state;
  }

  /** Reason of the present failure, or the phase. */
  get phase(): string {
    return this.state.phase === 'waiting' ? this.state.error.reason : this.state.phase;
  }

  run(): Promise<void> {
    return this.reflector.run(this.#abort.signal);
  }

  stop(): void {
    this.#abort.abort();
  }

  /** After a failure a quiet watch has to stand for a few seconds before it counts. */
  async watching(count = 1): Promise<void> {
    await eventually(`watch ${count} has begun`, () => this.server.watches.length >= count);
    for (let second = 0; second < 6 && this.state.phase === 'waiting'; second++) await this.drive(1_000);
    await eventually(`watch ${count} is live`, () => this.phase === 'live');
  }

  async failed(reason: string): Promise<void> {
    await eventually(`it waits because of ${reason}`, () => this.phase === reason);
    await this.server.quiet();
  }

  /** Moves time in steps, each with time for the network. */
  async drive(totalMs: number, stepMs = 1_000): Promise<void> {
    for (let passedMs = 0; passedMs < totalMs; passedMs += stepMs) {
      await this.clock.advance(Math.min(stepMs, totalMs - passedMs));
      await this.server.quiet();
    }
  }

  #endInTime(exchange: Exchange): void {
    this.clock.after(Number(exchange.request.query.get('timeoutSeconds')) * 1000, () => {
      if (exchange.closed) return;
      this.timedOut++;
      exchange.end();
    });
  }

  async end(): Promise<void> {
    this.stop();
    this.connection.dispose();
    await this.server.close();
  }
}

/** Keeps what it is warned of. */
class WarningLog implements Log {
  readonly warnings: string[] = [];
  readonly debug = silentLog.debug;
  readonly info = silentLog.info;
  readonly error = silentLog.error;
  readonly warn = (line: string) => {
    this.warnings.push(line);
  };
}

/** Gives every test its own server and reflector and ends both after it. */
export function harnesses(): (script: Script, credentials?: CredentialSource) => Promise<Harness> {
  const open: Harness[] = [];
  beforeEach(function () {
    this.currentTest?.timeout(20_000);
  });
  afterEach(async () => {
    for (const harness of open.splice(0)) await harness.end();
  });
  return async (script, credentials) => {
    const harness = new Harness(await FakeApiServer.start(), script, credentials);
    open.push(harness);
    return harness;
  };
}

export const noCredential: CredentialSource = { canRefresh: false, get: async () => succeed({}) };
export const emptyList: Handler = (exchange) => exchange.page([], '1');
export const quietWatch: Handler = (exchange) => exchange.begin();
export const ready: Handler = (exchange) => exchange.text('ok', 'text/plain');

/** A list of claims named so, at a resourceVersion. */
export function listOf(resourceVersion: string, ...names: readonly string[]): Handler {
  const items = names.map((name) => claim(name));
  return (exchange) => exchange.page(items, resourceVersion);
}

export function claim(name: string, resourceVersion = '1', uid = `uid-${name}`, size = '1Gi') {
  return {
    metadata: { name, namespace: 'shop', uid, resourceVersion },
    spec: { resources: { requests: { storage: size } } },
    status: { phase: 'Bound' },
  };
}

export function targetAt(server: string, more: Partial<ResolvedTarget['cluster']> = {}): ResolvedTarget {
  const cluster = { name: 'fake', server, insecureSkipTlsVerify: false, ...more };
  const origin = { label: 'test', files: [] };
  return targetOf('fake', cluster, { name: 'tester' }, { namespace: 'default', origin });
}

function nth(handlers: readonly Handler[], index: number): Handler {
  return handlers[Math.min(index, handlers.length - 1)] ?? (() => {});
}
