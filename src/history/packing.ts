import type { HistorySample } from '../domain/historySample.ts';

/**
 * Samples of one claim as bytes: a version, how many, then one column after the other, each as the exponent of its unit and
 * the differences from one to the next, as zigzag varints.
 *
 * The unit of a column is the largest power of two that divides it all, as filesystems count in blocks: used bytes that change
 * by 40 KiB cost one byte. Times are whole seconds. Figures below 2^51 (2 PiB) come back as they were, larger ones to one part
 * in 2^50.
 */
export function packed(samples: readonly HistorySample[]): Uint8Array {
  const bytes: number[] = [version];
  writeVarint(bytes, samples.length);
  writeColumn(
    bytes,
    samples.map(({ atMs }) => Math.floor(atMs / 1000)),
  );
  for (const field of fields)
    writeColumn(
      bytes,
      samples.map((sample) => sample[field]),
    );
  return Uint8Array.from(bytes);
}

/** The samples in `bytes`; undefined if these are none, whatever they are. */
export function unpacked(bytes: Uint8Array): HistorySample[] | undefined {
  const reader = { bytes, at: 1 };
  const count = readVarint(reader);
  // Each sample takes a byte at least in every column.
  if (bytes[0] !== version || count === undefined || count > bytes.length) return undefined;
  const times = readColumn(reader, count);
  const columns = fields.map(() => readColumn(reader, count));
  if (reader.at !== bytes.length || !times) return undefined;
  const [capacities, available, used, inodes, inodesUsed] = columns;
  const samples: HistorySample[] = [];
  for (const [index, seconds] of times.entries()) {
    const capacityBytes = capacities?.[index];
    const availableBytes = available?.[index];
    if (seconds === undefined || capacityBytes === undefined || availableBytes === undefined) return undefined;
    samples.push({
      atMs: seconds * 1000,
      capacityBytes,
      availableBytes,
      usedBytes: used?.[index],
      inodes: inodes?.[index],
      inodesUsed: inodesUsed?.[index],
    });
  }
  return samples;
}

const version = 1;
const fields = ['capacityBytes', 'availableBytes', 'usedBytes', 'inodes', 'inodesUsed'] as const;
/** Levels stay below it, so that twice a difference is exact in a double. */
const levelLimit = 2 ** 52;

type Column = readonly (number | undefined)[];

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

/** Level 0 is undefined, so that a value is its level less one. */
function writeColumn(bytes: number[], column: Column): void {
  const exponent = exponentOf(column);
  const unit = 2 ** exponent;
  bytes.push(exponent);
  let before = 0;
  for (const value of column) {
    const level = value === undefined ? 0 : Math.round(value / unit) + 1;
    writeVarint(bytes, level >= before ? 2 * (level - before) : 2 * (before - level) - 1);
    before = level;
  }
}

function readColumn(reader: Reader, count: number): Column | undefined {
  const unit = 2 ** (reader.bytes[reader.at++] ?? 0);
  const column: (number | undefined)[] = [];
  let level = 0;
  for (let index = 0; index < count; index++) {
    const zigzag = readVarint(reader);
    if (zigzag === undefined) return undefined;
    level += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    if (level < 0 || level > levelLimit) return undefined;
    column.push(level === 0 ? undefined : (level - 1) * unit);
  }
  return column;
}

function exponentOf(column: Column): number {
  let [largest, exponent] = [0, 63];
  for (const value of column) {
    if (!value) continue;
    largest = Math.max(largest, value);
    let zeros = 0;
    for (let rest = value; zeros < exponent && rest % 2 === 0; rest /= 2) zeros++;
    exponent = Math.min(exponent, zeros);
  }
  if (largest === 0) return 0;
  while (largest / 2 ** exponent + 2 > levelLimit) exponent++;
  return exponent;
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

function readVarint(reader: Reader): number | undefined {
  let value = 0;
  for (let factor = 1; factor < 2 ** 56; factor *= 128) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) return undefined;
    value += (byte % 128) * factor;
    if (byte < 128) return value;
  }
  return undefined;
}
