import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClaimIndex } from '../../../src/domain/claimIndex.ts';
import type { Access } from '../../../src/domain/snapshot.ts';
import { ClaimRows } from '../../../src/presentation/claimRows.ts';
import { RootRows, rootRows } from '../../../src/presentation/rootRows.ts';
import { withoutAccessRows } from '../../../src/presentation/tree.ts';
import { merged, redrawn, showsBelow, TreeNode } from '../../../src/views/treeNode.ts';
import { claimOf, readingOf, viewOf } from '../../support/views.ts';

const rowsOf = (names: readonly string[]) => {
  const byName = new Map(
    new ClaimRows()
      .of(viewOf({ claims: names.map((name) => claimOf(`shop/${name} 1Gi`)) }), 'shop')
      .map((row) => [row.label, row]),
  );
  return names.flatMap((name) => byName.get(name) ?? []);
};
const names = fc.uniqueArray(
  fc.nat(40).map((number) => `data-${number}`),
  { maxLength: 30 },
);

describe('tree nodes', () => {
  it('stay the same as long as their row is there, wherever it moves', () => {
    fc.assert(
      fc.property(names, names, (first, second) => {
        const parent = new TreeNode(rowsOf(['parent'])[0] ?? assert.fail(), undefined);
        const before = merged(undefined, rowsOf(first), parent);
        const known = new Map(before.map((node) => [node.row.id, node]));
        const rows = rowsOf(second);
        const after = merged(before, rows, parent);
        assert.deepEqual(
          after.map(({ row }) => row.label),
          second,
        );
        for (const [index, node] of after.entries()) {
          const same = known.get(`uid-shop/${second[index]}`);
          if (same) assert.equal(node, same);
          else assert.ok(!before.includes(node));
          assert.equal(node.row, rows[index]);
          assert.equal(node.parent, parent);
        }
      }),
    );
  });

  it('know whether what is drawn below them is still so', () => {
    const below = (access: Readonly<Record<string, Access>>) => withoutAccessRows(viewOf({ access }));
    const node = new TreeNode(rootRows(viewOf({ access: { a: 'forbidden' } }))[0] ?? assert.fail(), undefined);
    assert.ok(showsBelow(node, () => assert.fail('nobody has asked for them')));
    node.children = merged(undefined, below({ a: 'forbidden', b: 'unknown' }), node);
    assert.ok(showsBelow(node, () => below({ b: 'unknown', a: 'forbidden' })));
    assert.ok(!showsBelow(node, () => below({ a: 'forbidden', c: 'unknown' })), 'another name');
    assert.ok(!showsBelow(node, () => below({ a: 'forbidden', b: 'forbidden' })), 'another reason');
    assert.ok(!showsBelow(node, () => below({ a: 'forbidden' })), 'one less');
  });

  describe('of 5,000 namespaces', () => {
    const index = new ClaimIndex();
    const all = Array.from({ length: 5_000 }, (_, number) =>
      [1, 2].map((each) => claimOf(`team-${number}/c${each} 1Gi`)),
    );
    const kept = new RootRows();
    const viewNow = () => {
      const { latest: _, ...snapshot } = index.picture();
      return viewOf({ snapshot });
    };
    let roots: readonly TreeNode[] = [];
    const labels = (nodes: readonly TreeNode[]) => nodes.map(({ row }) => row.label);
    const redraw = (stale: 'none' | 'readings' | 'all' = 'none') =>
      labels(redrawn(roots, kept.of(viewNow()), stale, () => assert.fail('not asked')));

    before(() => {
      index.replace(all.flat());
      roots = merged(undefined, kept.of(viewNow()), undefined);
    });

    it('are drawn anew where an event changed something, and nowhere else', () => {
      assert.equal(roots.length, 5_000);
      assert.deepEqual(redraw(), []);
      index.upsert(claimOf('team-77/c1 3Gi', { resourceVersion: '2' }));
      index.upsert(claimOf('team-4999/c3 3Gi'));
      assert.deepEqual(redraw(), ['team-77', 'team-4999']);
      assert.equal(roots[77]?.row.description, '2 claims · 4Gi');
      assert.deepEqual(redraw(), []);
    });

    it('are drawn anew for what claims are made from only where claims are drawn', () => {
      const [node] = roots;
      assert.ok(node);
      node.children = merged(undefined, node.claims?.of(viewNow(), 'team-0') ?? [], node);
      assert.deepEqual(redraw('all'), ['team-0']);
    });

    it('are drawn anew for readings only where a claim shows them differently', () => {
      const [node] = roots;
      assert.ok(node);
      const { snapshot } = viewNow();
      const redrawnFor = (percent: number) => {
        const view = viewOf({ snapshot, readings: { 'team-0/c1': readingOf(percent) } });
        const below = (of: TreeNode) => of.claims?.of(view, of.row.namespace ?? '') ?? [];
        const changed = labels(redrawn(roots, kept.of(view), 'readings', below));
        node.children = merged(node.children, below(node), node);
        return changed;
      };
      assert.deepEqual(redrawnFor(70), ['team-0']);
      assert.deepEqual(redrawnFor(70.5), []);
      assert.deepEqual(redrawnFor(71), ['team-0']);
    });
  });
});
