// Runs the tests that match a pattern: node scripts/mocha.ts LEVEL TIMEOUT_SECONDS PATTERN [NOT_PATTERN] [--grep=TEXT]
import { globSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { record } from './results.ts';

/** How long open handles may keep the process after the last test. */
const lingerMs = 10_000;

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--grep='));
const [level = '', seconds, pattern = '', excluded] = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const grep = flags[0]?.slice('--grep='.length);
const root = join(import.meta.dirname, '..');
const files = globSync(pattern, { cwd: root, ...(excluded ? { exclude: [excluded] } : {}) }).sort();
// A signal alone would skip what tests have put aside for the exit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
const mocha = new Mocha({
  timeout: Number(seconds) * 1_000,
  slow: 60_000,
  color: process.stdout.isTTY === true,
  forbidOnly: 'CI' in process.env,
  ...(grep ? { grep } : {}),
});
for (const file of files) mocha.addFile(join(root, file));
await mocha.loadFilesAsync();
const runner = mocha.run((failures) => {
  process.exitCode = failures > 0 ? 1 : 0;
  setTimeout(() => {
    console.error(`The tests have left something open: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(1);
  }, lingerMs).unref();
});
record(level, runner);
