// npm run chaos [-- --minutes N --seed S]: random writes and random faults against a real control plane, followed by the product.
import { chaosOptions } from '../test/chaos/chaosOptions.ts';
import { chaosRun } from '../test/chaos/chaosRun.ts';
import { findControlPlane } from './controlPlane.ts';

async function main(args: readonly string[]): Promise<boolean> {
  const options = chaosOptions(args);
  const assets = findControlPlane();
  if (assets === undefined) {
    console.error(
      'The chaos needs a control plane: set KUBEBUILDER_ASSETS to its binaries (test/controlplane/README.md says how to get them).',
    );
    return false;
  }
  process.env.KUBEBUILDER_ASSETS = assets;
  const wrong = await chaosRun(options, (line) => console.log(line));
  for (const line of wrong) console.log(`WRONG ${line}`);
  console.log(wrong.length === 0 ? 'all as the server has it' : `${wrong.length} wrong with seed ${options.seed}`);
  return wrong.length === 0;
}

// A signal alone would skip what has been put aside for the exit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
