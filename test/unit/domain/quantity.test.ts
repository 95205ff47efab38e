import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxBytes, readBudget, readBytes } from '../../../src/domain/quantity.ts';

const quantities: [text: string, bytes: bigint][] = [
  ['0', 0n],
  ['1', 1n],
  ['1.5Gi', 1_610_612_736n],
  ['966367641600m', 966_367_642n],
  ['9007199254740993', 9_007_199_254_740_993n],
  ['.5Ki', 512n],
  ['1.', 1n],
  ['+3k', 3000n],
  ['1u', 1n],
  ['1n', 1n],
  ['1500m', 2n],
  ['1e3', 1000n],
  ['1E3', 1000n],
  ['1E', 1_000_000_000_000_000_000n],
  ['1Ei', 1n << 60n],
  ['12e-1', 2n],
  ['1e-400', 1n],
  ['0e400', 0n],
  ['9223372036854775807', maxBytes],
  ['-0', 0n],
];

const problems: [text: string, problem: RegExp][] = [
  ['', /not a Kubernetes quantity/],
  ['abc', /not a Kubernetes quantity/],
  ['1K', /not a Kubernetes quantity/],
  ['10GB', /not a Kubernetes quantity/],
  ['1 Gi', /not a Kubernetes quantity/],
  ['.', /not a Kubernetes quantity/],
  ['1e', /not a Kubernetes quantity/],
  ['0x10', /not a Kubernetes quantity/],
  ['-5Gi', /negative/],
  ['1e400', /larger than/],
  ['1e99999999999999999999', /larger than/],
  ['8Ei', /larger than/],
  ['9223372036854775808', /larger than/],
];

describe('quantity', () => {
  for (const [text, bytes] of quantities)
    it(`${text} is ${bytes} bytes`, () => assert.equal(readBytes(text).bytes, bytes));

  for (const [text, problem] of problems) {
    it(`'${text}' ${problem.source}`, () => {
      assert.match(readBytes(text).problem ?? '', problem);
      assert.equal(readBytes(text).bytes, undefined);
    });
  }

  it('never throws and is never negative', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[+-]?\d{0,30}\.?\d{0,30}(Ki|Ei|m|n|E|e\d{1,12}|e-\d{1,12})?$/)),
        (text) => {
          const read = readBytes(text);
          assert.ok(read.bytes === undefined ? read.problem : read.bytes >= 0n && read.bytes <= maxBytes);
        },
      ),
    );
  });

  it('reads back every byte count', () => {
    fc.assert(fc.property(fc.bigInt(0n, maxBytes), (bytes) => assert.equal(readBytes(String(bytes)).bytes, bytes)));
  });

  it('refuses a budget of zero', () => {
    assert.match(readBudget('0').problem ?? '', /zero/);
    assert.equal(readBudget('1m').bytes, 1n);
  });
});
