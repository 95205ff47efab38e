import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../scripts/chromium.ts';
import { startVscodeServer, type VscodeServer } from '../../scripts/vscode.ts';
import type { ActivationReport, Round } from './probe.ts';

export interface HostRoundsOptions {
  /** A folder of its own, removed by the caller. */
  readonly folder: string;
  /** Holds the extensions, unpacked: both as installed ones, because a window develops only one. */
  readonly extensionsDir: string;
  /** Folder of the probe, itself an extension, with its bundle `probe.cjs`. */
  readonly probe: string;
  readonly rounds: readonly Omit<Round, 'report'>[];
}

const roundLimitMs = 90_000;

/** Runs the probe in a fresh extension host of a real VS Code for every round. */
export async function hostRounds(options: HostRoundsOptions): Promise<ActivationReport[][]> {
  const { folder, extensionsDir, rounds } = options;
  const server = await startVscodeServer({
    dataDir: join(folder, 'data'),
    extensionsDir,
    smokeTestDriver: true,
    // Never the cluster of whoever runs this.
    env: { KUBECONFIG: join(folder, 'kubeconfig') },
  });
  try {
    const browser = await launchChromium();
    try {
      const reports: ActivationReport[][] = [];
      for (const [index, round] of rounds.entries()) {
        const report = join(folder, `round-${index}.json`);
        await oneRound(browser, server, options, { ...round, report });
        reports.push(JSON.parse(readFileSync(report, 'utf8')) as ActivationReport[]);
      }
      return reports;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

async function oneRound(
  browser: Browser,
  server: VscodeServer,
  { folder, probe }: HostRoundsOptions,
  round: Round,
): Promise<void> {
  const page = await browser.newPage();
  const said: string[] = [];
  try {
    const exit = new Promise<unknown>((resolve) => {
      void page.exposeFunction('codeAutomationExit', resolve);
    });
    await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => {
      said.push(args.map(String).join(' '));
    });
    const uri = (path: string) => `vscode-remote://127.0.0.1:${server.port}${path}`;
    const payload = [
      ['extensionDevelopmentPath', uri(probe)],
      ['extensionTestsPath', uri(join(probe, 'probe.cjs'))],
      ['extensionEnvironment', JSON.stringify({ PVCWATCH_BENCH_ROUND: JSON.stringify(round) })],
      ['skipWelcome', 'true'],
    ];
    const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
    await page.goto(`http://127.0.0.1:${server.port}/?${query}`);
    const code = await Promise.race([exit, tooLate()]);
    if (code !== 0)
      throw new Error(`The probe ended with ${String(code)}:\n${said.slice(-3).join('\n').slice(-2_000)}`);
  } finally {
    await page.close();
  }
}

async function tooLate(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, roundLimitMs).unref());
  return `no answer within ${roundLimitMs / 1000} s`;
}
