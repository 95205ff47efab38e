import { globSync } from 'node:fs';
import { join } from 'node:path';

/** A step of `npm test`: a program that ends with 0 when all is well. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it records mocha results; otherwise its exit code is all it says. */
  readonly counted: boolean;
  /** Whether others may run at the same time: it minds neither the load nor what they write. */
  readonly sociable: boolean;
}

const root = join(import.meta.dirname, '..');
/** Tests that make sense on a real control plane only. */
const onlyCluster = '**/*.cluster.test.ts';
/** Unit tests that work with files, sockets and processes: about half of the time of all. */
const withIo = 'test/unit/{cluster,host,session,usage}/**/*.test.ts';
const bin = (name: string) => join(root, 'node_modules', '.bin', name);

const lint: Step = {
  name: 'lint',
  command: [bin('biome'), 'check', '--error-on-warnings', '.'],
  counted: false,
  sociable: true,
};

/** Names that can be given to `npm test`, in the order in which they run. */
export const levels = ['types', 'lint', 'unit', 'contract', 'host', 'screen', 'cluster'] as const;
export type Level = (typeof levels)[number];

/** The steps of a level. Folders without tests have none. */
export function stepsOf(level: Level, flags: readonly string[] = []): Step[] {
  switch (level) {
    case 'types':
      return [types('types', '.'), types('types (web views)', 'src/dashboard')];
    case 'lint':
      return [lint];
    case 'unit':
      return [
        ...mocha('unit (pure)', 20, 'test/unit/**/*.test.ts', withIo, flags),
        ...mocha('unit (files, sockets, processes)', 20, withIo, undefined, flags),
      ].map((step) => ({ ...step, sociable: true }));
    case 'contract':
      return mocha('contract', 120, 'test/contract/**/*.test.ts', onlyCluster, flags);
    case 'host':
      return host('host', 'demo', flags);
    case 'screen':
      return mocha('screen', 300, 'test/screen/**/*.test.ts', onlyCluster, flags);
    case 'cluster':
      return [
        ...mocha('contract (cluster)', 180, `test/contract/${onlyCluster}`, undefined, flags),
        ...mocha('faults (cluster)', 120, `test/faults/${onlyCluster}`, undefined, flags),
        ...host('host (cluster)', 'cluster', flags),
        ...mocha('screen (cluster)', 600, `test/screen/${onlyCluster}`, undefined, flags),
      ];
  }
}

function types(name: string, project: string): Step {
  return { name, command: [bin('tsc'), '-p', project], counted: false, sociable: true };
}

function mocha(
  name: string,
  seconds: number,
  pattern: string,
  excluded: string | undefined,
  flags: readonly string[],
): Step[] {
  if (globSync(pattern, { cwd: root, ...(excluded ? { exclude: [excluded] } : {}) }).length === 0) return [];
  const script = join(root, 'scripts', 'mocha.ts');
  const patterns = [pattern, ...(excluded ? [excluded] : [])];
  const command = [process.execPath, script, name, String(seconds), ...patterns, ...flags];
  return [{ name, command, counted: true, sociable: false }];
}

function host(name: string, against: 'demo' | 'cluster', flags: readonly string[]): Step[] {
  const suite = globSync('test/host/suite/**/*.test.ts', { cwd: root });
  if (!suite.some((file) => file.endsWith('.cluster.test.ts') === (against === 'cluster'))) return [];
  const script = join(root, 'test', 'host', 'harness', 'run.ts');
  const command = [process.execPath, script, name, against, ...flags];
  return [{ name, command, counted: true, sociable: false }];
}
