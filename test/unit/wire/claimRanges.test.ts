import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClaimRangesReader, type PastFigure } from '../../../src/wire/claimRanges.ts';

type Values = readonly (readonly [seconds: number, value: string])[];

const series = (values: Values, more: Readonly<Record<string, string>> = {}) => ({
  metric: { namespace: 'shop', persistentvolumeclaim: 'data', ...more },
  values,
});
const matrix = (...result: readonly unknown[]) => ({ status: 'success', data: { resultType: 'matrix', result } });

function read(answers: readonly (readonly [PastFigure, unknown])[]) {
  const reader = new ClaimRangesReader();
  const problems: string[] = [];
  for (const [figure, value] of answers) {
    const steps = reader.adding(figure, value);
    let step = steps.next();
    while (!step.done) step = steps.next();
    if (step.value !== undefined) problems.push(step.value);
  }
  return { samples: reader.of('shop/data'), problems };
}

describe('ranges of claims', () => {
  it('are samples where capacity and available bytes are known, with what else there is', () => {
    const { samples, problems } = read([
      [
        'capacityBytes',
        matrix(
          series([
            [60, '100'],
            [120, '100'],
            [180, '200'],
          ]),
        ),
      ],
      [
        'availableBytes',
        matrix(
          series([
            [60, '40'],
            [180, '130'],
          ]),
        ),
      ],
      ['inodes', matrix(series([[180, '10']]))],
      ['inodesUsed', matrix(series([[180, '3']]))],
    ]);
    assert.deepEqual(samples, [
      { atMs: 60_000, capacityBytes: 100, availableBytes: 40 },
      { atMs: 180_000, capacityBytes: 200, availableBytes: 130, inodes: 10, inodesUsed: 3 },
    ]);
    assert.deepEqual(problems, []);
  });

  it('go on over the pods that mount a claim one after the other, and count once what several mount', () => {
    const of = (first: Values, second: Values) => matrix(series(first, { node: 'a' }), series(second, { node: 'b' }));
    const { samples } = read([
      [
        'capacityBytes',
        of(
          [
            [60, '100'],
            [120, '100'],
          ],
          [
            [120, '100'],
            [180, '100'],
          ],
        ),
      ],
      [
        'availableBytes',
        of(
          [
            [60, '40'],
            [120, '30'],
          ],
          [
            [120, '30'],
            [180, '20'],
          ],
        ),
      ],
    ]);
    assert.deepEqual(
      samples.map(({ atMs, availableBytes }) => [atMs / 1000, availableBytes]),
      [
        [60, 40],
        [120, 30],
        [180, 20],
      ],
    );
  });

  it('are none of a claim that several clusters have', () => {
    const of = (value: string) =>
      matrix(series([[60, value]], { cluster: 'a' }), series([[60, value]], { cluster: 'b' }));
    assert.deepEqual(
      read([
        ['capacityBytes', of('100')],
        ['availableBytes', of('40')],
      ]).samples,
      [],
    );
  });

  it('leave out what is no figure', () => {
    const odd: Values = [
      [60, 'NaN'],
      [120, '+Inf'],
      [180, ''],
      [240, '0'],
    ];
    const { samples } = read([
      ['capacityBytes', matrix(series(odd))],
      ['availableBytes', matrix(series(odd))],
    ]);
    assert.deepEqual(samples, []);
  });

  it('say what is wrong with an answer', () => {
    const { problems } = read([
      ['capacityBytes', { status: 'error', error: 'query timed out' }],
      ['capacityBytes', { status: 'success', data: { resultType: 'vector', result: [] } }],
      ['capacityBytes', '<html>'],
    ]);
    const none = 'an answer that is not one of a Prometheus';
    assert.deepEqual(problems, ['query timed out', none, none]);
  });

  it('never throw', () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(json, (value) => {
        read([['capacityBytes', value]]);
        read([['capacityBytes', matrix(value)]]);
        read([
          ['capacityBytes', matrix({ metric: { namespace: 'shop', persistentvolumeclaim: 'data' }, values: [value] })],
        ]);
      }),
    );
  });
});
