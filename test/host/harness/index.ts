import Mocha from 'mocha';
import { record } from '../../../scripts/results.ts';

/** From this line on, what is logged is the output of the tests. */
const firstLine = 'Running in the extension host of a real VS Code.';

/** Runs inside the extension host: `load` defines the tests with mocha's globals. Rejects when a test fails. */
export async function runMocha(load: () => void): Promise<void> {
  const grep = process.env.PVCWATCH_GREP;
  const mocha = new Mocha({ timeout: 120_000, slow: 60_000, color: false, ...(grep ? { grep } : {}) });
  process.setSourceMapsEnabled(true);
  console.log(firstLine);
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  load();
  const failures = await new Promise<number>((resolve) => {
    record(process.env.PVCWATCH_LEVEL ?? 'host', mocha.run(resolve));
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}
