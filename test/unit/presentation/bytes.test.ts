import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxBytes, readBytes } from '../../../src/domain/quantity.ts';
import { cutPercent, exactBytes, excessBytes, humanBytes } from '../../../src/presentation/bytes.ts';
import { bytesOf } from '../../support/views.ts';

const sizes = fc.oneof(fc.bigInt(0n, maxBytes), fc.bigInt(0n, 5000n), fc.bigInt(0n, 1n << 45n));

const human: [bytes: bigint, text: string][] = [
  [0n, '0'],
  [1n, '1'],
  [1023n, '1023'],
  [1024n, '1Ki'],
  [1025n, '1Ki'],
  [512n << 20n, '512Mi'],
  [3n << 29n, '1.5Gi'],
  [20_000_000_000n, '18.6Gi'],
  [150n << 30n, '150Gi'],
  [1023n << 20n, '1023Mi'],
  [(1n << 30n) - 1n, '1023Mi'],
  [2_572_877_091_307n, '2.34Ti'],
  [(1n << 40n) + (1n << 30n), '1Ti'],
  [(1n << 40n) + (11n << 30n), '1.01Ti'],
  [50n << 40n, '50Ti'],
  [maxBytes, '7.99Ei'],
  [2000n << 60n, '2000Ei'],
];

const percents: [bytes: bigint, budget: bigint, whole: string, tenths: string][] = [
  [150n, 200n, '75', '75.0'],
  [9996n, 10_000n, '99', '99.9'],
  [9999n, 10_000n, '99', '99.9'],
  [10_000n, 10_000n, '100', '100.0'],
  [0n, 1n, '0', '0.0'],
  [210n, 200n, '105', '105.0'],
  [maxBytes, 1n, '922337203685477580700', '922337203685477580700.0'],
];

describe('human sizes', () => {
  for (const [bytes, text] of human) it(`${bytes} reads ${text}`, () => assert.equal(humanBytes(bytes), text));

  it('never say more than the value, and less by under one part in a hundred', () => {
    fc.assert(
      fc.property(sizes, (bytes) => {
        const read = readBytes(humanBytes(bytes)).bytes ?? -1n;
        // A decimal fraction of a unit may end inside a byte, and reading rounds that up.
        assert.ok(read <= bytes, `${humanBytes(bytes)} for ${bytes}`);
        assert.ok(bytes - read <= bytes / 100n, `${humanBytes(bytes)} for ${bytes}`);
      }),
    );
  });

  it('are at most four digits and a point, without trailing zeros', () => {
    fc.assert(
      fc.property(sizes, (bytes) => {
        const text = humanBytes(bytes);
        assert.match(text, /^(\d{1,3}|10[012]\d|\d\.\d{0,1}[1-9]|\d\d\.[1-9])([KMGTPE]i)?$/);
      }),
    );
  });

  it('grow with the value', () => {
    fc.assert(
      fc.property(sizes, sizes, (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        assert.ok(bytesOf(humanBytes(less)) <= bytesOf(humanBytes(more)));
      }),
    );
  });
});

describe('exact sizes', () => {
  const exact: [bytes: bigint, text: string][] = [
    [0n, '0'],
    [1000n, '1000'],
    [3n << 29n, '1.5Gi'],
    [150n << 30n, '150Gi'],
    [20_000_000_000n, '18.6Gi (20,000,000,000 bytes)'],
    [(150n << 30n) + 1n, '150Gi (161,061,273,601 bytes)'],
  ];
  for (const [bytes, text] of exact) it(`${bytes} reads ${text}`, () => assert.equal(exactBytes(bytes), text));

  it('can always be read back to the byte', () => {
    fc.assert(
      fc.property(sizes, (bytes) => {
        const text = exactBytes(bytes);
        const [, written] = /\(([\d,]+) bytes\)$/.exec(text) ?? [];
        assert.equal(written === undefined ? bytesOf(text) : BigInt(written.replaceAll(',', '')), bytes);
      }),
    );
  });
});

describe('an excess', () => {
  const excesses: [bytes: bigint, text: string][] = [
    [1n, '1 byte'],
    [1023n, '1023 bytes'],
    [1024n, '1Ki'],
    [10n << 30n, '10Gi'],
  ];
  for (const [bytes, text] of excesses) it(`of ${bytes} reads ${text}`, () => assert.equal(excessBytes(bytes), text));
});

describe('percent of a budget', () => {
  for (const [bytes, budget, whole, tenths] of percents) {
    it(`${bytes} of ${budget} is ${whole} % and ${tenths} %`, () => {
      assert.equal(cutPercent(bytes, budget, 0), whole);
      assert.equal(cutPercent(bytes, budget, 1), tenths);
    });
  }

  it('is cut: it never says more than the ratio, and less by under one unit of its last digit', () => {
    fc.assert(
      fc.property(sizes, fc.bigInt(1n, maxBytes), fc.constantFrom<(0 | 1)[]>(0, 1), (bytes, budget, decimals) => {
        const scale = decimals === 0 ? 100n : 1000n;
        const said = BigInt(cutPercent(bytes, budget, decimals).replace('.', ''));
        assert.ok(said * budget <= bytes * scale);
        assert.ok((said + 1n) * budget > bytes * scale);
      }),
    );
  });

  it('says 100 only when the budget is reached', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, maxBytes), (budget) => {
        assert.ok(Number(cutPercent(budget - 1n, budget, 1)) < 100);
        assert.equal(cutPercent(budget, budget, 1), '100.0');
      }),
    );
  });
});
