// npm test [-- LEVEL…] [--grep=TEXT]: runs the levels (all, if none is named) and ends with `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findControlPlane } from './controlPlane.ts';
import { levels, type Step, stepsOf } from './levels.ts';
import { type Results, recorded, resultsVariable } from './results.ts';
import { sideBySide, type Task } from './sideBySide.ts';

const root = join(import.meta.dirname, '..');
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

async function main(args: readonly string[]): Promise<boolean> {
  const flags = args.filter((argument) => argument.startsWith('--grep='));
  const named = args.filter((argument) => !flags.includes(argument));
  const unknown = named.find((name) => !levels.some((level) => level === name));
  if (unknown) {
    console.error(`There is no level ${unknown}. Levels: ${levels.join(', ')}; --grep=TEXT selects tests.`);
    return false;
  }
  const chosen = levels.filter((level) => named.length === 0 || named.includes(level));
  const assets = chosen.includes('cluster') || chosen.includes('contract') ? findControlPlane() : undefined;
  const without = chosen.includes('cluster') && assets === undefined;
  const runnable = chosen.filter((level) => level !== 'cluster' || assets !== undefined);
  const steps = runnable.flatMap((level) => stepsOf(level, flags));
  const together = steps.filter(({ sociable }) => sociable).map((step) => taskOf(step, assets));
  const outcomes = await sideBySide(together, availableParallelism(), (piece) => process.stdout.write(piece));
  for (const step of steps.filter(({ sociable }) => !sociable)) {
    console.log(`\n== ${step.name}`);
    outcomes.push(await runStep(step, assets));
  }
  return report(outcomes, without, without && named.length > 0);
}

function taskOf(step: Step, assets: string | undefined): Task<Outcome> {
  return async (say) => {
    say(`\n== ${step.name}\n`);
    return await runStep(step, assets, say);
  };
}

/** What the step says goes to `say`, else straight to the screen. */
async function runStep(step: Step, assets: string | undefined, say?: (piece: string) => void): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-results-'));
  const file = join(folder, 'results');
  const discard = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', discard);
  try {
    const env = { ...process.env, ...(assets ? { KUBEBUILDER_ASSETS: assets } : {}), [resultsVariable]: file };
    const code = await run(step, env, say);
    return outcomeOf(step, code, recorded(file));
  } finally {
    discard();
    process.removeListener('exit', discard);
  }
}

/** A step that fails without a failed test counts as one failure, so that it cannot be overlooked. */
function outcomeOf(step: Step, code: number, results: readonly Results[]): Outcome {
  const sum = (field: 'passed' | 'failed' | 'skipped') => results.reduce((total, each) => total + each[field], 0);
  const failures = results.flatMap((each) => each.failures.map(({ title, message }) => `${title}: ${message}`));
  const named = failures.map((failure) => `${step.name}: ${failure}`);
  const silent = code !== 0 && failures.length === 0 ? [`${step.name}: ended with exit code ${code}`] : [];
  const uncounted = code === 0 && step.counted && results.length === 0 ? [`${step.name}: no test was run`] : [];
  const all = [...named, ...silent, ...uncounted];
  return { passed: sum('passed'), failed: all.length, skipped: sum('skipped'), failures: all };
}

async function run(step: Step, env: NodeJS.ProcessEnv, say?: (piece: string) => void): Promise<number> {
  const [program = '', ...args] = step.command;
  const to = say ? 'pipe' : 'inherit';
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', to, to], env });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', say ?? (() => {}));
  let interrupted = false;
  const forward = (signal: NodeJS.Signals) => {
    interrupted = true;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  const code = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (exitCode) => resolve(exitCode ?? 1));
  });
  for (const signal of signals) process.removeListener(signal, forward);
  if (interrupted) process.exit(130);
  return code;
}

function report(outcomes: readonly Outcome[], without: boolean, asked: boolean): boolean {
  const failures = outcomes.flatMap((each) => each.failures);
  const sum = (field: 'passed' | 'failed' | 'skipped') => outcomes.reduce((total, each) => total + each[field], 0);
  if (failures.length > 0) console.log(`\n== failures\n${failures.map((line) => `FAILED ${line}`).join('\n')}`);
  console.log();
  if (sum('skipped') > 0) console.log(`${sum('skipped')} skipped (see above)`);
  if (without) {
    console.log(
      'Not run: contract, fault, host and screen tests on a real control plane; set KUBEBUILDER_ASSETS to its binaries (test/controlplane/README.md says how to get them).',
    );
  }
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return failures.length === 0 && !asked;
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
