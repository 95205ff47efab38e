// Runs a program to its end and reports what it has cost: node bench/realCluster/measure.ts PROGRAM [ARGUMENT…]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A whole process, from its start to its end. */
export interface ProcessCost {
  readonly wallMs: number;
  /** User and system time of all its threads, in steps of 10 ms. */
  readonly cpuMs: number;
  readonly peakBytes: number;
}

const pollMs = 4;
const clockTickMs = 10;

/**
 * The same for whatever the program is written in, and nothing but Linux is needed.
 *
 * Only the event loop would collect an ended child; as it stands still here, the child stays as a zombie, of which the
 * kernel still tells the exact times. The peak, which only grows, is the last that was seen.
 */
function measured(program: string, args: readonly string[]): ProcessCost {
  const startedMs = performance.now();
  const child = spawn(program, [...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (child.pid === undefined) throw new Error(`${program} cannot be started.`);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let peakBytes = 0;
  for (;;) {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    peakBytes = Math.max(peakBytes, Number(peak ?? 0) * 1024);
    const { state, ticks, exitCode } = standing(child.pid);
    if (state === 'Z') {
      if (exitCode !== 0) throw new Error(`${program} has ended with ${exitCode}.`);
      return { wallMs: performance.now() - startedMs, cpuMs: ticks * clockTickMs, peakBytes };
    }
    Atomics.wait(pause, 0, 0, pollMs);
  }
}

/** See proc_pid_stat(5): state is its field 3, utime and stime are 14 and 15, the exit code as wait(2) has it is 52. */
function standing(pid: number): { readonly state: string; readonly ticks: number; readonly exitCode: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => fields[number - 3] ?? '';
  return { state: field(3), ticks: Number(field(14)) + Number(field(15)), exitCode: Number(field(52)) };
}

const [program = '', ...args] = process.argv.slice(2);
process.send?.(measured(program, args));
