import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../scripts/chromium.ts';
import { dashboardOptions } from '../../scripts/dashboardOptions.ts';
import type { PanelModel, PanelSection, ToPanel } from '../../src/presentation/protocol.ts';
import { claimPage } from '../../src/views/claimPage.ts';
import { until } from '../support/until.ts';
import { contrast } from './support/contrast.ts';

const pictures = join(import.meta.dirname, '../../test-results/claimPage');
const gi = 2 ** 30;
const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 0, 1);
const evil = '<img src=x onerror="document.title=1"><script>document.title=1</script>';

/** The colours of VS Code's own themes, as it gives them to a web view. */
const themes = {
  light: { class: 'vscode-light', foreground: '#3b3b3b', background: '#ffffff', blue: '#0063d3', yellow: '#8a6a00' },
  dark: { class: 'vscode-dark', foreground: '#cccccc', background: '#1f1f1f', blue: '#59a4f9', yellow: '#cca700' },
  'high-contrast': {
    ...{
      class: 'vscode-high-contrast',
      foreground: '#ffffff',
      background: '#000000',
      blue: '#59a4f9',
      yellow: '#ffd370',
    },
  },
};
type Theme = keyof typeof themes;

function section(rows: readonly (readonly [string, string])[], note = ''): PanelSection {
  return { rows: rows.map(([label, value]) => ({ label, value, level: 'normal' })), note };
}

function model(): PanelModel {
  const timesMs = Array.from({ length: 97 }, (_, index) => startMs + index * hourMs);
  return {
    head: { name: evil, place: 'shop in prod-eu', note: 'This may be old.', noteLevel: 'warning' },
    usage: {
      ...{ text: '38.5Gi of 50Gi used (77%)', level: 'normal', reason: 'Read from the kubelet of node-1.' },
      ...{ forecast: 'Full in 20 h to 35 h (medium confidence)', spoken: '97 samples, highest 38.9Gi.' },
    },
    chart: {
      timesMs,
      usedBytes: timesMs.map((_, index) => (14 + index / 4 + Math.sin(index / 3)) * gi),
      capacityBytes: timesMs.map((_, index) => (index < 40 ? 40 : 50) * gi),
      warningRatio: 0.85,
      criticalRatio: 0.97,
      fullMs: [startMs + 116 * hourMs, startMs + 131 * hourMs],
    },
    facts: section([
      ['State', 'Bound'],
      ['Requested', '50Gi'],
      ['Volume', `pvc-${'0123456789'.repeat(20)}`],
    ]),
    conditions: section([], 'The claim has no conditions.'),
    pods: section([['db-0', 'Running on node-1']]),
    events: section([['ProvisioningFailed · 2 min ago', evil]]),
  };
}

describe('claim page', () => {
  let server: Server;
  let browser: Browser;
  let address = '';

  before(async () => {
    const { outputFiles } = await build({ ...dashboardOptions(true, '/'), write: false });
    const files = new Map(outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/')), text]));
    server = createServer((request, response) => {
      const file = files.get(request.url ?? '');
      const type = request.url?.endsWith('.css')
        ? 'text/css'
        : request.url?.endsWith('.js')
          ? 'text/javascript'
          : 'text/html';
      const parts = { script: '/claimPanel.js', style: '/claimPanel.css', cspSource: "'self'", nonce: 'n0nce' };
      response.setHeader('content-type', type);
      response.end(request.url === '/' ? claimPage(parts) : file);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const)
    it(`draws a claim in ${theme}, without a violation of its policy`, async () => {
      const { page, problems } = await open(theme);
      await post(page, { kind: 'update', parts: model() });
      await page.locator('#chart canvas').waitFor();
      assert.equal(await page.locator('#name').innerText(), evil);
      assert.ok((await page.locator('#events-rows').innerText()).includes(evil));
      assert.equal(await page.locator('img').count(), 0);
      assert.equal(await page.title(), 'Claim');
      assert.equal(await page.locator('#key-forecast').isVisible(), true);
      await page.screenshot({ path: join(pictures, `${theme}.png`), fullPage: true });
      const seen = await coloursOf(page);
      const { foreground, background, blue, yellow } = themes[theme];
      for (const colour of [blue, yellow, redOf(theme), foreground]) assert.ok(seen.has(colour), `${colour} is drawn`);
      assert.ok(contrast(rgb(foreground), rgb(background)) >= 4.5);
      assert.deepEqual(problems, []);
      await page.close();
    });

  it('takes the colours of another theme at once', async () => {
    const { page, problems } = await open('light');
    await post(page, { kind: 'update', parts: model() });
    await page.locator('#chart canvas').waitFor();
    assert.ok((await coloursOf(page)).has(themes.light.blue));
    await paint(page, 'dark');
    await until('the chart is drawn in dark', 10_000, async () => (await coloursOf(page)).has(themes.dark.blue));
    assert.ok(!(await coloursOf(page)).has(themes.light.blue));
    assert.deepEqual(problems, []);
    await page.close();
  });

  it('is read with the keys: along the samples, in words', async () => {
    const { page } = await open('dark');
    await post(page, { kind: 'update', parts: model() });
    await page.locator('#chart canvas').waitFor();
    await page.locator('#chart').focus();
    const said = async (key: string) => {
      await page.keyboard.press(key);
      return await page.locator('#cursor').innerText();
    };
    assert.match(await said('End'), /^1\/5\/2026.*: 38\.5Gi of 50Gi used \(77%\)$/);
    assert.match(await said('Home'), /^1\/1\/2026.*: 14Gi of 40Gi used \(35%\)$/);
    assert.match(await said('ArrowRight'), /: 14\.5Gi of 40Gi used \(36%\)$/);
    assert.match(await said('ArrowLeft'), /: 14Gi of 40Gi used/);
    assert.match(await said('ArrowLeft'), /: 14Gi of 40Gi used/);
    assert.equal(await page.locator('#cursor').getAttribute('aria-live'), 'polite');
    assert.equal(await page.locator('#spoken').innerText(), '97 samples, highest 38.9Gi.');
    await page.close();
  });

  it('fits a narrow editor, and follows its width', async () => {
    const { page } = await open('light');
    await post(page, { kind: 'update', parts: model() });
    await page.locator('#chart canvas').waitFor();
    await page.setViewportSize({ width: 320, height: 900 });
    await until('the chart is as narrow as the page', 10_000, async () => {
      const box = await page.locator('#chart .uplot').boundingBox();
      return box !== null && box.x + box.width <= 320;
    });
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    assert.equal(wide, 320);
    await page.screenshot({ path: join(pictures, 'narrow.png'), fullPage: true });
    await page.close();
  });

  it('shows no chart without samples, and keeps what it is given to keep', async () => {
    const { page } = await open('light');
    const chart = { ...model().chart, timesMs: [], usedBytes: [], capacityBytes: [], fullMs: [] };
    await post(page, { kind: 'update', parts: { ...model(), chart } });
    await page.locator('#used').waitFor();
    assert.equal(await page.locator('#history').isVisible(), false);
    const state = { contextName: 'dev', namespace: 'shop', name: 'data', uid: 'u', identity: 'i' };
    await post(page, { kind: 'keep', state });
    assert.deepEqual(await page.evaluate('kept'), state);
    assert.deepEqual(await page.evaluate('sent'), [{ kind: 'ready' }]);
    await page.close();
  });

  it('draws even the first sample', async () => {
    const { page } = await open('light');
    const { chart } = model();
    const first = { timesMs: chart.timesMs.slice(0, 1), usedBytes: [2 * gi], capacityBytes: [3 * gi], fullMs: [] };
    await post(page, { kind: 'update', parts: { ...model(), chart: { ...chart, ...first } } });
    await page.locator('#chart canvas').waitFor();
    const seen = await coloursOf(page);
    for (const colour of [themes.light.blue, redOf('light')]) assert.ok(seen.has(colour), `${colour} is drawn`);
    assert.equal(await page.locator('#key-forecast').isVisible(), false);
    await page.screenshot({ path: join(pictures, 'first.png') });
    await page.close();
  });

  it('is drawn in a browser whose language is no language tag', async () => {
    const { page, problems } = await open('light', 'en-US@posix');
    await post(page, { kind: 'update', parts: model() });
    await page.locator('#chart canvas').waitFor({ timeout: 5_000 });
    assert.deepEqual(problems, []);
    await page.close();
  });

  async function open(
    theme: Theme,
    language = 'en-US',
  ): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
    const page = await browser.newPage({ viewport: { width: 900, height: 900 }, locale: 'en-US', timezoneId: 'UTC' });
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(String(error)));
    // What VS Code does for a web view.
    await page.addInitScript(`
      Object.defineProperty(navigator, 'language', { value: ${JSON.stringify(language)} });
      globalThis.sent = [];
      globalThis.kept = undefined;
      globalThis.acquireVsCodeApi = () => ({
        postMessage: (message) => sent.push(message),
        setState: (state) => { kept = state; },
      });
    `);
    await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
    await page.goto(address);
    await paint(page, theme);
    return { page, problems };
  }

  async function paint(page: Page, theme: Theme): Promise<void> {
    const { class: name, foreground, background, blue, yellow } = themes[theme];
    const variables = {
      ...{ foreground, 'editor-background': background, 'charts-blue': blue, 'charts-yellow': yellow },
      ...{ 'charts-red': redOf(theme), focusBorder: blue },
      ...{ descriptionForeground: foreground, 'editorIndentGuide-background1': '#80808040' },
    };
    await page.evaluate(`
      for (const [name, value] of Object.entries(${JSON.stringify(variables)}))
        document.documentElement.style.setProperty('--vscode-' + name, value);
      document.body.className = ${JSON.stringify(name)};
      document.body.style.color = ${JSON.stringify(foreground)};
      document.body.style.background = ${JSON.stringify(background)};
      document.body.style.fontFamily = 'sans-serif';
      document.body.style.fontSize = '13px';
    `);
  }

  async function post(page: Page, message: ToPanel): Promise<void> {
    await page.evaluate(`postMessage(${JSON.stringify(message)}, '*')`);
    // Messages arrive in order: this one comes back after that one has been dealt with.
    await page.evaluate(
      `new Promise((resolve) => { addEventListener('message', resolve, { once: true }); postMessage({ kind: 'update', parts: {} }, '*'); })`,
    );
  }

  /** The opaque colours on the canvas, as six hexadecimal digits. */
  async function coloursOf(page: Page): Promise<ReadonlySet<string>> {
    return new Set(
      (await page.evaluate(`(() => {
        const canvas = document.querySelector('#chart canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const found = new Set();
        for (let at = 0; at < data.length; at += 4)
          if (data[at + 3] === 255)
            found.add('#' + [0, 1, 2].map((part) => data[at + part].toString(16).padStart(2, '0')).join(''));
        return [...found];
      })()`)) as string[],
    );
  }
});

function redOf(theme: Theme): string {
  return theme === 'light' ? '#e51400' : '#f14c4c';
}

function rgb(hex: string): string {
  return `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;
}
