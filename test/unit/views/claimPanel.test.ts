import assert from 'node:assert/strict';
import { SignalSource } from '../../../src/base/signal.ts';
import { fail, succeed } from '../../../src/domain/apiError.ts';
import { mixinThresholds } from '../../../src/domain/claimThresholds.ts';
import type { UsageSample } from '../../../src/domain/forecast.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import type { PanelModel, PanelState, ToPanel } from '../../../src/presentation/protocol.ts';
import { ClaimPanel } from '../../../src/views/claimPanel.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { claimOf, snapshotOf, targetOf } from '../../support/views.ts';

const gi = 2 ** 30;
const state: PanelState = {
  contextName: 'kind-dev',
  namespace: 'shop',
  name: 'data',
  uid: 'uid-shop/data',
  identity: '',
};

/** A web view without a browser: it remembers what it was sent. */
class FakePanel {
  visible = true;
  title = '';
  disposals = 0;
  sent: ToPanel[] = [];
  #hear: (message: unknown) => void = () => {};
  #viewState: () => void = () => {};
  #disposed: () => void = () => {};
  readonly webview = {
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      this.#hear = listener;
      return { dispose() {} };
    },
    postMessage: async (message: ToPanel) => {
      // What crosses has to be plain JSON.
      assert.deepEqual(JSON.parse(JSON.stringify(message)), message);
      this.sent.push(message);
      return true;
    },
  };

  onDidChangeViewState(listener: () => void) {
    this.#viewState = listener;
    return { dispose() {} };
  }

  onDidDispose(listener: () => void) {
    this.#disposed = listener;
    return { dispose() {} };
  }

  dispose(): void {
    this.disposals++;
    this.#disposed();
  }

  say(message: unknown): void {
    this.#hear(message);
  }

  show(visible: boolean): void {
    this.visible = visible;
    this.#viewState();
  }

  /** The parts sent since this was last asked. */
  take(): Partial<PanelModel> {
    const parts = this.sent.flatMap((message) => (message.kind === 'update' ? [message.parts] : []));
    this.sent = [];
    return Object.assign({}, ...parts);
  }
}

function openPanel(samples: readonly UsageSample[] = []) {
  const clock = new FakeClock();
  const fake = new FakePanel();
  const reads: string[] = [];
  const reader = (name: string, contextName = 'kind-dev') => ({
    target: targetOf({ contextName }),
    readPods: async () => {
      reads.push(`${name} pods`);
      return succeed([]);
    },
    readEvents: async (_namespace: string, uid: string) => {
      reads.push(`${name} events of ${uid}`);
      return fail('forbidden', 'no');
    },
  });
  const snapshot = new SignalSource<StorageSnapshot>(snapshotOf({ claims: ['shop/data 50Gi'] }));
  const session = new SignalSource<ReturnType<typeof reader> | undefined>(reader('first'));
  const readings = new SignalSource<ReadonlyMap<string, Reading>>(new Map());
  const parts = { snapshot, session, readings, thresholds: () => mixinThresholds, clock, samples: async () => samples };
  const panel = new ClaimPanel(fake as unknown as ConstructorParameters<typeof ClaimPanel>[0], state, parts);
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { clock, fake, reads, reader, snapshot, session, readings, panel, settled };
}

describe('a claim panel in its window', () => {
  it('sends nothing before the page is there, and then everything', async () => {
    const { fake, settled, panel, snapshot } = openPanel();
    snapshot.set(snapshotOf({ claims: ['shop/data 51Gi'] }));
    fake.say({ kind: 'nonsense' });
    assert.equal(fake.sent.length, 0);
    fake.say({ kind: 'ready' });
    assert.deepEqual(fake.sent[0], { kind: 'keep', state });
    assert.equal(fake.sent.at(-1)?.kind, 'update');
    assert.ok(fake.sent.some((each) => each.kind === 'keep' && each.state.identity === 'uid-of-kube-system'));
    const first = fake.take();
    assert.equal(first.head?.name, 'data');
    assert.equal(first.events?.note, 'Reading events…');
    await settled();
    const then = fake.take();
    assert.deepEqual(Object.keys(then).sort(), ['events', 'pods']);
    assert.equal(then.events?.note, 'You have no permission to list events in this namespace.');
    panel.dispose();
  });

  it('sends only what changed', async () => {
    const { fake, settled, panel, readings, snapshot } = openPanel();
    fake.say({ kind: 'ready' });
    await settled();
    fake.take();
    snapshot.set(snapshotOf({ claims: ['shop/data 50Gi', 'shop/other 1Gi'] }));
    assert.deepEqual(fake.sent, []);
    const reading: Reading = { quality: 'block', subject: 'claim', reason: 'A block volume.' };
    readings.set(new Map([[state.uid, reading]]));
    assert.deepEqual(Object.keys(fake.take()), ['usage']);
    snapshot.set(snapshotOf({ claims: ['shop/data 60Gi'] }));
    assert.deepEqual(Object.keys(fake.take()), ['facts']);
    panel.dispose();
  });

  it('does nothing while it is hidden, and sends everything to the page that comes then', async () => {
    const { fake, settled, panel, snapshot, reads, clock } = openPanel();
    fake.say({ kind: 'ready' });
    await settled();
    fake.take();
    fake.show(false);
    snapshot.set(snapshotOf({ claims: ['shop/data 60Gi'] }));
    const read = reads.length;
    await clock.advance(600_000);
    assert.deepEqual([fake.sent, reads.length], [[], read]);
    assert.equal(clock.pendingTimers, 0);
    fake.show(true);
    assert.deepEqual(fake.sent, []);
    fake.say({ kind: 'ready' });
    assert.deepEqual(Object.keys(fake.take()).length, 7);
    panel.dispose();
  });

  it('keeps what it shows when another context is followed, and takes nothing of it', async () => {
    const { fake, settled, panel, snapshot, session, reader, reads } = openPanel();
    fake.say({ kind: 'ready' });
    await settled();
    fake.take();
    session.set(reader('second', 'prod'));
    snapshot.set(
      snapshotOf({
        target: targetOf({ contextName: 'prod' }),
        claims: [claimOf('shop/data 999Gi')],
        snapshot: { identity: 'other' },
      }),
    );
    await settled();
    const parts = fake.take();
    assert.deepEqual(Object.keys(parts), ['head']);
    assert.match(parts.head?.note ?? '', /^Context kind-dev is not followed now/);
    snapshot.set(snapshotOf({ claims: [] }));
    assert.match(fake.take().head?.note ?? '', /^This claim does not exist any more/);
    assert.deepEqual(
      reads.filter((each) => each.startsWith('second')),
      [],
    );
    panel.dispose();
  });

  it('reads again after twenty seconds, and soon after the claim has changed', async () => {
    const { fake, settled, panel, reads, clock, snapshot } = openPanel();
    fake.say({ kind: 'ready' });
    await settled();
    assert.deepEqual(reads, ['first pods', 'first events of uid-shop/data']);
    await clock.advance(20_000);
    await settled();
    assert.equal(reads.length, 4);
    snapshot.set(snapshotOf({ claims: [claimOf('shop/data 60Gi', { resourceVersion: '2' })] }));
    await settled();
    assert.equal(reads.length, 4, 'not at once: a claim may change many times a second');
    await clock.advance(2_000);
    await settled();
    assert.equal(reads.length, 6);
    panel.dispose();
  });

  it('draws the samples that were kept', async () => {
    const sample = { atMs: 1, usedBytes: gi, capacityBytes: 50 * gi };
    const { fake, settled, panel } = openPanel([sample]);
    fake.say({ kind: 'ready' });
    await settled();
    const { chart, usage } = fake.take();
    assert.deepEqual(chart?.usedBytes, [gi]);
    assert.equal(usage?.forecast, 'Not enough history (needs 2 h)');
    panel.dispose();
  });

  it('ends once, with everything it started', async () => {
    const { fake, settled, panel, clock, snapshot } = openPanel();
    fake.say({ kind: 'ready' });
    panel.dispose();
    panel.dispose();
    await settled();
    fake.take();
    snapshot.set(snapshotOf({ claims: ['shop/data 60Gi'] }));
    assert.deepEqual([fake.sent, fake.disposals, clock.pendingTimers], [[], 1, 0]);
  });
});
