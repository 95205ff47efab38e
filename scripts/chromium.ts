import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { cached } from './cache.ts';
import { npm } from './npm.ts';

const packaged = { name: '@sparticuz/chromium', version: '153.0.0' };
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless browser; whoever launches it closes it. */
export async function launchChromium(): Promise<Browser> {
  const executable = await findChromium();
  const fonts = join(dirname(executable), 'fonts');
  const bringsFonts = !existsSync('/etc/fonts/fonts.conf') && existsSync(fonts);
  return await chromium.launch({
    executablePath: executable,
    args: flags,
    ...(bringsFonts ? { env: { ...stringsOf(process.env), FONTCONFIG_PATH: fonts } } : {}),
  });
}

/**
 * The browser to use: what `CHROMIUM_PATH` names, an installed one, or else (Linux x64) one from a package that is
 * unpacked into the cache. Throws with a remedy if there is none or libraries that it needs are missing.
 */
export async function findChromium(): Promise<string> {
  const named = process.env.CHROMIUM_PATH;
  if (named && !existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
  const executable = named || installed() || (await unpacked());
  const missing = missingLibraries(executable);
  if (missing.length > 0) {
    throw new Error(
      `The browser ${executable} needs system libraries that are not installed: ${missing.join(', ')}. ` +
        'Install them (Debian, Ubuntu: apt-get install libnss3), or set CHROMIUM_PATH to a working Chromium or Chrome.',
    );
  }
  return executable;
}

function installed(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return places.find((place) => existsSync(place));
}

async function unpacked(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('No browser was found: install Chromium or Chrome, or set CHROMIUM_PATH to one.');
  const home = await cached(`chromium-${packaged.version}`, async (folder) => {
    console.log(`Installing a headless Chromium (${packaged.version}, 70 MB, only once) …`);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
    await npm(folder, ['install', '--ignore-scripts', `${packaged.name}@${packaged.version}`]);
    // It unpacks itself into the folder for temporary files.
    const unpack = `const { default: chromium } = await import('${packaged.name}'); await chromium.executablePath();`;
    execFileSync(process.execPath, ['--input-type=module', '-e', unpack], {
      cwd: folder,
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    rmSync(join(folder, 'node_modules'), { recursive: true });
  });
  return join(home, 'chromium');
}

function missingLibraries(executable: string): string[] {
  if (process.platform !== 'linux') return [];
  try {
    const text = execFileSync('ldd', [executable], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return [...text.matchAll(/^\s*(\S+) => not found/gm)].flatMap(([, name]) => name ?? []);
  } catch {
    // A wrapper script, or no ldd: the launch will tell.
    return [];
  }
}

function stringsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
