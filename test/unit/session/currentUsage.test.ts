import assert from 'node:assert/strict';
import type { LeaseSource } from '../../../src/base/lease.ts';
import { SignalSource } from '../../../src/base/signal.ts';
import { targetOf } from '../../../src/cluster/resolveContext.ts';
import type { Reading, Readings } from '../../../src/domain/reading.ts';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import {
  CurrentUsage,
  type SharedUsage,
  type UsagePlan,
  type WrittenUsage,
} from '../../../src/session/currentUsage.ts';
import type { Session } from '../../../src/session/session.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { FakeSession } from './fakeSession.ts';

const reading: Reading = { quality: 'measured', subject: 'claim', reason: 'It is mounted.' };
const readingsOf = (...uids: string[]): Readings => new Map(uids.map((uid) => [uid, reading]));

function sessionOf(contextName: string, demo = false): FakeSession {
  const cluster = { name: contextName, server: `https://${contextName}.test`, insecureSkipTlsVerify: false };
  const target = targetOf(
    contextName,
    cluster,
    { name: 'u' },
    { namespace: 'default', origin: { label: 'test', files: [], demo } },
  );
  let sequence = 0;
  return new FakeSession(target, { namespaces: [], labelSelector: '', fieldSelector: '' }, () => ++sequence);
}

/** What the windows share, in memory. */
class Desk implements SharedUsage {
  readonly clock = new FakeClock();
  readonly written = new Map<string, WrittenUsage>();
  readonly held = new Map<string, SignalSource<boolean>>();

  async read(key: string): Promise<WrittenUsage | undefined> {
    return this.written.get(key);
  }

  async write(key: string, readings: Readings): Promise<void> {
    this.written.set(key, { readings, atMs: this.clock.now() });
  }

  /** The first window that asks has every lease until it is given to another. */
  leasesOf(window: string): LeaseSource {
    return {
      take: () => {
        const held = this.held.get(window) ?? new SignalSource(this.held.size === 0);
        this.held.set(window, held);
        return { held, confirm: async () => held.value, dispose: () => {} };
      },
    };
  }

  give(window: string): void {
    for (const [each, held] of this.held) held.set(each === window);
  }
}

class Window {
  readonly session = new SignalSource<Session | undefined>(undefined);
  readonly snapshot: SignalSource<StorageSnapshot>;
  readonly plansChanged = new SignalSource<unknown>(0);
  readonly answers = new SignalSource<ReadonlyMap<string, boolean>>(new Map());
  readonly asked: string[] = [];
  readonly reconsidered: string[] = [];
  readonly accessChanges = new SignalSource(0);
  plan: UsagePlan = { source: 'auto', prometheus: undefined, editorProxy: { url: '', noProxy: [] } };
  readonly usage: CurrentUsage;
  current: FakeSession;

  constructor(desk: Desk, name: string, session = sessionOf('prod')) {
    this.current = session;
    this.snapshot = new SignalSource(session.snapshot.value);
    this.usage = new CurrentUsage({
      session: this.session,
      snapshot: this.snapshot,
      planFor: () => this.plan,
      plansChanged: this.plansChanged,
      leases: desk.leasesOf(name),
      shared: desk,
      access: { of: async () => ({}), changes: this.accessChanges },
      env: {},
      consent: {
        answers: this.answers,
        ask: (identity, context) => this.asked.push(`${identity} ${context}`),
        reconsider: (identity) => this.reconsidered.push(identity),
      },
      clock: desk.clock,
    });
    this.follow(session);
  }

  follow(session: FakeSession): void {
    this.session.set(undefined);
    this.current = session;
    this.snapshot.set(session.snapshot.value);
    session.snapshot.subscribe((snapshot) => this.snapshot.set(snapshot));
    this.session.set(session);
  }

  /** UIDs of the claims that have a reading. */
  get shown(): readonly string[] {
    return [...this.usage.readings.value.keys()];
  }

  get running(): number {
    return this.current.measured.filter(({ ended }) => !ended).length;
  }

  /** The running engine has looked. */
  looks(...uids: string[]): void {
    const engine = this.current.measured.findLast(({ ended }) => !ended) ?? assert.fail('nothing is measured');
    engine.readings.set(readingsOf(...uids));
  }
}

describe('current usage', () => {
  let desk: Desk;
  const windows: Window[] = [];
  const open = async (name: string, session?: FakeSession) => {
    const window = new Window(desk, name, session);
    windows.push(window);
    await settle();
    return window;
  };

  beforeEach(() => {
    desk = new Desk();
  });
  afterEach(() => {
    for (const { usage } of windows.splice(0)) usage.dispose();
    assert.equal(desk.clock.pendingTimers, 0);
  });

  it('is read by the window that holds the lease, and the other shows the same', async () => {
    const [a, b] = [await open('a'), await open('b')];
    assert.deepEqual([a.running, b.running], [1, 0]);
    a.looks('c1', 'c2');
    await desk.clock.advance(5_000);
    assert.deepEqual(b.shown, ['c1', 'c2']);
    assert.equal(b.usage.readings.value, a.usage.readings.value);
    a.looks('c2');
    await desk.clock.advance(5_000);
    assert.deepEqual(b.shown, ['c2']);
    assert.equal(b.current.measured.length, 0);
  });

  it('goes on in the window that takes over, from what was known, and no sooner than a minute after the last look', async () => {
    const [a, b] = [await open('a'), await open('b')];
    a.looks('c1');
    await desk.clock.advance(10_000);
    desk.give('b');
    assert.deepEqual([a.running, b.running], [0, 0]);
    await desk.clock.advance(45_000);
    assert.equal(b.running, 0);
    await desk.clock.advance(10_000);
    assert.deepEqual([a.running, b.running], [0, 1]);
    assert.deepEqual([...(b.current.measured[0]?.options.known?.keys() ?? [])], ['c1']);
    b.looks('c1', 'c3');
    await desk.clock.advance(5_000);
    assert.deepEqual(a.shown, ['c1', 'c3']);
  });

  it('goes another way when the proxy changes, and shares nothing of its password', async () => {
    const a = await open('a');
    a.looks('c1');
    a.plan = { ...a.plan, editorProxy: { url: 'http://me:very-secret@proxy:3128', noProxy: [] } };
    a.plansChanged.set(1);
    await settle();
    await desk.clock.advance(61_000);
    assert.equal(a.running, 1);
    assert.match(a.current.measured.at(-1)?.options.proxies.editor.url ?? '', /very-secret/);
    a.looks('c1');
    assert.equal(desk.written.size, 1);
    assert.doesNotMatch([...desk.written.keys()].join('\n'), /very-secret|3128/);
  });

  it('shows nothing of one target under another', async () => {
    const a = await open('a');
    a.looks('c1');
    const old = a.current;
    a.follow(sessionOf('dev'));
    assert.deepEqual(a.shown, []);
    assert.deepEqual(
      old.measured.map(({ ended }) => ended),
      [true],
    );
    await settle();
    assert.equal(a.running, 1);
    assert.equal(a.current.measured[0]?.options.known?.size, 0);
    old.measured[0]?.readings.set(readingsOf('c9'));
    await desk.clock.advance(10_000);
    assert.deepEqual(a.shown, []);
  });

  it('is shown on, and not read, while the contact is lost', async () => {
    const a = await open('a');
    a.looks('c1');
    a.current.lose();
    assert.equal(a.running, 0);
    assert.deepEqual(a.shown, ['c1']);
    a.current.live(1);
    await desk.clock.advance(60_000);
    assert.equal(a.running, 1);
  });

  it('is read anew at once with other credentials', async () => {
    const a = await open('a');
    a.looks('c1');
    const looks = a.current.measured.length;
    a.accessChanges.set(1);
    await settle();
    assert.deepEqual([a.running, a.current.measured.length], [1, looks + 1]);
  });

  it('is not read where it is switched off, and is where it is switched on again', async () => {
    const a = await open('a');
    a.looks('c1');
    a.plan = { ...a.plan, source: 'off' };
    a.plansChanged.set(1);
    assert.deepEqual([a.running, a.shown.length], [0, 0]);
    a.plan = { ...a.plan, source: 'kubelet' };
    a.plansChanged.set(2);
    await settle();
    assert.equal(a.running, 1);
    assert.equal(a.current.measured.at(-1)?.options.source, 'kubelet');
  });

  it('of the demo is read in each window, without a question, and never written', async () => {
    const [a, b] = [await open('a', sessionOf('demo', true)), await open('b', sessionOf('demo', true))];
    assert.deepEqual([a.running, b.running], [1, 1]);
    a.looks('c1');
    await desk.clock.advance(10_000);
    assert.deepEqual([a.shown, b.shown, desk.written.size], [['c1'], [], 0]);
    const { signal } = new AbortController();
    assert.equal(await a.current.measured[0]?.options.consent(signal), true);
    assert.deepEqual(a.asked, []);
  });

  it('is not read from kubelets before the user says yes, and then at once', async () => {
    const a = await open('a');
    const { signal } = new AbortController();
    assert.equal(await a.current.measured[0]?.options.consent(signal), false);
    assert.deepEqual(a.asked, ['id prod']);
    a.looks('c1');
    a.answers.set(new Map([['id', true]]));
    assert.deepEqual(
      a.current.measured.map(({ ended }) => ended),
      [true, false],
    );
    assert.equal(await a.current.measured[1]?.options.consent(signal), true);
    a.answers.set(new Map([['id', false]]));
    assert.equal(await a.current.measured[1]?.options.consent(signal), false);
    assert.deepEqual(a.asked, ['id prod']);
  });

  it('may be asked for again when the user comes to choose kubelets, and not because they are chosen', async () => {
    const a = await open('a');
    const choose = (source: UsagePlan['source']) => {
      a.plan = { ...a.plan, source };
      a.plansChanged.set({});
    };
    choose('prometheus');
    assert.deepEqual(a.reconsidered, []);
    choose('kubelet');
    a.plansChanged.set({});
    assert.deepEqual(a.reconsidered, ['id']);
    choose('off');
    choose('kubelet');
    assert.deepEqual(a.reconsidered, ['id', 'id']);
    a.follow(sessionOf('other'));
    assert.equal(a.reconsidered.length, 2);
  });
});
