import { silentLog } from '../../../src/base/log.ts';
import { constantSignal } from '../../../src/base/signal.ts';
import type { ResolvedTarget } from '../../../src/cluster/resolvedTarget.ts';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import type { Scope } from '../../../src/domain/target.ts';
import { openSession } from '../../../src/session/openSession.ts';
import type { Session } from '../../../src/session/session.ts';
import { type Exchange, FakeApiServer } from '../../support/fakeApiServer.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { eventually } from '../cluster/eventually.ts';
import { noCredential, targetAt } from '../cluster/reflectorHarness.ts';

const claimsPath = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/persistentvolumeclaims$/;

/** A small cluster on a fake API server, whose rights and moods the test sets, and a session on it. */
export class FakeCluster {
  readonly server: FakeApiServer;
  readonly clock = new FakeClock();
  /** Sizes in Gi by namespace and claim. */
  readonly claims: Record<string, Record<string, number>> = { shop: { data: 10, cache: 5 }, blog: { media: 50 } };
  /** Paths that are answered 403. */
  forbidden: (path: string) => boolean = () => false;
  /** Answers instead of the cluster if it returns true. */
  instead: (exchange: Exchange) => boolean = () => false;
  /** UID of kube-system. */
  uid = 'cluster-uid';
  /** How often the session has said that this is another cluster. */
  foreign = 0;
  /** How often the session has asked for a source of credentials. */
  credentialsMade = 0;
  session: Session | undefined;
  readonly shown: StorageSnapshot[] = [];

  constructor(server: FakeApiServer) {
    this.server = server;
    server.handler = (exchange) => {
      if (!this.instead(exchange)) this.#answer(exchange);
    };
  }

  open(scope: Partial<Scope> = {}, change: (target: ResolvedTarget) => ResolvedTarget = (target) => target): Session {
    let sequence = 0;
    const session = openSession({
      target: change(targetAt(this.server.url)),
      scope: { namespaces: [], labelSelector: '', fieldSelector: '', ...scope },
      credentials: () => {
        this.credentialsMade++;
        return noCredential;
      },
      clock: this.clock,
      random: () => 0.5,
      log: silentLog,
      sequence: () => ++sequence,
      foreign: () => {
        this.foreign++;
      },
    });
    this.session = session;
    session.snapshot.subscribe((snapshot) => this.shown.push(snapshot));
    return session;
  }

  get snapshot(): StorageSnapshot {
    return (this.session?.snapshot ?? constantSignal(undefined)).value ?? neverOpened();
  }

  /** Lets time pass, in steps that give publisher and network their turns, until the snapshot is like this. */
  async shows(what: string, like: (snapshot: StorageSnapshot) => boolean, stepMs = 50): Promise<StorageSnapshot> {
    for (let step = 0; step < 400 && !like(this.snapshot); step++) {
      await this.clock.advance(stepMs);
      await this.server.quiet();
    }
    await eventually(what, () => like(this.snapshot), 100);
    return this.snapshot;
  }

  async drive(totalMs: number, stepMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < totalMs; passedMs += stepMs) {
      await this.clock.advance(stepMs);
      await this.server.quiet();
    }
  }

  /** The open watch of these claims. */
  watchOf(namespace?: string): Exchange | undefined {
    return this.server.exchanges.findLast(({ request, closed }) => {
      const match = claimsPath.exec(request.path);
      return !closed && request.query.get('watch') === '1' && match !== null && match[1] === namespace;
    });
  }

  async close(): Promise<void> {
    this.session?.dispose();
    await this.server.close();
  }

  #answer(exchange: Exchange): void {
    const { path, query } = exchange.request;
    if (this.forbidden(path)) exchange.status(403, 'Forbidden', `tester cannot read ${path}`);
    else if (query.get('watch') === '1') exchange.begin();
    else if (path === '/version') exchange.json({ gitVersion: 'v1.99.0' });
    else if (path === '/readyz') exchange.text('ok', 'text/plain');
    else if (path === '/api/v1/namespaces/kube-system') exchange.json({ metadata: { uid: this.uid } });
    else if (path === '/api/v1/namespaces') exchange.page(Object.keys(this.claims).map(namespaceObject), '1');
    else if (path === '/apis/storage.k8s.io/v1/storageclasses') exchange.page([classObject], '1');
    else if (claimsPath.test(path)) exchange.page(this.#claimsOf(claimsPath.exec(path)?.[1]), '1');
    else exchange.status(404, 'NotFound', `there is no ${path}`);
  }

  #claimsOf(only: string | undefined): readonly unknown[] {
    return Object.entries(this.claims)
      .filter(([namespace]) => only === undefined || namespace === only)
      .flatMap(([namespace, sizes]) => Object.entries(sizes).map(([name, size]) => claimObject(namespace, name, size)));
  }
}

export function claimObject(namespace: string, name: string, gibibytes: number, resourceVersion = '1') {
  return {
    metadata: { namespace, name, uid: `${namespace}-${name}`, resourceVersion },
    spec: { resources: { requests: { storage: `${gibibytes}Gi` } }, storageClassName: 'fast' },
    status: { phase: 'Bound' },
  };
}

/** Gives every test its own cluster and closes it afterwards. */
export function fakeClusters(): () => FakeCluster {
  let cluster: FakeCluster | undefined;
  beforeEach(async function () {
    this.currentTest?.timeout(20_000);
    cluster = new FakeCluster(await FakeApiServer.start());
  });
  afterEach(async () => await cluster?.close());
  return () => cluster ?? neverOpened();
}

const classObject = { metadata: { name: 'fast', uid: 'class-1', resourceVersion: '1' }, provisioner: 'test' };

function namespaceObject(name: string) {
  return { metadata: { name, uid: `ns-${name}`, resourceVersion: '1' } };
}

function neverOpened(): never {
  throw new Error('Nothing was opened.');
}
