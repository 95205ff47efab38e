import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { launchChromium } from '../../../scripts/chromium.ts';
import { installVsix, startVscodeServer, type VscodeServer } from '../../../scripts/vscode.ts';
import { until } from '../../support/until.ts';
import { vsixOnce } from './vsixOnce.ts';
import { WorkbenchWindow } from './workbenchWindow.ts';

export interface WorkbenchOptions {
  /** Becomes `KUBECONFIG`; without it that names a file in `folder` that does not exist (yet). */
  readonly kubeconfig?: string;
  /** Opens the demo cluster at the start. */
  readonly demo?: boolean;
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly theme?: 'dark' | 'light';
  readonly workspaceTrust?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Further extensions to install. */
  readonly vsix?: readonly string[];
  readonly viewport?: { readonly width: number; readonly height: number };
}

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' };

/** A real VS Code with the packaged extension in it, as a person would install it. Nothing is left after `stop`. */
export class Workbench {
  /** A throw-away folder; the workspace is `workspace` in it. */
  readonly folder: string;
  readonly kubeconfig: string;
  readonly #server: VscodeServer;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #windows: WorkbenchWindow[] = [];

  private constructor(
    folder: string,
    kubeconfig: string,
    server: VscodeServer,
    browser: Browser,
    context: BrowserContext,
  ) {
    this.folder = folder;
    this.kubeconfig = kubeconfig;
    this.#server = server;
    this.#browser = browser;
    this.#context = context;
  }

  static async start(options: WorkbenchOptions = {}): Promise<Workbench> {
    const folder = mkdtempSync(join(tmpdir(), 'pvcwatch-screen-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'workspace'));
    const kubeconfig = options.kubeconfig ?? join(folder, 'kubeconfig');
    const dataDir = join(folder, 'data');
    const extensionsDir = join(folder, 'extensions');
    for (const vsix of [await vsixOnce(), ...(options.vsix ?? [])]) await installVsix(vsix, dataDir, extensionsDir);
    const theme = options.theme ?? 'dark';
    const server = await startVscodeServer({
      dataDir,
      extensionsDir,
      workspaceTrust: options.workspaceTrust ?? false,
      env: { KUBECONFIG: kubeconfig, PVCWATCH_DEMO: options.demo ? '1' : undefined, ...options.env },
      settings: { 'workbench.colorTheme': themes[theme], ...options.settings },
    });
    try {
      const browser = await launchChromium();
      const viewport = options.viewport ?? { width: 1280, height: 800 };
      const context = await browser.newContext({ viewport, colorScheme: theme });
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      return new Workbench(folder, kubeconfig, server, browser, context);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** What the server and its extension hosts have printed, for when something fails. */
  get output(): string {
    return this.#server.output();
  }

  get windows(): readonly WorkbenchWindow[] {
    return this.#windows;
  }

  /** Opens one more window, on `workspace` unless another folder is named, and waits until the extension is there. */
  async openWindow(workspace = join(this.folder, 'workspace')): Promise<WorkbenchWindow> {
    mkdirSync(workspace, { recursive: true });
    const page = await this.#context.newPage();
    await page.goto(`http://127.0.0.1:${this.#server.port}/?${new URLSearchParams({ folder: workspace })}`);
    const window = new WorkbenchWindow(page);
    this.#windows.push(window);
    await window.ready();
    return window;
  }

  /** Changes user settings as a person does who edits settings.json; undefined takes one away. */
  async changeSettings(window: WorkbenchWindow, changes: Readonly<Record<string, unknown>>): Promise<void> {
    const file = join(this.folder, 'data', 'ud', 'User', 'settings.json');
    const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const text = JSON.stringify({ ...settings, ...changes });
    await window.writeSettings(text);
    await until('the settings are saved', 30_000, () => readFileSync(file, 'utf8') === text);
    await window.closeSettings();
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
