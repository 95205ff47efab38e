import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from './measurement.ts';
import { cellsOf, head } from './table.ts';

const page = join(import.meta.dirname, '..', 'docs', 'performance.md');
const begin = '<!-- figures: written by `npm run bench -- --write` -->';
const end = '<!-- end of figures -->';

/** Puts the figures of a whole run, with machine and date, in the place of those in docs/performance.md. */
export function writePerformancePage(measurements: readonly Measurement[], date: Date): void {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the figures.`);
  const figures = `${begin}\n\nMeasured on ${date.toISOString().slice(0, 10)}, ${machine()}.\n\n${markdownTable(measurements)}\n\n`;
  writeFileSync(page, text.slice(0, from) + figures + text.slice(to));
}

/** In general words. */
function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const model = first?.model.replace(/\s*(\(R\)|\(TM\)|CPU|Processor|@.*$)/g, '').trim() || 'unknown processor';
  return `${cpus().length} cores (${model}, ${process.platform} ${process.arch}), ${memory} GiB of memory, Node ${process.versions.node}`;
}

function markdownTable(measurements: readonly Measurement[]): string {
  const rows = [head, ...measurements.map(cellsOf)].map((row) => row.map((cell) => cell.trim().replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], pad = ' ') =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, pad)).join(' | ')} |`;
  const [first = [], ...others] = rows;
  return [
    line(first),
    line(
      widths.map(() => ''),
      '-',
    ),
    ...others.map((row) => line(row)),
  ].join('\n');
}
