import { type Measurement, ratioOf, textOf, verdictOf } from './measurement.ts';

export const head: readonly string[] = ['', 'ours', 'peer', 'ratio', 'promised', ''];

/** The measurements as aligned text, a line each. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows = [head, ...measurements.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0, column)).join('  ')).join('\n');
}

/** One sentence for each promise that does not hold. */
export function broken(measurements: readonly Measurement[]): string[] {
  return measurements
    .filter((measurement) => verdictOf(measurement) === 'broken')
    .map((measurement) => {
      const { name, unit, ours, peer, bound, detail } = measurement;
      const than = peer === undefined ? '' : ` against ${figure(peer)} ${unit} (${ratioText(measurement)})`;
      const why = detail === undefined ? '' : ` ${detail}`;
      return `BROKEN: ${name}: ${figure(ours)} ${unit}${than}; promised is ${textOf(bound)}.${why}`;
    });
}

/** One line of the table, as text. */
export function cellsOf(measurement: Measurement): string[] {
  const { name, unit, ours, peer, bound } = measurement;
  const verdict = { kept: 'ok', missed: 'missed', broken: 'BROKEN' }[verdictOf(measurement)];
  return [
    name,
    `${figure(ours)} ${unit}`,
    peer === undefined ? '' : `${figure(peer)} ${unit}`,
    ratioText(measurement),
    textOf(bound),
    bound === undefined ? '' : verdict,
  ];
}

function padded(cell: string, width: number, column: number): string {
  return column === 0 || column === head.length - 1 ? cell.padEnd(width) : cell.padStart(width);
}

function ratioText(measurement: Measurement): string {
  const ratio = ratioOf(measurement);
  return ratio === undefined ? '' : `${ratio.toFixed(2)}x`;
}

/** Whole numbers from 100 on, else with one decimal where there is one. */
function figure(value: number): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
