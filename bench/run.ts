// Runs all benches, or those that are named: npm run bench -- --only=activation,listClaims [--rest-seconds=300]
// With --write the figures of all go to docs/performance.md.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activation } from './activation.ts';
import { demoCluster } from './demoCluster.ts';
import { history } from './history.ts';
import { largeTree } from './largeTree.ts';
import { listClaims } from './listClaims.ts';
import type { Measurement } from './measurement.ts';
import { packageSize } from './packageSize.ts';
import { writePerformancePage } from './performancePage.ts';
import { realCluster } from './realCluster.ts';
import { broken, tableOf } from './table.ts';
import { usagePoll } from './usagePoll.ts';
import { watchEvents } from './watchEvents.ts';

/** Each gets a folder of its own, which is removed at the end. */
const benches: Readonly<Record<string, (folder: string, flags: readonly string[]) => Promise<Measurement[]>>> = {
  packageSize,
  activation,
  listClaims,
  watchEvents,
  realCluster,
  demoCluster,
  history,
  usagePoll,
  largeTree,
};

/** The exit code: 0 when every promise is kept. */
async function main(folder: string, args: readonly string[]): Promise<number> {
  const flags = args.filter((argument) => argument.startsWith('--'));
  const only = flags.flatMap((flag) => (flag.startsWith('--only=') ? flag.slice('--only='.length).split(',') : []));
  const names = [...args.filter((argument) => !flags.includes(argument)), ...only];
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0) throw new Error(`No such bench: ${unknown.join(', ')}. There are ${Object.keys(benches)}.`);
  if (flags.includes('--write') && names.length > 0)
    throw new Error('--write is for the figures of all benches at once.');
  const measurements: Measurement[] = [];
  const failures: string[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const startedMs = performance.now();
    const own = join(folder, name);
    mkdirSync(own);
    try {
      measurements.push(...(await bench(own, flags)));
    } catch (error) {
      failures.push(`FAILED: ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    console.log(`${name} took ${((performance.now() - startedMs) / 1000).toFixed(0)} s.`);
  }
  if (flags.includes('--write')) {
    if (failures.length > 0) console.error('docs/performance.md stays as it was, because not everything was measured.');
    else writePerformancePage(measurements, new Date());
  }
  const wrong = [...failures, ...broken(measurements)];
  console.log(`\n${tableOf(measurements)}\n`);
  for (const line of wrong) console.error(line);
  console.log(wrong.length === 0 ? 'All promises are kept.' : `${wrong.length} of the above are not kept.`);
  return wrong.length === 0 ? 0 : 1;
}

const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
try {
  process.exitCode = await main(folder, process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
