import assert from 'node:assert/strict';
import { type Budget, measureBudgets } from '../../../src/domain/budgets.ts';
import { ClaimIndex } from '../../../src/domain/claimIndex.ts';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';

function snapshotOf(index: ClaimIndex, more: Partial<StorageSnapshot> = {}): StorageSnapshot {
  const { latest: _latest, ...picture } = index.picture();
  return {
    sequence: 1,
    target: undefined,
    identity: undefined,
    scope: { namespaces: [], labelSelector: '', fieldSelector: '' },
    connection: { state: 'live', sinceMs: 0 },
    heardMs: 0,
    synced: true,
    claimsState: 'live',
    partial: false,
    storageClasses: { state: 'off', items: new Map() },
    volumes: { state: 'off', items: new Map() },
    ...picture,
    ...more,
  };
}

const total = (bytes: bigint): Budget => ({ subject: { kind: 'total' }, bytes, explicit: true });

function indexOf(bytes: bigint): ClaimIndex {
  const index = new ClaimIndex();
  index.upsert({
    uid: 'u',
    namespace: 'shop',
    name: 'a',
    resourceVersion: '1',
    phase: 'Bound',
    terminating: false,
    claimedBytes: bytes,
    storageClass: 'gp3',
    accessModes: [],
    conditions: [],
  });
  return index;
}

describe('budgets', () => {
  it('are breached strictly above, not at, their value', () => {
    const at = (bytes: bigint) => measureBudgets(snapshotOf(indexOf(bytes)), [total(100n)])[0]?.breached;
    assert.equal(at(99n), false);
    assert.equal(at(100n), false);
    assert.equal(at(101n), true);
  });

  it('bound a namespace or a class', () => {
    const statuses = measureBudgets(snapshotOf(indexOf(7n)), [
      { subject: { kind: 'namespace', name: 'shop' }, bytes: 5n, explicit: true },
      { subject: { kind: 'class', name: 'gp3' }, bytes: 7n, explicit: true },
      { subject: { kind: 'namespace', name: 'nowhere' }, bytes: 1n, explicit: true },
    ]);
    assert.deepEqual(
      statuses.map(({ key, claimedBytes, breached, partial }) => ({ key, claimedBytes, breached, partial })),
      [
        { key: 'namespace:shop', claimedBytes: 7n, breached: true, partial: false },
        { key: 'class:gp3', claimedBytes: 7n, breached: false, partial: false },
        { key: 'namespace:nowhere', claimedBytes: 0n, breached: false, partial: false },
      ],
    );
  });

  it('say that a sum is a lower bound when a part is unreadable or of unknown size', () => {
    const index = indexOf(1n);
    assert.equal(measureBudgets(snapshotOf(index, { partial: true }), [total(5n)])[0]?.partial, true);
    index.setNamespace('dark', { access: 'forbidden' });
    const dark: Budget = { subject: { kind: 'namespace', name: 'dark' }, bytes: 5n, explicit: true };
    assert.equal(measureBudgets(snapshotOf(index), [dark])[0]?.partial, true);
  });
});
