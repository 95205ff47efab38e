// Backtest of the forecast against predict_linear over six hours: npm run bench:forecast [-- --traces=24] [--from-seed=101]
import { median } from '../measurement.ts';
import { emptyScores, type Score, type Scores, scoreTrace } from './score.ts';
import { kinds, traceOf } from './traces.ts';

const head = ['kind', 'looks', 'due', 'error', 'peer', 'false', 'peer', 'missed', 'peer', 'in range', ''];
/** Where the error must be near that of least squares, which is the best there is for a line with plain noise. */
const plainGrowth = ['linear, slow', 'linear, fast'];

function main(traces: number, firstSeed: number): number {
  const startedMs = performance.now();
  const all = kinds.map((kind) => {
    const scores = emptyScores();
    for (let seed = firstSeed; seed < firstSeed + traces; seed++) scoreTrace(traceOf(kind, seed), scores);
    return { kind, scores };
  });
  const sum = (of: (scores: Scores) => number) => all.reduce((total, { scores }) => total + of(scores), 0);
  const rows = all.map(({ kind, scores }) => rowOf(kind, scores));
  const total: Scores = {
    ours: summed((scores) => scores.ours),
    peer: summed((scores) => scores.peer),
    ranges: sum(({ ranges }) => ranges),
    hits: sum(({ hits }) => hits),
    looks: sum(({ looks }) => looks),
    warnableLooks: sum(({ warnableLooks }) => warnableLooks),
  };
  console.log(`\n${aligned([head, ...rows, rowOf('all', total)])}\n`);
  console.log(
    'error: median of |given - true| / the longer of both, as far as full could be foreseen; no answer counts as 1.',
  );
  console.log('false, missed: hourly looks. peer: predict_linear over 6 h. in range: true times within our ranges.');
  const looks = total.looks;
  console.log(`${looks} looks took ${((performance.now() - startedMs) / 1000).toFixed(0)} s.`);
  const wrong = all.flatMap(({ kind, scores }) => brokenOf(kind, scores));
  if (total.ours.falseWarnings > total.peer.falseWarnings / 2)
    wrong.push('all: more than half as many false warnings as predict_linear');
  if (total.ours.missedWarnings > total.peer.missedWarnings)
    wrong.push('all: more missed warnings than predict_linear');
  for (const line of wrong) console.error(`BROKEN: ${line}.`);
  if (wrong.length === 0) console.log('All promises are kept.');
  return wrong.length === 0 ? 0 : 1;

  function summed(of: (scores: Scores) => Score): Score {
    return {
      errors: all.flatMap(({ scores }) => of(scores).errors),
      falseWarnings: sum((scores) => of(scores).falseWarnings),
      missedWarnings: sum((scores) => of(scores).missedWarnings),
    };
  }
}

function brokenOf(kind: string, { ours, peer }: Scores): string[] {
  const wrong: string[] = [];
  if (ours.falseWarnings > peer.falseWarnings) wrong.push(`${kind}: more false warnings than predict_linear`);
  if (ours.missedWarnings > peer.missedWarnings) wrong.push(`${kind}: more missed warnings than predict_linear`);
  if (plainGrowth.includes(kind) && median(ours.errors) > 1.1 * median(peer.errors))
    wrong.push(`${kind}: the error is more than 1.1x that of predict_linear`);
  return wrong;
}

function rowOf(kind: string, { ours, peer, ranges, hits, looks, warnableLooks }: Scores): string[] {
  const loses = [
    ours.errors.length > 0 && median(ours.errors) > median(peer.errors) ? 'error' : '',
    ours.falseWarnings > peer.falseWarnings ? 'false' : '',
    ours.missedWarnings > peer.missedWarnings ? 'missed' : '',
  ].filter((word) => word !== '');
  const error = ({ errors }: Score) => (errors.length === 0 ? '-' : median(errors).toFixed(3));
  const counts = [ours.falseWarnings, peer.falseWarnings, ours.missedWarnings, peer.missedWarnings].map(String);
  const within = ranges === 0 ? '-' : `${((hits / ranges) * 100).toFixed(0)}%`;
  const verdict = loses.length === 0 ? '' : `loses: ${loses.join(', ')}`;
  return [kind, String(looks), String(warnableLooks), error(ours), error(peer), ...counts, within, verdict];
}

function aligned(rows: readonly string[][]): string {
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (cell: string, column: number) =>
    column === 0 || column === head.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

function flag(name: string, otherwise: number): number {
  const prefix = `--${name}=`;
  const given = process.argv.find((argument) => argument.startsWith(prefix));
  return given === undefined ? otherwise : Number(given.slice(prefix.length));
}

process.exitCode = main(flag('traces', 12), flag('from-seed', 1));
