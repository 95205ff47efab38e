import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../../src/base/log.ts';
import { constantSignal, SignalSource } from '../../src/base/signal.ts';
import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import { CurrentStorage } from '../../src/session/current.ts';
import { type FollowInputs, followTarget } from '../../src/session/follow.ts';
import { openGatedSession } from '../../src/session/openSession.ts';
import { claimsOfCluster, claimsOfSnapshot, differences } from '../support/clusterTruth.ts';
import { FastClock } from '../support/fastClock.ts';
import { willingGate } from '../support/textTarget.ts';
import { until } from '../support/until.ts';
import { type Stage, times } from './stage.ts';

/** What a window has between its kubeconfig and its snapshot: the follower of files, and the one session of the moment. */
class Window {
  readonly clock = new FastClock(times);
  readonly inputs: SignalSource<FollowInputs>;
  readonly storage: CurrentStorage;
  readonly shown: StorageSnapshot[] = [];
  readonly #follower;

  constructor(kubeconfig: string) {
    const { clock } = this;
    const editorProxy = { url: '', noProxy: [] };
    const none = { context: '', pinned: undefined, kubernetesExtension: undefined, editorProxy, demo: undefined };
    this.inputs = new SignalSource<FollowInputs>({ kubeconfig, ...none });
    this.#follower = followTarget({ inputs: this.inputs, env: {}, home: '/nowhere', clock, log: silentLog });
    this.storage = new CurrentStorage({
      choice: this.#follower.choice,
      planFor: ({ namespace }) => ({
        scope: { namespaces: namespace === 'default' ? [] : [namespace], labelSelector: '', fieldSelector: '' },
        connect: 'auto',
      }),
      plansChanged: constantSignal(undefined),
      viewSeen: constantSignal(true),
      open: async (target, scope, sequence, foreign) =>
        openGatedSession({
          target,
          scope,
          sequence,
          foreign,
          gate: willingGate,
          env: {},
          clock,
          random: Math.random,
          log: silentLog,
        }),
      clock,
      log: silentLog,
    });
    this.storage.snapshot.subscribe((snapshot) => this.shown.push(snapshot));
  }

  get snapshot(): StorageSnapshot {
    return this.storage.snapshot.value;
  }

  pin(context: string): void {
    this.inputs.set({ ...this.inputs.value, pinned: context });
  }

  async isLive(context: string): Promise<void> {
    await until(`${context} is live`, 30_000, () => {
      const { connection, synced, target } = this.snapshot;
      return synced && connection.state === 'live' && target?.contextName === context;
    });
  }

  dispose(): void {
    this.storage.dispose();
    this.#follower.dispose();
  }
}

/** Targets that change faster than they can be followed, and kubeconfigs that come and go. */
export function switchFaults(stage: () => Stage): void {
  describe('that is replaced', () => inWindow(stage));
}

function inWindow(stage: () => Stage): void {
  let window: Window | undefined;
  afterEach(async () => {
    const ended = window;
    window = undefined;
    ended?.dispose();
    await until('every timer is gone', 2_000, () => (ended?.clock.pendingTimers ?? 0) === 0);
  });
  const opened = (kubeconfig: string) => {
    window = new Window(kubeconfig);
    return window;
  };
  /** Contexts named after the namespace that each is confined to. */
  const contexts = (...names: readonly string[]) => {
    const config = stage().kubeconfig('viewer', 'proxy');
    const each = names.map((name) => ({ name, context: { cluster: 'kind', user: 'viewer', namespace: name } }));
    return JSON.stringify({ ...config, 'current-context': names[0], contexts: each });
  };

  it('ends up right after fifty switches in five seconds, and shows nothing of one context under the other', async () => {
    const { plane, proxy } = stage();
    const both = opened(stage().file(contexts('shop', 'blog')));
    await both.isLive('shop');
    const asked = proxy.requests.length;
    let most = 0;
    for (let count = 1; count <= 50; count++) {
      both.pin(count % 2 === 0 ? 'shop' : 'blog');
      await sleep(100);
      most = Math.max(most, proxy.way.open);
    }
    both.pin('blog');
    await both.isLive('blog');
    const truth = (await claimsOfCluster(plane)).filter((line) => line.startsWith('blog/'));
    assert.ok(truth.length > 0);
    assert.equal(differences(truth, claimsOfSnapshot(both.snapshot)), '');
    for (const snapshot of both.shown) {
      const foreign = claimsOfSnapshot(snapshot).filter((line) => !line.startsWith(`${snapshot.target?.contextName}/`));
      assert.deepEqual(foreign, []);
    }
    const sequences = both.shown.map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      [...sequences].sort((a, b) => a - b),
    );
    assert.ok(both.shown.filter(({ connection }) => connection.state === 'live').length > 10);
    const requests = proxy.requests.length - asked;
    assert.ok(requests < 51 * 8, `${requests} requests for 51 sessions`);
    assert.ok(most <= 20, `${most} connections at a time`);
    await until('the connections of old sessions are closed', 5_000, () => proxy.way.open <= 8);
  });

  it('follows a kubeconfig that is rewritten, emptied and restored', async () => {
    const { plane } = stage();
    const file = stage().file(contexts('shop'));
    const only = opened(file);
    await only.isLive('shop');
    writeFileSync(file, contexts('blog'));
    await only.isLive('blog');
    writeFileSync(file, '');
    await until('there is nothing to follow', 10_000, () => only.snapshot.connection.state === 'none');
    assert.deepEqual([claimsOfSnapshot(only.snapshot), only.snapshot.target], [[], undefined]);
    writeFileSync(file, contexts('shop'));
    await only.isLive('shop');
    const truth = (await claimsOfCluster(plane)).filter((line) => line.startsWith('shop/'));
    assert.equal(differences(truth, claimsOfSnapshot(only.snapshot)), '');
  });

  it('is not moved by a kubeconfig that is torn or empty for a moment', async () => {
    const file = stage().file(contexts('shop'));
    const only = opened(file);
    await only.isLive('shop');
    const { length } = only.shown;
    const text = contexts('shop');
    for (const torn of ['', text.slice(0, text.length / 2)]) {
      writeFileSync(file, torn);
      await sleep(250);
      writeFileSync(file, text);
      await sleep(500);
    }
    assert.deepEqual([...new Set(only.shown.slice(length).map(({ connection }) => connection.state))], ['live']);
  });
}
