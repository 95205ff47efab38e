import assert from 'node:assert/strict';
import { readMatchers } from '../../../src/domain/labelMatchers.ts';
import {
  ClaimSeriesReader,
  claimKey,
  type VolumeFigure,
  volumeFigures,
  volumeQuery,
} from '../../../src/wire/claimSeries.ts';
import { readVector } from '../../../src/wire/prometheusAnswer.ts';

type Labels = Readonly<Record<string, string>>;
const claim = { namespace: 'shop', persistentvolumeclaim: 'data' };
const key = claimKey('shop', 'data');

/** The claim's series by the answers to all questions. */
function seriesOf(...series: readonly (readonly [labels: Labels, figures: Partial<Record<VolumeFigure, number>>])[]) {
  const reader = new ClaimSeriesReader();
  for (const figure of volumeFigures) {
    const samples = series.flatMap(([labels, figures]) => {
      const value = figures[figure];
      const name = figure === 'scrapedSeconds' ? {} : { __name__: figure };
      return value === undefined ? [] : [{ labels: { ...name, ...claim, ...labels }, value }];
    });
    reader.add(figure, samples);
  }
  return reader.result().get(key);
}

describe('series of a claim', () => {
  it('are put together from one answer for each figure', () => {
    const figures = { capacityBytes: 100, availableBytes: 20, usedBytes: 70, inodes: 10, inodesUsed: 1 };
    assert.deepEqual(seriesOf([{ instance: 'n1:10250' }, { ...figures, scrapedSeconds: 1.5 }]), {
      stats: figures,
      atMs: 1500,
    });
  });

  it('are one for a claim that pods on two nodes mount: the newest', () => {
    const [older, newer] = [
      { instance: 'n1', node: 'n1', pod: 'a' },
      { instance: 'n2', node: 'n2', pod: 'b' },
    ];
    for (const order of [0, 1]) {
      const series = [
        [older, { capacityBytes: 100, availableBytes: 50, scrapedSeconds: 1 }],
        [newer, { capacityBytes: 100, availableBytes: 40, scrapedSeconds: 2 }],
      ] as const;
      const read = seriesOf(...(order === 0 ? series : series.toReversed()));
      assert.deepEqual(read, { stats: { capacityBytes: 100, availableBytes: 40 }, atMs: 2000 });
    }
  });

  it('never mix the figures of two mounts', () => {
    const [whole, half] = [{ instance: 'n1' }, { instance: 'n2' }];
    const read = seriesOf(
      [whole, { capacityBytes: 100, availableBytes: 50, usedBytes: 50, scrapedSeconds: 1 }],
      [half, { capacityBytes: 200, scrapedSeconds: 2 }],
    );
    assert.deepEqual(read, { stats: { capacityBytes: 200 }, atMs: 2000 });
  });

  it('are ambiguous where they are of two clusters, and say by which labels', () => {
    const both = seriesOf(
      [{ cluster: 'prod-eu', instance: 'n1', job: 'kubelet' }, { capacityBytes: 100 }],
      [{ cluster: 'prod-us', instance: 'n2', job: 'kubelet' }, { capacityBytes: 100 }],
    );
    assert.deepEqual(both, { ambiguous: ['cluster'] });
    assert.deepEqual(seriesOf([{ cluster: 'prod-eu' }, { capacityBytes: 1 }], [{}, { capacityBytes: 1 }]), {
      ambiguous: ['cluster'],
    });
  });

  it('are the same in whatever order labels come', () => {
    const reader = new ClaimSeriesReader();
    reader.add('capacityBytes', [{ labels: { ...claim, job: 'k', instance: 'n' }, value: 100 }]);
    reader.add('availableBytes', [{ labels: { instance: 'n', job: 'k', ...claim }, value: 20 }]);
    assert.deepEqual(reader.result().get(key), { stats: { capacityBytes: 100, availableBytes: 20 } });
  });

  it('are not of a claim without its labels', () => {
    const reader = new ClaimSeriesReader();
    reader.add('capacityBytes', [{ labels: { namespace: 'shop' }, value: 1 }]);
    assert.equal(reader.result().size, 0);
  });
});

describe('queries', () => {
  it('are of one metric each, with the matchers', () => {
    assert.equal(volumeQuery('inodesUsed', ''), 'kubelet_volume_stats_inodes_used');
    assert.equal(volumeQuery('usedBytes', 'cluster="a"'), 'kubelet_volume_stats_used_bytes{cluster="a"}');
    assert.equal(volumeQuery('scrapedSeconds', 'a="b"'), 'timestamp(kubelet_volume_stats_capacity_bytes{a="b"})');
  });

  const good: readonly [text: string, matchers: string][] = [
    ['', ''],
    ['{}', ''],
    ['cluster="prod-eu"', 'cluster="prod-eu"'],
    [' {cluster = "prod-eu" , job!~"a,b|c\\"d",} ', 'cluster="prod-eu",job!~"a,b|c\\"d"'],
  ];
  for (const [text, matchers] of good)
    it(`take the matchers ${text || '(none)'}`, () => assert.deepEqual(readMatchers(text), { matchers }));

  for (const text of [
    'cluster',
    'cluster=prod',
    'a="b" or up',
    'a="b"} or up{',
    ',a="b"',
    'a="b",,c="d"',
    '__name__="up"',
    'a="b',
    'a="b\n"',
    'a="b""c"',
  ])
    it(`take no matchers ${JSON.stringify(text)}`, () => assert.ok(readMatchers(text).problem));
});

describe('answers of a Prometheus', () => {
  const answer = (result: unknown, more: Readonly<Record<string, unknown>> = {}) =>
    readVector({ status: 'success', data: { resultType: 'vector', result }, ...more });

  it('are read as a vector', () => {
    const result = [{ metric: { namespace: 'shop' }, value: [1435781430.781, '18446744073709552000'] }];
    assert.deepEqual(answer(result, { warnings: ['x'] }), {
      vector: { samples: [{ labels: { namespace: 'shop' }, value: 2 ** 64 }], evaluatedSeconds: 1435781430.781 },
    });
    assert.deepEqual(answer([]), { vector: { samples: [] } });
  });

  it('have no samples where there is no number', () => {
    const values = ['NaN', '+Inf', '-Inf', '', ' ', 'x', 5, null];
    const result = values.map((value) => ({ metric: {}, value: [1, value] }));
    assert.deepEqual(answer([...result, null, 5, { metric: {} }]).vector?.samples, []);
  });

  it('say in its own words what is wrong', () => {
    assert.deepEqual(readVector({ status: 'error', errorType: 'bad_data', error: 'parse error' }), {
      problem: 'parse error',
    });
  });

  it('are none of what is something else', () => {
    const others = [
      undefined,
      null,
      'x',
      [],
      {},
      { status: 'success' },
      { status: 'success', data: { resultType: 'matrix', result: [] } },
    ];
    for (const other of others) assert.match(readVector(other).problem ?? '', /not one of a Prometheus/);
  });
});
