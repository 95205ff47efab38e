import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventsPath, readEvents } from '../../../src/wire/events.ts';

const involvedObject = { kind: 'PersistentVolumeClaim', uid: 'u' };

describe('events', () => {
  it('are asked for by the UID of the object', () =>
    assert.equal(
      eventsPath('sh/op', 'a&b=c'),
      '/api/v1/namespaces/sh%2Fop/events?fieldSelector=involvedObject.uid%3Da%26b%3Dc&limit=500',
    ));

  it('are read in both forms, newest first', () => {
    const items = [
      {
        metadata: { uid: 'old' },
        ...{ involvedObject, type: 'Warning', reason: 'ProvisioningFailed', message: 'no space', count: 4 },
        source: { component: 'csi' },
        lastTimestamp: '2026-01-01T12:00:00Z',
        eventTime: null,
      },
      {
        metadata: { uid: 'new' },
        ...{ involvedObject, type: 'Normal', reason: 'Resizing', message: 'grows', reportingComponent: 'resizer' },
        eventTime: '2026-01-01T12:30:00.000000Z',
        series: { count: 9, lastObservedTime: '2026-01-01T13:00:00.000000Z' },
      },
      { metadata: { uid: 'other' }, involvedObject: { uid: 'v' } },
    ];
    assert.deepEqual(readEvents({ kind: 'EventList', items }, 'u'), [
      {
        ...{ uid: 'new', type: 'Normal', reason: 'Resizing', message: 'grows', source: 'resizer', count: 9 },
        lastMs: Date.UTC(2026, 0, 1, 13),
      },
      {
        ...{ uid: 'old', type: 'Warning', reason: 'ProvisioningFailed', message: 'no space', source: 'csi', count: 4 },
        lastMs: Date.UTC(2026, 0, 1, 12),
      },
    ]);
  });

  it('are undefined for what is no list', () => {
    for (const other of [undefined, null, 'x', [], {}, { items: {} }]) assert.equal(readEvents(other, 'u'), undefined);
  });

  it('never throw on what a server may send', () =>
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.anything())), (items) => {
        const events = readEvents({ items: items.map((item) => ({ ...item, involvedObject })) }, 'u');
        assert.equal(events?.length, items.length);
      }),
    ));
});
