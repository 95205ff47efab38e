/** Sizes people ask for, in units of 1024^n bytes. */
const usual = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 300, 400, 512, 640, 768,
].map(BigInt);
const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Bytes as a Kubernetes quantity: the largest binary unit that is exact. */
export function quantityText(bytes: bigint): string {
  let value = bytes;
  let unit = 0;
  while (value !== 0n && value % 1024n === 0n && unit < units.length - 1) {
    value /= 1024n;
    unit++;
  }
  return `${value}${units[unit]}`;
}

/** The usual size nearest to a number of bytes; at least one byte. */
export function usualSize(bytes: bigint): bigint {
  return around(bytes).nearest;
}

/** The smallest usual size above a number of bytes. */
export function usualSizeAbove(bytes: bigint): bigint {
  return around(bytes).above;
}

function around(bytes: bigint): { readonly nearest: bigint; readonly above: bigint } {
  let unit = 1n;
  while (bytes >= unit * 1024n) unit *= 1024n;
  const sizes = [...usual.map((size) => size * unit), unit * 1024n];
  const above = sizes.find((size) => size > bytes) ?? unit * 2048n;
  const below = sizes.findLast((size) => size <= bytes) ?? 1n;
  return { nearest: bytes - below <= above - bytes ? below : above, above };
}

/** A share of a number of bytes; exact enough for a ratio of a few digits. */
export function shareOf(bytes: bigint, ratio: number): bigint {
  return (bytes * BigInt(Math.round(ratio * 1_000_000))) / 1_000_000n;
}
