import assert from 'node:assert/strict';
import { inTurns } from '../../../src/cluster/inTurns.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** A clock on which every look takes a while. */
class BusyClock extends FakeClock {
  #ms = 0;
  readonly #perLookMs: number;

  constructor(perLookMs: number) {
    super();
    this.#perLookMs = perLookMs;
  }

  override monotonicMs(): number {
    this.#ms += this.#perLookMs;
    return this.#ms;
  }
}

describe('work in turns', () => {
  const { signal } = new AbortController();
  let done = 0;
  let ended = false;
  function* work(steps: number): Generator<void, string> {
    done = 0;
    ended = false;
    try {
      for (; done < steps; done++) yield;
      return 'done';
    } finally {
      ended = true;
    }
  }

  it('is done at a stretch while it takes no time', async () => {
    const result = inTurns(work(100), new BusyClock(0), signal);
    assert.equal(done, 100);
    assert.equal(await result, 'done');
  });

  it('gives way to others when it has taken its time', async () => {
    const result = inTurns(work(100), new BusyClock(3), signal);
    const seen: number[] = [];
    while (!ended) {
      seen.push(done);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await result, 'done');
    assert.ok(seen.length > 20, `${seen.length} turns`);
    for (const [turn, at] of seen.entries()) assert.ok(at - (seen[turn - 1] ?? 0) <= 8, `${at}`);
  });

  it('ends in the middle when it is stopped', async () => {
    const stop = new AbortController();
    const result = inTurns(work(100), new BusyClock(5), stop.signal);
    stop.abort();
    assert.equal(await result, undefined);
    assert.ok(ended);
    assert.ok(done < 10);
  });
});
