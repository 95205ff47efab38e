import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Runner, Test } from 'mocha';

/** What one mocha run came to. */
export interface Results {
  readonly level: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly title: string; readonly message: string }[];
}

/** The file to which mocha runs add a line each, also those inside an extension host. */
export const resultsVariable = 'PVCWATCH_RESULTS';

/** Adds the outcome of a mocha run to the file that `PVCWATCH_RESULTS` names, if it names one. */
export function record(level: string, runner: Runner): void {
  const file = process.env[resultsVariable];
  const failures: { title: string; message: string }[] = [];
  // Hooks fail too, and are no tests: the number of failures counts them.
  runner.on('fail', (test: Test, error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    failures.push({ title: test.fullTitle(), message: message.split('\n', 1)[0] ?? '' });
  });
  runner.once('end', () => {
    const passed = runner.stats?.passes ?? 0;
    const skipped = runner.stats?.pending ?? 0;
    const results: Results = { level, passed, failed: failures.length, skipped, failures };
    if (file) appendFileSync(file, `${JSON.stringify(results)}\n`);
  });
}

/** All that was recorded in a file; nothing if it does not exist. */
export function recorded(file: string): Results[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Results);
}
