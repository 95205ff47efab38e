import { runEnsured } from './ensure.mjs';

await runEnsured('start.ts', process.argv.slice(2));
