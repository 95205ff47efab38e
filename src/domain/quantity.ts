/** The largest quantity that Kubernetes' int64 accounting can hold, in bytes: 2^63-1. */
export const maxBytes = 2n ** 63n - 1n;

/** 10^18 * 10^60: nothing beyond this survives any check, so no larger power is ever computed. */
const maxExponent = 60;

const grammar = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/;

const binaryShift: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const decimalExponent: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** A quantity in whole bytes, or the reason why it cannot be counted, fit to follow the quantity's own text. */
export type BytesOrProblem =
  | { readonly bytes: bigint; readonly problem?: never }
  | { readonly bytes?: never; readonly problem: string };

/**
 * Reads a Kubernetes quantity as whole bytes, rounded up as ResourceQuota does (`Quantity.Value()`).
 *
 * The grammar is Go's `resource.ParseQuantity`: sign, decimals, `n u m k M G T P E`, `Ki … Ei`, decimal exponents.
 * What Go refuses (`1K`, `10GB`, `1 Gi`, empty) is a problem; so are negative values and values above 2^63-1, which Go
 * accepts or caps while parsing but which no claim can mean. Never throws, and bounds the exponent before any power.
 */
export function readBytes(text: string): BytesOrProblem {
  const match = text.length <= 200 ? grammar.exec(text) : null;
  if (!match) return { problem: 'is not a Kubernetes quantity such as 200Gi' };
  const [, sign = '', digits = '0', suffix = ''] = match;
  const [whole = '0', fraction = ''] = digits.split('.');
  const mantissa = BigInt(`${whole || '0'}${fraction}`);
  if (mantissa === 0n) return { bytes: 0n };
  if (sign === '-') return { problem: 'is negative' };
  const bytes = scaleUp(mantissa, fraction.length, suffix);
  return bytes === undefined || bytes > maxBytes ? { problem: 'is larger than 2^63-1 bytes' } : { bytes };
}

/** mantissa x suffix / 10^decimals, rounded up; undefined when it is certainly above `maxBytes`. */
function scaleUp(mantissa: bigint, decimals: number, suffix: string): bigint | undefined {
  const shift = binaryShift[suffix];
  if (shift !== undefined) return divideUp(mantissa << shift, 10n ** BigInt(decimals));
  const exponent = decimalExponent[suffix] ?? boundedExponent(suffix);
  const scale = exponent - decimals;
  if (scale > maxExponent) return undefined;
  // Go keeps nothing below a nano: anything smaller is rounded up to one nano, and so to one byte.
  if (scale < -300) return 1n;
  return scale >= 0 ? mantissa * 10n ** BigInt(scale) : divideUp(mantissa, 10n ** BigInt(-scale));
}

function boundedExponent(suffix: string): number {
  if (suffix === '') return 0;
  const exponent = Number(suffix.slice(1));
  return Math.max(-400, Math.min(400, exponent));
}

function divideUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}

/** Byte counts of the settings: as `readBytes`, and above zero. */
export function readBudget(text: string): BytesOrProblem {
  const read = readBytes(text);
  return read.bytes === 0n ? { problem: 'is zero' } : read;
}
