import { writeFileSync } from 'node:fs';
import { extensions } from 'vscode';
import { CallingTurn, type TurnReport } from './callingTurn.ts';

/** What the probe is told, as JSON in `PVCWATCH_BENCH_ROUND`. */
export interface Round {
  /** Ids of the extensions to activate, one after the other. */
  readonly order: readonly string[];
  readonly watchIo: boolean;
  /** The file to write the reports to. */
  readonly report: string;
}

/** One extension in one extension host. */
export interface ActivationReport extends TurnReport {
  readonly id: string;
  /** From the call until VS Code says that it is active. */
  readonly totalMs: number;
}

/** What one extension has left to be done later does not count for the next one. */
const pauseMs = 1_500;

/** Runs inside the extension host, bundled: activates extensions and writes what it has measured. */
export async function run(): Promise<void> {
  const { order, watchIo, report } = JSON.parse(process.env.PVCWATCH_BENCH_ROUND ?? '') as Round;
  const reports: ActivationReport[] = [];
  for (const id of order) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    reports.push(await measured(id, watchIo));
  }
  writeFileSync(report, JSON.stringify(reports));
}

async function measured(id: string, watchIo: boolean): Promise<ActivationReport> {
  const extension = extensions.getExtension(id);
  if (!extension) throw new Error(`${id} is not installed.`);
  if (extension.isActive) throw new Error(`${id} is active already.`);
  const turn = new CallingTurn(extension.extensionPath, watchIo);
  try {
    const startedMs = performance.now();
    await extension.activate();
    const totalMs = performance.now() - startedMs;
    return { id, totalMs, ...turn.report() };
  } finally {
    turn.dispose();
  }
}
