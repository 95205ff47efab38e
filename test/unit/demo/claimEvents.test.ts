import assert from 'node:assert/strict';
import { ClaimEvents } from '../../../src/demo/claimEvents.ts';
import { ObjectStore, type StoredObject } from '../../../src/demo/objectStore.ts';
import { claimsResource, eventsResource, storageClassesResource } from '../../../src/demo/resources.ts';
import { claimDraft } from '../../../src/demo/storageObjects.ts';
import { readEvents } from '../../../src/wire/events.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function desk() {
  const clock = new FakeClock();
  const store = new ObjectStore({ clock, random: Math.random });
  store.create(storageClassesResource, { metadata: { name: 'late' }, volumeBindingMode: 'WaitForFirstConsumer' });
  const events = new ClaimEvents({ store, clock });
  const create = (storageClass: string) =>
    store.create(
      claimsResource,
      claimDraft({
        ...{ namespace: 'shop', name: 'data', sizeBytes: 2n ** 30n, storageClass },
        ...{ accessMode: 'ReadWriteOnce', volumeMode: 'Filesystem', labels: {} },
      }),
    );
  const change = (claim: StoredObject, status: Readonly<Record<string, unknown>>) =>
    store.replace(claimsResource, claim, { ...claim, status });
  /** As a client reads them, the oldest first. */
  const said = async ({ metadata }: StoredObject) => {
    await clock.advance(1000);
    const read = readEvents({ items: store.list(eventsResource, 'shop') }, metadata.uid) ?? assert.fail();
    return read.toReversed().map(({ type, reason, source }) => `${type} ${reason} (${source})`);
  };
  return { clock, store, events, create, change, said };
}

describe('events of claims in the demo cluster', () => {
  it('tell of waiting and binding', async () => {
    const { create, change, said } = desk();
    const claim = create('late');
    assert.deepEqual(await said(claim), ['Normal WaitForFirstConsumer (persistentvolume-controller)']);
    change(claim, { phase: 'Bound' });
    assert.deepEqual((await said(claim)).slice(1), ['Normal ProvisioningSucceeded (external-provisioner)']);
  });

  it('tell of an expansion, of one that is refused, and of a volume that is lost', async () => {
    const { create, change, said, clock } = desk();
    let claim = create('fast');
    const bound = { phase: 'Bound' };
    const resize = (storage: string, more = {}) => ({ ...bound, allocatedResourceStatuses: { storage }, ...more });
    const refused = { conditions: [{ type: 'ControllerResizeError', message: 'The pool is full.' }] };
    for (const status of [
      bound,
      resize('ControllerResizeInProgress'),
      resize('NodeResizePending'),
      resize('NodeResizeInProgress'),
      bound,
      resize('ControllerResizeInfeasible', refused),
      { phase: 'Lost' },
    ]) {
      claim = change(claim, status);
      await clock.advance(2000);
    }
    assert.deepEqual(
      (await said(claim)).map((text) => text.replace(/ \(.*/, '')),
      [
        'Normal ProvisioningSucceeded',
        'Normal Resizing',
        'Normal FileSystemResizeRequired',
        'Normal FileSystemResizeSuccessful',
        'Warning VolumeResizeFailed',
        'Warning ClaimLost',
      ],
    );
  });

  it('are forgotten after an hour, and are never too many', async () => {
    const { clock, store, create, change, events } = desk();
    const claim = create('late');
    let current = claim;
    for (let round = 0; round < 1500; round++) current = change(current, { phase: round % 2 === 0 ? 'Lost' : 'Bound' });
    await clock.advance(61_000);
    assert.ok(store.list(eventsResource).length <= 1000);
    await clock.advance(3_700_000);
    assert.equal(store.list(eventsResource).length, 0);
    events.dispose();
  });
});
