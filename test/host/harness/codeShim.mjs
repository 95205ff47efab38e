#!/usr/bin/env node
// Stands in for the desktop VS Code where it cannot be downloaded: takes the flags that @vscode/test-electron passes, and
// runs the tests in a VS Code server whose window is a page of a headless browser. The extension host is the real one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { launchChromium } from '../../../scripts/chromium.ts';
import { startVscodeServer } from '../../../scripts/vscode.ts';

/** A run that takes longer has hung. */
const limitMs = Number(process.env.PVCWATCH_HOST_MINUTES ?? 15) * 60_000;

const noise = [];
const flags = new Map();
const positional = [];
for (const argument of process.argv.slice(2)) {
  const match = /^--([^=]+)(?:=(.*))?$/.exec(argument);
  if (match) flags.set(match[1], match[2] ?? true);
  else positional.push(argument);
}

const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-vscode-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
// Whoever started this may be killed without a word.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(130), 1_000).unref();

const server = await startVscodeServer({
  dataDir: join(folder, 'data'),
  extensionsDir: join(folder, 'extensions'),
  smokeTestDriver: true,
});
const browser = await launchChromium();
const code = await Promise.race([runInPage(), server.ended.then(() => 'The VS Code server has ended.'), tooLate()]);
if (typeof code === 'string')
  console.error(`${noise.slice(-20).join('\n')}\n${server.output().slice(-3_000)}\n${code}`);
await browser.close();
await server.stop();
process.exit(typeof code === 'string' ? 1 : code);

/** The exit code that the extension host reports. */
async function runInPage() {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const exit = new Promise((done) => {
    void page.exposeFunction('codeAutomationExit', done);
  });
  // The workbench has much to say that is of no interest as long as the tests run.
  let started = false;
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    const line = format(...args);
    started ||= line.startsWith('Running in the extension host');
    if (started && type === 'info' && !line.startsWith('[')) console.log(line);
    else noise.push(line);
  });
  const uri = (path) => `vscode-remote://127.0.0.1:${server.port}${resolve(path)}`;
  const payload = [
    ['extensionDevelopmentPath', uri(flags.get('extensionDevelopmentPath'))],
    ['extensionTestsPath', uri(flags.get('extensionTestsPath'))],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ folder: resolve(positional[0] ?? folder), payload: JSON.stringify(payload) });
  await page.goto(`http://127.0.0.1:${server.port}/?${query}`);
  return await exit;
}

async function tooLate() {
  await new Promise((done) => setTimeout(done, limitMs).unref());
  return `The tests were not done after ${limitMs / 60_000} minutes.`;
}
