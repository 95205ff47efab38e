const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * A size for people: the largest binary unit with a value of at least 1, three significant digits, cut and never rounded up,
 * no trailing zeros, whole numbers up to 1023 kept: `0`, `1023`, `512Mi`, `1.5Gi`, `18.6Gi`, `1023Mi`, `2.34Ti`.
 */
export function humanBytes(bytes: bigint): string {
  if (bytes < 0n) return `-${humanBytes(-bytes)}`;
  let unit = 0;
  while (unit < units.length - 1 && bytes >> BigInt(10 * (unit + 1)) > 0n) unit++;
  const shift = BigInt(10 * unit);
  const whole = bytes >> shift;
  const digits = String(whole).length;
  const decimals = Math.max(0, 3 - digits);
  const scale = 10n ** BigInt(decimals);
  const fraction = decimals === 0 ? 0n : ((bytes - (whole << shift)) * scale) >> shift;
  const text = fraction === 0n ? '' : `.${String(fraction).padStart(decimals, '0')}`.replace(/0+$/, '');
  return `${whole}${text}${units[unit]}`;
}

/** A size for people, and exactly where the two differ: `1.5Gi`, `18.6Gi (20,000,000,000 bytes)`. */
export function exactBytes(bytes: bigint): string {
  const human = humanBytes(bytes);
  return isExact(bytes) ? human : `${human} (${bytes.toLocaleString('en-US')} bytes)`;
}

/** The excess in a message: human, but exact if it would read as 0. */
export function excessBytes(bytes: bigint): string {
  return bytes < 1024n ? `${bytes} ${bytes === 1n ? 'byte' : 'bytes'}` : humanBytes(bytes);
}

/** Whether the size for people leaves nothing out. */
export function isExact(bytes: bigint): boolean {
  if (bytes < 1024n) return true;
  const match = /^(\d+)(?:\.(\d+))?([A-Z]i)?$/.exec(humanBytes(bytes));
  if (!match) return false;
  const [, whole = '0', fraction = '', unit = ''] = match;
  const scaled = BigInt(`${whole}${fraction}`) << BigInt(10 * units.indexOf(unit));
  return scaled === bytes * 10n ** BigInt(fraction.length);
}

/** Percent of a budget, cut and never rounded up: 99.96 % is `99` and, with one decimal, `99.9`. */
export function cutPercent(bytes: bigint, budgetBytes: bigint, decimals: 0 | 1): string {
  if (decimals === 0) return String((bytes * 100n) / budgetBytes);
  const tenths = (bytes * 1000n) / budgetBytes;
  return `${tenths / 10n}.${tenths % 10n}`;
}
