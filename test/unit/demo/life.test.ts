import assert from 'node:assert/strict';
import { initialFillRatio } from '../../../src/demo/claimWave.ts';
import { Controllers } from '../../../src/demo/controllers.ts';
import { foundCluster, furnish } from '../../../src/demo/landscape.ts';
import { Life } from '../../../src/demo/life.ts';
import { ObjectStore, type StoreEvent } from '../../../src/demo/objectStore.ts';
import { Resizer } from '../../../src/demo/resizer.ts';
import { claimsResource, namespacesResource, podsResource } from '../../../src/demo/resources.ts';
import type { ClaimRecord } from '../../../src/domain/records.ts';
import { claims } from '../../../src/wire/claims.ts';
import { Interner } from '../../../src/wire/interner.ts';
import { objectAt } from '../../../src/wire/json.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { seededRandom } from '../../support/seededRandom.ts';

const gibi = 1024n ** 3n;
const budgetBytes = 200n * gibi;
const minuteMs = 60_000;

describe('life in the demo cluster', function () {
  this.timeout(60_000);

  for (const seed of [1, 2, 3]) {
    it(`swings around the budget for an hour and shows everything that can happen (seed ${seed})`, async () => {
      const world = start(seed);
      const seen = new Set<string>();
      world.store.subscribe((event) => note(event, seen));
      const ratios: number[] = [];
      for (let second = 0; second < 3600; second += 5) {
        await world.clock.advance(5_000);
        const present = claimsIn(world.store);
        ratios.push(ratioOf(present, budgetBytes));
        assert.ok(present.length >= 150 && present.length <= 260, `${present.length} claims after ${second} s`);
      }
      assert.ok(Math.min(...ratios) >= 0.84, `lowest ${Math.min(...ratios)}`);
      assert.ok(Math.max(...ratios) <= 1.12, `highest ${Math.max(...ratios)}`);
      assert.ok(Math.min(...ratios) < 0.9 && Math.max(...ratios) > 1.05, 'a wide swing');
      assert.ok(crossings(ratios) >= 12, `crosses the budget every few minutes: ${crossings(ratios)} times`);
      for (const kind of [
        'created',
        'bound',
        'boundToPod',
        'resizing',
        'resized',
        'refused',
        'mended',
        'terminating',
        'gone',
      ])
        assert.ok(seen.has(kind), `${kind} was seen among ${[...seen].join(', ')}`);
      world.stop();
      assert.equal(world.clock.pendingTimers, 0);
    });
  }

  it('brings nothing back into a namespace that was deleted', async () => {
    const { store, clock, stop } = start(5);
    await clock.advance(minuteMs);
    for (const namespace of store.list(namespacesResource)) {
      for (const resource of [podsResource, claimsResource])
        for (const object of store.list(resource, namespace.metadata.name)) store.remove(resource, object);
      store.remove(namespacesResource, namespace);
    }
    await clock.advance(30 * minuteMs);
    assert.equal(claimsIn(store).length, 0);
    assert.equal(store.list(podsResource).length, 0);
    stop();
  });

  it('begins with a dozen namespaces, two hundred claims and one of each state', () => {
    const { store, stop } = start(4);
    const present = claimsIn(store);
    assert.ok(new Set(present.map(({ namespace }) => namespace)).size >= 12);
    assert.ok(present.length >= 190 && present.length <= 215, String(present.length));
    for (const state of ['ControllerResizeInfeasible', 'ControllerResizeInProgress', 'NodeResizePending'])
      assert.ok(
        present.some(({ resizeStatus }) => resizeStatus === state),
        state,
      );
    for (const phase of ['Bound', 'Pending', 'Lost'])
      assert.ok(
        present.some((claim) => claim.phase === phase),
        phase,
      );
    assert.ok(present.some(({ terminating }) => terminating));
    assert.ok(new Set(present.map(({ storageClass }) => storageClass)).size >= 4);
    assert.ok(store.list(podsResource).length > 100);
    stop();
  });

  it('follows a budget that is changed a little, without starting over', async () => {
    const world = start(5);
    await world.clock.advance(5 * minuteMs);
    const before = new Set(world.store.list(claimsResource).map(({ metadata }) => metadata.uid));
    world.life.setBudget((budgetBytes * 11n) / 10n);
    await world.clock.advance(2 * minuteMs);
    const ratio = ratioOf(claimsIn(world.store), (budgetBytes * 11n) / 10n);
    assert.ok(ratio > 0.84 && ratio < 1.12, String(ratio));
    const kept = world.store.list(claimsResource).filter(({ metadata }) => before.has(metadata.uid));
    assert.ok(kept.length > 120, String(kept.length));
    world.stop();
  });

  for (const budget of [60n * 1024n * gibi, gibi, 1000n, 2n ** 62n]) {
    it(`is built anew at the size of a budget of ${budget} bytes`, async () => {
      const world = start(6);
      world.life.setBudget(budget);
      await world.clock.advance(4 * minuteMs);
      const present = claimsIn(world.store);
      if (budget > 10_000n) {
        const ratio = ratioOf(present, budget);
        assert.ok(ratio > 0.8 && ratio < 1.15, String(ratio));
      }
      assert.ok(present.length > 100, String(present.length));
      world.stop();
    });
  }
});

function start(seed: number) {
  const clock = new FakeClock();
  const random = seededRandom(seed);
  const store = new ObjectStore({ clock, random });
  foundCluster(store, random, clock.now());
  const scenery = furnish({ store, random, nowMs: clock.now(), budgetBytes, fillRatio: initialFillRatio });
  const parts = [new Controllers({ store, clock, random }), new Resizer({ store, clock, random, failureRatio: 0.15 })];
  const life = new Life({ store, clock, random, budgetBytes }, scenery);
  const stop = () => {
    for (const part of [...parts, life]) part.dispose();
  };
  return { clock, store, life, stop };
}

function claimsIn(store: ObjectStore): readonly ClaimRecord[] {
  const interner = new Interner();
  return store.list(claimsResource).flatMap((object) => claims.read(object, interner) ?? []);
}

function ratioOf(present: readonly ClaimRecord[], budget: bigint): number {
  return Number(present.reduce((sum, { claimedBytes = 0n }) => sum + claimedBytes, 0n)) / Number(budget);
}

function crossings(ratios: readonly number[]): number {
  return ratios.filter((ratio, index) => index > 0 && ratio > 1 !== (ratios[index - 1] ?? 0) > 1).length;
}

function note({ resource, type, object, previous }: StoreEvent, seen: Set<string>): void {
  if (resource !== claimsResource) return;
  if (type === 'ADDED') seen.add('created');
  if (type === 'DELETED') seen.add('gone');
  const [was, is] = [objectAt(previous ?? {}, 'status'), objectAt(object, 'status')];
  if (was.phase === 'Pending' && is.phase === 'Bound') {
    seen.add(objectAt(object, 'spec').storageClassName === 'fast-ssd' ? 'boundToPod' : 'bound');
  }
  const resize = (status: typeof is) => objectAt(status, 'allocatedResourceStatuses').storage;
  if (resize(is) === 'ControllerResizeInProgress') {
    seen.add(resize(was) === 'ControllerResizeInfeasible' ? 'mended' : 'resizing');
  }
  if (resize(is) === 'ControllerResizeInfeasible') seen.add('refused');
  if (resize(was) === 'NodeResizeInProgress' && resize(is) === undefined) seen.add('resized');
  if (object.metadata.deletionTimestamp !== undefined) seen.add('terminating');
}
