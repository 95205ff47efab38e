import assert from 'node:assert/strict';
import { SignalSource } from '../../../src/base/signal.ts';
import { fail, type Result, succeed } from '../../../src/domain/apiError.ts';
import type { PodRecord } from '../../../src/domain/records.ts';
import { PodFacts } from '../../../src/views/podFacts.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const pod: PodRecord = {
  uid: 'u',
  namespace: 'shop',
  name: 'db-0',
  resourceVersion: '1',
  phase: 'Running',
  volumes: [],
};

/** A server that answers after so long, and counts how often it was asked. */
class SlowPods {
  asked = 0;
  answer: Result<readonly PodRecord[]> = succeed([pod]);
  readonly #clock: FakeClock;
  readonly #ms: number;

  constructor(clock: FakeClock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  readPods(): Promise<Result<readonly PodRecord[]>> {
    this.asked++;
    return new Promise((resolve) => this.#clock.after(this.#ms, () => resolve(this.answer)));
  }
}

/** The facts of expanded claims: every change is drawn, and so asked for again. */
function drawn(ms: number) {
  const clock = new FakeClock();
  const server = new SlowPods(clock, ms);
  const session = new SignalSource<SlowPods | undefined>(server);
  const facts: PodFacts = new PodFacts(session, clock, (namespace) => void facts.of(namespace));
  return { clock, server, session, facts };
}

describe('pods of an expanded claim', () => {
  it('are read once, however slow the answer is', async () => {
    const { clock, server, facts } = drawn(25_000);
    assert.deepEqual(facts.of('shop'), { state: 'loading' });
    await clock.advance(24_999);
    assert.deepEqual(facts.of('shop'), { state: 'loading' });
    await clock.advance(15_001);
    assert.deepEqual(facts.of('shop'), { state: 'ready', pods: [pod] });
    assert.equal(server.asked, 1);
  });

  it('are believed for twenty seconds, and stay shown while they are read again', async () => {
    const { clock, server, facts } = drawn(1_000);
    facts.of('shop');
    await clock.advance(1_000 + 19_999);
    facts.of('shop');
    assert.equal(server.asked, 1);
    await clock.advance(1);
    server.answer = fail('forbidden', 'pods is forbidden');
    assert.equal(facts.of('shop').state, 'ready');
    await clock.advance(1_000);
    assert.deepEqual(facts.of('shop'), { state: 'failed', message: 'no permission to list pods' });
    assert.equal(server.asked, 2);
  });

  it('are never those of a session before', async () => {
    const { clock, session, facts } = drawn(1_000);
    facts.of('shop');
    const other = new SlowPods(clock, 5_000);
    session.set(other);
    facts.of('shop');
    await clock.advance(1_000);
    assert.deepEqual(facts.of('shop'), { state: 'loading' });
    session.set(undefined);
    assert.equal(facts.of('shop').state, 'failed');
  });
});
