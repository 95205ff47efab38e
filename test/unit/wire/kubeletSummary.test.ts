import assert from 'node:assert/strict';
import { readKubeletSummary } from '../../../src/wire/kubeletSummary.ts';

const podRef = { name: 'db-0', namespace: 'shop', uid: 'u' };
const volume = {
  name: 'data',
  pvcRef: { name: 'data-db-0', namespace: 'shop' },
  time: '2026-01-01T00:00:00Z',
  capacityBytes: 100,
  availableBytes: 20,
  usedBytes: 70,
  inodes: 1000,
  inodesFree: 900,
  inodesUsed: 100,
};
const stats = { capacityBytes: 100, availableBytes: 20, usedBytes: 70, inodes: 1000, inodesUsed: 100 };
const read = (pods: unknown) => readKubeletSummary({ node: { nodeName: 'n1' }, pods });

describe('kubelet summary reader', () => {
  it('reads what pods have mounted and what they take of their node', () => {
    const ephemeral = { usedBytes: 5, availableBytes: 50, capacityBytes: 60 };
    const emptyDir = { name: 'cache', time: '2026-01-01T00:00:01Z', usedBytes: 3 };
    const none = { capacityBytes: undefined, availableBytes: undefined, inodes: undefined, inodesUsed: undefined };
    assert.deepEqual(read([{ podRef, volume: [volume, emptyDir], 'ephemeral-storage': ephemeral }]), {
      pods: [
        {
          uid: 'u',
          namespace: 'shop',
          name: 'db-0',
          volumes: [
            { name: 'data', claimName: 'data-db-0', stats, atMs: Date.UTC(2026, 0, 1) },
            { name: 'cache', stats: { ...none, usedBytes: 3 }, atMs: Date.UTC(2026, 0, 1) + 1000 },
          ],
          ephemeral: { ...none, ...ephemeral },
        },
      ],
      unreadable: 0,
    });
  });

  it('reads the key `volume`, not `volumes`', () => {
    assert.deepEqual(read([{ podRef, volumes: [volume] }])?.pods[0]?.volumes, []);
  });

  it('leaves out pods without an identity, volumes without a name and figures that are none', () => {
    const odd = [{ ...volume, name: 5 }, null, { ...volume, capacityBytes: '100', availableBytes: -1, time: 'soon' }];
    const summary = read([{ podRef: { name: 'a', namespace: 'b' } }, 7, null, { podRef, volume: odd }]);
    assert.equal(summary?.unreadable, 3);
    assert.deepEqual(summary?.pods[0]?.volumes, [
      {
        name: 'data',
        claimName: 'data-db-0',
        stats: { ...stats, capacityBytes: undefined, availableBytes: undefined },
      },
    ]);
  });

  it('reads a node without pods, which Go writes as null', () => {
    assert.deepEqual(read(null), { pods: [], unreadable: 0 });
  });

  it('is nothing of what is no summary', () => {
    for (const other of [undefined, null, [], 'x', {}, { pods: [] }, { node: 1, pods: [] }, { node: {}, pods: 'x' }])
      assert.equal(readKubeletSummary(other), undefined);
  });
});
