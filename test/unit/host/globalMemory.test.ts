import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { emptyMemory } from '../../../src/alerts/alertMemory.ts';
import { episodeStore } from '../../../src/host/globalMemory.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function memento(stored: Map<string, unknown>) {
  return {
    keys: () => [...stored.keys()],
    get: <T>(key: string, otherwise?: T) => (stored.get(key) ?? otherwise) as T,
    update: async (key: string, value: unknown) => void stored.set(key, value),
    setKeysForSync: () => {},
  };
}

describe('episode store', () => {
  it('remembers nothing before the first time, and what was saved after it', () => {
    const store = episodeStore(memento(new Map()), new FakeClock());
    assert.equal(store.load(), undefined);
    const ledger = new Map([['k', { notice: { phase: 'opened', openedMs: 1, atMs: Date.UTC(2026, 0, 1) } } as const]]);
    store.save({ ...emptyMemory, ledger });
    assert.deepEqual(store.load()?.ledger, ledger);
  });
});
