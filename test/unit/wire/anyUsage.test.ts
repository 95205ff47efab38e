import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readMatchers } from '../../../src/domain/labelMatchers.ts';
import { ClaimSeriesReader, type VolumeFigure, volumeFigures } from '../../../src/wire/claimSeries.ts';
import { readKubeletSummary } from '../../../src/wire/kubeletSummary.ts';
import { readVector } from '../../../src/wire/prometheusAnswer.ts';
import { anything } from '../../support/anything.ts';

/** Mostly what is usual, and now and then anything in its place. */
const mostly = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 4 }, { arbitrary: anything, weight: 1 });
const number = mostly(fc.oneof(fc.nat(), fc.double(), fc.constantFrom(0, 2 ** 64)));
const figures = {
  capacityBytes: number,
  availableBytes: number,
  usedBytes: number,
  inodes: number,
  inodesUsed: number,
};
const summaries = fc.record({
  node: mostly(fc.record({ nodeName: anything })),
  pods: mostly(
    fc.array(
      mostly(
        fc.record({
          podRef: mostly(
            fc.record({
              uid: mostly(fc.constant('u')),
              namespace: mostly(fc.constant('n')),
              name: mostly(fc.constant('p')),
            }),
          ),
          volume: mostly(
            fc.array(
              mostly(
                fc.record({ name: mostly(fc.constant('v')), pvcRef: anything, time: mostly(fc.string()), ...figures }),
              ),
            ),
          ),
          'ephemeral-storage': mostly(fc.record(figures)),
        }),
      ),
    ),
  ),
});
const labels = fc.dictionary(
  fc.constantFrom('namespace', 'persistentvolumeclaim', 'pod', 'cluster', '__proto__'),
  mostly(fc.constantFrom('a', 'b')),
);
const answers = fc.record({
  status: mostly(fc.constant('success')),
  error: anything,
  data: mostly(
    fc.record({
      resultType: mostly(fc.constant('vector')),
      result: mostly(
        fc.array(
          mostly(
            fc.record({ metric: mostly(labels), value: mostly(fc.tuple(number, mostly(fc.double().map(String)))) }),
          ),
        ),
      ),
    }),
  ),
});

describe('readers of usage', () => {
  it('never throw on a summary of anything, and give figures that are finite and not negative', () => {
    let volumes = 0;
    fc.assert(
      fc.property(fc.oneof(summaries, anything), (any) => {
        for (const pod of readKubeletSummary(any)?.pods ?? []) {
          assert.ok(pod.uid !== '' && pod.namespace !== '' && pod.name !== '');
          for (const { stats, atMs } of pod.volumes) {
            volumes++;
            assert.ok(Object.values(stats).every((each) => each === undefined || (Number.isFinite(each) && each >= 0)));
            assert.ok(atMs === undefined || Number.isFinite(atMs));
          }
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(volumes > 50, 'most of what is made up reaches the end of the reader');
  });

  it('never throw on answers of anything, and no claim is both read and ambiguous', () => {
    let claims = 0;
    const figure = fc.constantFrom<VolumeFigure>(...volumeFigures);
    fc.assert(
      fc.property(fc.array(fc.tuple(figure, fc.oneof(answers, anything))), (all) => {
        const reader = new ClaimSeriesReader();
        for (const [of, any] of all) {
          const { vector, problem } = readVector(any);
          assert.equal(vector === undefined, typeof problem === 'string');
          if (vector) reader.add(of, vector.samples);
        }
        for (const series of reader.result().values()) {
          claims++;
          assert.notEqual(series.ambiguous === undefined, series.stats === undefined);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(claims > 50, 'most of what is made up reaches the end of the reader');
  });

  it('let nothing but matchers into a query', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', '\\', ',', '=', '~', '!', '{', '}', ' ', '\n', '(') }),
        (text) => {
          const { matchers } = readMatchers(text);
          if (matchers === undefined) return;
          const outside = matchers.replace(/"(?:[^"\\\n]|\\[^\n])*"/g, '');
          assert.match(outside, /^(a+(=~|!~|!=|=)(,a+(=~|!~|!=|=))*)?$/);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
