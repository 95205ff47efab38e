import { runEnsured } from './ensure.mjs';

await runEnsured('test.ts', process.argv.slice(2));
