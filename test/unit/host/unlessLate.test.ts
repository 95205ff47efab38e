import assert from 'node:assert/strict';
import { unlessLate } from '../../../src/host/unlessLate.ts';
import { FakeClock } from '../../support/fakeClock.ts';

describe('an answer that may come late', () => {
  async function taken(afterMs: number, values: readonly string[]): Promise<readonly string[]> {
    const clock = new FakeClock();
    const seen: string[] = [];
    const tell = unlessLate<string>(5_000, clock, (value, isChange) => seen.push(isChange ? `${value}!` : value));
    for (const value of values) {
      await clock.advance(afterMs);
      tell(value);
    }
    return seen;
  }

  it('is taken in time, and every change after it as one that somebody made', async () =>
    assert.deepEqual(await taken(5_000, ['a', 'b', 'c']), ['a', 'b!', 'c!']));

  it('is dropped later, but not the changes after it, which somebody made', async () =>
    assert.deepEqual(await taken(5_001, ['a', 'b', 'c']), ['b!', 'c!']));
});
