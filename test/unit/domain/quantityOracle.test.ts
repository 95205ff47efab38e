import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxBytes, readBytes } from '../../../src/domain/quantity.ts';

const exponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const shifts: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** The definition, as a fraction of whole numbers: value = digits * 10^exponent * 2^shift / 10^decimals, rounded up. */
function oracle(whole: string, fraction: string, exponent: number, shift: number): bigint {
  const numerator = BigInt(`${whole}${fraction}` || '0') * 2n ** BigInt(shift) * 10n ** BigInt(Math.max(0, exponent));
  const denominator = 10n ** BigInt(fraction.length + Math.max(0, -exponent));
  return numerator / denominator + (numerator % denominator === 0n ? 0n : 1n);
}

const digits = fc.stringMatching(/^\d{0,25}$/);
const number = fc.tuple(digits, digits).filter(([whole, fraction]) => whole !== '' || fraction !== '');

function check(text: string, expected: bigint): void {
  const { bytes, problem } = readBytes(text);
  if (expected > maxBytes) assert.match(problem ?? '', /larger than/, text);
  else assert.equal(bytes, expected, text);
}

describe('quantity against its definition', () => {
  it('agrees on decimal suffixes', () => {
    fc.assert(
      fc.property(number, fc.constantFrom(...Object.entries(exponents)), ([whole, fraction], [suffix, exponent]) =>
        check(`${whole}.${fraction}${suffix}`, oracle(whole, fraction, exponent, 0)),
      ),
    );
  });

  it('agrees on binary suffixes', () => {
    fc.assert(
      fc.property(number, fc.constantFrom(...Object.entries(shifts)), ([whole, fraction], [suffix, shift]) =>
        check(`${whole}.${fraction}${suffix}`, oracle(whole, fraction, 0, shift)),
      ),
    );
  });

  it('agrees on exponents', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: -60, max: 60 }), fc.constantFrom('e', 'E'), ([whole, fraction], power, e) =>
        check(`${whole}.${fraction}${e}${power}`, oracle(whole, fraction, power, 0)),
      ),
    );
  });

  it('refuses every negative one', () => {
    fc.assert(
      fc.property(
        number,
        fc.constantFrom(...Object.keys(exponents), ...Object.keys(shifts)),
        ([whole, fraction], suffix) => {
          const { bytes, problem } = readBytes(`-${whole}.${fraction}${suffix}`);
          if (/[1-9]/.test(whole + fraction)) assert.equal(problem, 'is negative');
          else assert.equal(bytes, 0n);
        },
      ),
    );
  });

  it('bounds an exponent before any power is computed', () => {
    const startedMs = performance.now();
    for (const text of ['1e999999999999', '9e-999999999999', '1E+9007199254740993', '1e1000000000']) readBytes(text);
    assert.ok(performance.now() - startedMs < 200);
  });
});
