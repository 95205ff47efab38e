import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SharedMap } from '../../../src/domain/sharedMap.ts';

describe('shared map', () => {
  it('is what a map is that is copied before each change', () => {
    const change = fc.tuple(fc.string({ maxLength: 2 }), fc.option(fc.nat(), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 20 }), (rounds) => {
        let shared = SharedMap.empty<number>();
        let map: ReadonlyMap<string, number> = new Map();
        const older: [ReadonlyMap<string, number>, ReadonlyMap<string, number>][] = [];
        for (const changes of rounds) {
          const next = new Map(map);
          for (const [key, value] of changes) {
            if (value === undefined) next.delete(key);
            else next.set(key, value);
          }
          older.push([shared, map]);
          shared = shared.with(changes);
          map = next;
        }
        for (const [each, plain] of [...older, [shared, map] as const]) {
          assert.equal(each.size, plain.size);
          assert.deepEqual(new Map(each), plain);
          assert.deepEqual(new Set(each.keys()), new Set(plain.keys()));
          assert.deepEqual([...each.values()].sort(), [...plain.values()].sort());
          const seen = new Map<string, number>();
          each.forEach((value, key) => {
            seen.set(key, value);
          });
          assert.deepEqual(seen, plain);
          for (const [key, value] of plain) assert.deepEqual([each.get(key), each.has(key)], [value, true]);
          assert.deepEqual([each.get('none'), each.has('none')], [undefined, false]);
        }
      }),
    );
  });
});
