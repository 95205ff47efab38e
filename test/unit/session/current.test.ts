import assert from 'node:assert/strict';
import { silentLog } from '../../../src/base/log.ts';
import { SignalSource } from '../../../src/base/signal.ts';
import { targetOf } from '../../../src/cluster/resolveContext.ts';
import type { ResolvedTarget } from '../../../src/cluster/resolvedTarget.ts';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import type { Scope } from '../../../src/domain/target.ts';
import { type ConnectMode, CurrentStorage, type FollowPlan } from '../../../src/session/current.ts';
import type { TargetChoice } from '../../../src/session/follow.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { FakeSession } from './fakeSession.ts';

const everything: Scope = { namespaces: [], labelSelector: '', fieldSelector: '' };

function target(contextName: string, token = 'a', demo = false): ResolvedTarget {
  const cluster = { name: contextName, server: `https://${contextName}.test`, insecureSkipTlsVerify: false };
  const origin = { label: 'test', files: [], demo };
  return targetOf(contextName, cluster, { name: 'u', token }, { namespace: 'default', origin });
}

function choose(resolved: ResolvedTarget): TargetChoice {
  return { kind: 'target', target: resolved, contexts: [] };
}

describe('current storage', () => {
  const choice = new SignalSource<TargetChoice | undefined>(undefined);
  const plansChanged = new SignalSource<unknown>(0);
  const viewSeen = new SignalSource(false);
  let plan: FollowPlan;
  let current: CurrentStorage;
  /** Openings that wait for the test, in order. */
  let openings: {
    readonly resolve: () => FakeSession;
    readonly reject: (error: Error) => void;
    readonly foreign: () => void;
  }[];
  let clock: FakeClock;
  let shown: StorageSnapshot[];

  beforeEach(() => {
    choice.set(undefined);
    viewSeen.set(false);
    plan = { scope: everything, connect: 'auto' };
    openings = [];
    shown = [];
    clock = new FakeClock();
    current = new CurrentStorage({
      choice,
      planFor: () => plan,
      plansChanged,
      viewSeen,
      open: (resolved, scope, sequence, foreign) =>
        new Promise((resolve, reject) => {
          const opened = () => {
            const session = new FakeSession(resolved, scope, sequence);
            resolve(session);
            return session;
          };
          openings.push({ resolve: opened, reject, foreign });
        }),
      clock,
      log: silentLog,
    });
    current.snapshot.subscribe((snapshot) => shown.push(snapshot));
  });
  afterEach(() => current.dispose());

  async function open(index: number): Promise<FakeSession> {
    const session = (openings[index] ?? assert.fail(`nothing was opened as ${index}`)).resolve();
    await settle();
    return session;
  }

  const states = () => shown.map(({ target: of, connection }) => `${of?.contextName ?? '-'} ${connection.state}`);

  it('says why there is nothing to follow, and closes what was followed', async () => {
    choice.set(choose(target('a')));
    const session = await open(0);
    choice.set({ kind: 'none', reason: 'noKubeconfig', message: 'There is none.', contexts: [] });
    assert.equal(session.disposed, true);
    assert.deepEqual(current.snapshot.value.connection, {
      state: 'none',
      reason: 'noKubeconfig',
      message: 'There is none.',
    });
    assert.equal(current.session.value, undefined);
  });

  it('shows connecting while it opens, then what the session says', async () => {
    choice.set(choose(target('a')));
    const session = await open(0);
    session.live(3);
    assert.deepEqual(states(), ['a connecting', 'a live', 'a live']);
    assert.equal(current.snapshot.value.claimCount, 3);
    assert.equal(current.session.value, session);
  });

  it('shows nothing of an old target under a new one', async () => {
    choice.set(choose(target('a')));
    const old = await open(0);
    old.live(3);
    choice.set(choose(target('b')));
    assert.equal(old.disposed, true);
    assert.equal(current.snapshot.value.target?.contextName, 'b');
    assert.equal(current.snapshot.value.claimCount, 0);
    assert.equal(current.session.value, undefined);
    old.live(4);
    assert.equal(current.snapshot.value.claimCount, 0);
    (await open(1)).live(1);
    assert.deepEqual(states(), ['a connecting', 'a live', 'a live', 'b connecting', 'b live', 'b live']);
  });

  it('numbers snapshots upwards over all targets', async () => {
    choice.set(choose(target('a')));
    (await open(0)).live(1);
    choice.set(choose(target('b')));
    (await open(1)).live(1);
    const numbers = shown.map(({ sequence }) => sequence);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(numbers).size, numbers.length);
  });

  it('disposes a session that opens after it was superseded', async () => {
    choice.set(choose(target('a')));
    choice.set(choose(target('b')));
    const late = await open(0);
    assert.equal(late.disposed, true);
    assert.equal(current.snapshot.value.target?.contextName, 'b');
    const session = await open(1);
    assert.equal(current.session.value, session);
  });

  it('uses only the last opening after a switch there and back', async () => {
    choice.set(choose(target('a')));
    choice.set(choose(target('b')));
    choice.set(choose(target('a', 'new')));
    const first = await open(0);
    assert.equal(first.disposed, true);
    assert.equal(current.session.value, undefined);
    const last = await open(2);
    assert.equal(current.session.value, last);
    assert.equal(last.disposed, false);
  });

  it('ignores the failure of an opening that was superseded', async () => {
    choice.set(choose(target('a')));
    choice.set(choose(target('b')));
    openings[0]?.reject(new Error('bundle'));
    await settle();
    assert.equal(current.snapshot.value.connection.state, 'connecting');
  });

  it('shows why it could not be opened, and opens again on a retry', async () => {
    choice.set(choose(target('a')));
    openings[0]?.reject(new Error('The bundle is missing.'));
    await settle();
    assert.deepEqual(current.snapshot.value.connection, {
      state: 'failing',
      error: { reason: 'config', message: 'The bundle is missing.' },
    });
    current.retry('background');
    assert.equal((await open(1)).disposed, false);
    assert.equal(current.snapshot.value.connection.state, 'live');
  });

  it('keeps one session when it is retried while it opens', async () => {
    choice.set(choose(target('a')));
    current.retry('click');
    const sessions = [];
    for (const index of openings.keys()) sessions.push(await open(index));
    assert.equal(sessions.filter(({ disposed }) => !disposed).length, 1);
    assert.equal(current.session.value, sessions.at(-1));
  });

  it('passes a retry on to the open session', async () => {
    choice.set(choose(target('a')));
    const session = await open(0);
    current.retry('click');
    assert.deepEqual(session.retries, ['click']);
    assert.equal(openings.length, 1);
  });

  it('reconnects the same session with rotated credentials', async () => {
    choice.set(choose(target('a', 'old')));
    const session = await open(0);
    session.live(3);
    const rotated = target('a', 'new');
    choice.set(choose(rotated));
    assert.deepEqual(session.reconnects, [rotated]);
    assert.equal(openings.length, 1);
    assert.equal(current.snapshot.value.claimCount, 3);
  });

  it('reconnects when the credentials were rotated while it was being opened', async () => {
    choice.set(choose(target('a', 'old')));
    const rotated = target('a', 'new');
    choice.set(choose(rotated));
    const session = await open(0);
    assert.deepEqual(session.reconnects, [rotated]);
  });

  it('opens anew for another scope, and not when nothing effective has changed', async () => {
    choice.set(choose(target('a')));
    const session = await open(0);
    plansChanged.set(1);
    assert.equal(openings.length, 1);
    plan = { ...plan, scope: { ...everything, namespaces: ['shop'] } };
    plansChanged.set(2);
    assert.equal(session.disposed, true);
    assert.deepEqual((await open(1)).scope.namespaces, ['shop']);
  });

  const modes: readonly [ConnectMode, number, number, number][] = [
    ['auto', 1, 1, 1],
    ['onView', 0, 1, 1],
    ['manual', 0, 0, 1],
  ];
  for (const [connect, atOnce, whenSeen, afterClick] of modes) {
    it(`with connect ${connect} opens ${atOnce} at once, ${whenSeen} once the view was seen, ${afterClick} on a click`, () => {
      plan = { ...plan, connect };
      choice.set(choose(target('a')));
      assert.equal(openings.length, atOnce);
      assert.equal(current.snapshot.value.connection.state, atOnce ? 'connecting' : 'idle');
      viewSeen.set(true);
      assert.equal(openings.length, whenSeen);
      if (whenSeen === 0) current.retry('click');
      assert.equal(openings.length, afterClick);
    });
  }

  it('does not take a background retry for a click', () => {
    plan = { ...plan, connect: 'manual' };
    choice.set(choose(target('a')));
    current.retry('background');
    assert.equal(openings.length, 0);
    assert.equal(current.snapshot.value.connection.state, 'idle');
  });

  it('connects to the demo cluster without being asked twice', () => {
    plan = { ...plan, connect: 'manual' };
    choice.set(choose(target('demo', 'a', true)));
    assert.equal(openings.length, 1);
  });

  it('a click for one target is none for another', () => {
    plan = { ...plan, connect: 'manual' };
    choice.set(choose(target('a')));
    current.retry('click');
    choice.set(choose(target('b')));
    assert.equal(openings.length, 1);
    assert.equal(current.snapshot.value.connection.state, 'idle');
  });

  it('opens anew, from an empty picture, when another cluster has come in the place of the one it followed', async () => {
    choice.set(choose(target('a', 'old')));
    const old = await open(0);
    const rotated = target('a', 'new');
    choice.set(choose(rotated));
    old.live(3);
    shown = [];
    openings[0]?.foreign();
    assert.equal(old.disposed, true);
    assert.equal(current.session.value, undefined);
    assert.deepEqual(states(), ['a connecting']);
    assert.equal(current.snapshot.value.claimCount, 0);
    assert.equal(current.snapshot.value.identity, undefined);
    const session = await open(1);
    assert.equal(session.resolved, rotated);
    assert.equal(current.session.value, session);
    choice.set(choose(rotated));
    assert.equal(openings.length, 2);
  });

  it('opens anew for another cluster although the plan would wait now', async () => {
    choice.set(choose(target('a')));
    await open(0);
    plan = { ...plan, connect: 'manual' };
    plansChanged.set({});
    openings[0]?.foreign();
    await open(1);
    assert.equal(current.snapshot.value.connection.state, 'live');
  });

  it('does not listen to a session that was replaced', async () => {
    choice.set(choose(target('a')));
    await open(0);
    choice.set(choose(target('b')));
    const session = await open(1);
    openings[0]?.foreign();
    assert.equal(session.disposed, false);
    assert.equal(openings.length, 2);
  });

  it('wakes what has lost contact at once, and then at most once per five seconds', async () => {
    choice.set(choose(target('a')));
    const session = await open(0);
    current.wake();
    assert.equal(session.wakes, 0, 'what is live is left alone');
    session.lose();
    for (let time = 0; time < 4; time++) current.wake();
    assert.equal(session.wakes, 1);
    await clock.advance(4_900);
    assert.equal(session.wakes, 1);
    await clock.advance(200);
    assert.equal(session.wakes, 2, 'the last look is not lost');
    await clock.advance(60_000);
    assert.equal(session.wakes, 2);
    assert.deepEqual(session.retries, []);
    current.wake();
    current.wake();
    assert.equal(session.wakes, 3);
    session.live(1);
    await clock.advance(60_000);
    assert.equal(session.wakes, 3, 'it is live by then');
    assert.equal(clock.pendingTimers, 0);
  });

  describe('with selectors that the server refuses', () => {
    const select = (labelSelector: string, fieldSelector = '') => {
      plan = { ...plan, scope: { ...everything, labelSelector, fieldSelector } };
      plansChanged.set({});
    };
    const opened = async () => await open(openings.length - 1);

    it('keeps the last good ones in force, and says which were refused', async () => {
      choice.set(choose(target('a')));
      select('app=db');
      (await opened()).live(2);
      shown = [];
      select('app in (');
      assert.equal((await opened()).disposed, true);
      const good = await opened();
      assert.equal(good.scope.labelSelector, 'app=db');
      good.live(2);
      const { connection, claimCount, scope, selectorError, refusedSelectors } = current.snapshot.value;
      assert.deepEqual([connection.state, claimCount, scope.labelSelector], ['live', 2, 'app=db']);
      assert.match(selectorError?.message ?? '', /unable to parse/);
      assert.deepEqual(refusedSelectors, { labelSelector: 'app in (', fieldSelector: '' });
      assert.ok(shown.every((snapshot) => snapshot.connection.state !== 'failing'));
    });

    it('follows everything where none were good before, and asks for the refused ones once', async () => {
      select('app in (');
      choice.set(choose(target('a')));
      await opened();
      assert.equal((await opened()).scope.labelSelector, '');
      const { length } = openings;
      plansChanged.set({});
      choice.set(choose(target('b')));
      await opened();
      await opened();
      choice.set(choose(target('a')));
      assert.equal((await opened()).scope.labelSelector, '');
      assert.equal(openings.length, length + 3);
    });

    it('tries a new value, and is silent about the old one then', async () => {
      choice.set(choose(target('a')));
      await opened();
      select('app in (');
      await opened();
      const good = await opened();
      select('app=db');
      assert.equal(good.disposed, true);
      assert.equal((await opened()).scope.labelSelector, 'app=db');
      assert.equal(current.snapshot.value.selectorError, undefined);
      assert.equal(current.snapshot.value.refusedSelectors, undefined);
    });

    it('goes on with the same session when the setting goes back to the good value', async () => {
      choice.set(choose(target('a')));
      await opened();
      select('app in (');
      await opened();
      const good = await opened();
      good.live(3);
      assert.notEqual(current.snapshot.value.selectorError, undefined);
      select('');
      assert.equal(good.disposed, false);
      assert.deepEqual([current.snapshot.value.claimCount, current.snapshot.value.selectorError], [3, undefined]);
    });

    it('takes no error for a refusal of what was accepted before', async () => {
      select('app=db');
      choice.set(choose(target('a')));
      const session = await opened();
      session.refuse();
      assert.equal(session.disposed, false);
      assert.match(current.snapshot.value.selectorError?.message ?? '', /unable to parse/);
    });
  });

  it('ends its session, and what opens later, when it is disposed', async () => {
    choice.set(choose(target('a')));
    const session = await open(0);
    choice.set(choose(target('b')));
    current.dispose();
    assert.equal(session.disposed, true);
    assert.equal((await open(1)).disposed, true);
    const { length } = shown;
    choice.set(choose(target('c')));
    assert.equal(shown.length, length);
  });
});
