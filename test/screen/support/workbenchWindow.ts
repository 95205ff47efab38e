import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { until } from '../../support/until.ts';
import { QuickInput } from './quickInput.ts';

/** A row of the claims view, as it is drawn. Rows outside the visible part of the view are not drawn. */
export interface DrawnRow {
  readonly label: string;
  readonly description: string;
  /** 1 for namespaces. */
  readonly level: number;
  /** Undefined for a row that cannot be expanded. */
  readonly expanded: boolean | undefined;
  /** What a screen reader says. */
  readonly spoken: string;
  /** CSS colour of the label. */
  readonly colour: string;
  /** CSS colour of what is behind it. */
  readonly background: string;
}

export interface DrawnGauge {
  /** With icons as they are written in code: `$(database) 150Gi / 200Gi (75%)`. */
  readonly text: string;
  readonly kind: 'none' | 'warning' | 'error';
  /** CSS colour of the background. */
  readonly background: string;
}

export interface DrawnToast {
  readonly message: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly buttons: readonly string[];
}

/** Generous: a loaded machine may need long for the extension host. */
const startMs = 120_000;
const stepMs = 30_000;
/** For what may be interrupted and is then tried again. */
const patienceMs = 8_000;

/** One window of the workbench, driven and read as a person would. */
export class WorkbenchWindow {
  readonly page: Page;
  readonly quickInput: QuickInput;

  constructor(page: Page) {
    this.page = page;
    this.quickInput = new QuickInput(page);
    page.setDefaultTimeout(stepMs);
  }

  /** Waits until the extension's gauge is in the status bar. */
  async ready(): Promise<void> {
    await this.#gauge.waitFor({ state: 'attached', timeout: startMs });
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Brings the claims view to the front. A click that comes while the workbench is still being put together is lost. */
  async openClaims(): Promise<void> {
    const tab = this.page.locator('.activitybar .action-item:has(.action-label[aria-label^="PVC Watch"])');
    const title = this.#sideBar.locator('.title-label', { hasText: 'PVC Watch' });
    await until('the claims view is in front', 60_000, async () => {
      if (await title.isVisible()) return true;
      if (!(await tab.getAttribute('class'))?.split(' ').includes('checked')) await tab.click();
      return await title.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    });
  }

  async claimsRows(): Promise<DrawnRow[]> {
    const rows = await this.#pane('Claims')
      .locator('.pane-body .monaco-list-row')
      .evaluateAll((elements) => {
        const behind = (element: (typeof elements)[number] | null): string => {
          if (!element) return 'rgb(255, 255, 255)';
          const colour = String(element.ownerDocument.defaultView.getComputedStyle(element).backgroundColor);
          return /^rgb\(/.test(colour) ? colour : behind(element.parentElement);
        };
        return elements.map((element) => {
          const text = (selector: string) => element.querySelector(selector)?.textContent ?? '';
          const label = element.querySelector('.label-name');
          const expanded = element.getAttribute('aria-expanded');
          return {
            index: Number(element.getAttribute('data-index')),
            label: text('.label-name'),
            description: text('.label-description'),
            level: Number(element.getAttribute('aria-level')),
            expanded: expanded === null ? undefined : expanded === 'true',
            spoken: element.getAttribute('aria-label') ?? '',
            colour: label ? String(element.ownerDocument.defaultView.getComputedStyle(label).color) : '',
            background: behind(element),
          };
        });
      });
    return rows.sort((a, b) => a.index - b.index).map(({ index: _, ...row }) => row);
  }

  /** The row with this label; use `.first()` where several have it. */
  row(label: string): Locator {
    const name = this.page.locator('.label-name').getByText(label, { exact: true });
    return this.#pane('Claims').locator('.pane-body .monaco-list-row').filter({ has: name });
  }

  /** Expands or folds a row by a click on its arrow. */
  async toggle(label: string): Promise<void> {
    await this.row(label).first().locator('.monaco-tl-twistie').click();
  }

  /** The entries of a row's context menu, which is left open if one of them is to be chosen, and closed otherwise. */
  async contextMenu(label: string, choose?: string): Promise<string[]> {
    await this.row(label).first().click({ button: 'right' });
    const entries = this.page.locator('.context-view .monaco-menu .action-item:not(.disabled) .action-label');
    await entries.first().waitFor();
    const labels = (await entries.allInnerTexts()).filter(Boolean);
    // A menu ignores the mouse just after it has come up, so that the click that opened it chooses nothing.
    await this.page.waitForTimeout(300);
    if (choose === undefined) await this.page.keyboard.press('Escape');
    else await entries.getByText(choose, { exact: true }).click();
    await entries.first().waitFor({ state: 'hidden' });
    return labels;
  }

  /** What stands beside the title of the claims view. */
  async viewDescription(): Promise<string> {
    return (await this.#pane('Claims').locator('.pane-header .description').innerText()).trim();
  }

  /** The page of the claim panel that is in front. */
  claimPanel(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Label and description of each row of the alerts view. */
  async alertRows(): Promise<string[]> {
    const rows = this.#pane('Alerts').locator('.pane-body .monaco-list-row');
    return await rows.evaluateAll((elements) =>
      elements.map((element) => {
        const text = (selector: string) => element.querySelector(selector)?.textContent ?? '';
        return `${text('.label-name')}: ${text('.label-description')}`;
      }),
    );
  }

  /** The number on the activity-bar icon; undefined without one. */
  async badge(): Promise<string | undefined> {
    const badge = this.page.locator(
      '.activitybar .action-item:has(.action-label[aria-label^="PVC Watch"]) .badge-content',
    );
    return (await badge.count()) > 0 ? (await badge.innerText()) || undefined : undefined;
  }

  /** Text of the empty view, with the labels of its buttons; undefined while there are rows. */
  async welcome(): Promise<{ readonly text: string; readonly buttons: readonly string[] } | undefined> {
    const content = this.#pane('Claims').locator('.welcome-view-content:visible');
    if ((await content.count()) === 0) return undefined;
    const buttons = await content.locator('.monaco-button').allInnerTexts();
    return { text: (await content.first().innerText()).trim(), buttons };
  }

  async clickWelcome(button: string): Promise<void> {
    await this.#pane('Claims').locator('.welcome-view-content .monaco-button', { hasText: button }).click();
  }

  async gauge(): Promise<DrawnGauge> {
    return await this.#gauge.evaluate((item) => {
      const label = item.querySelector('.statusbar-item-label') ?? item;
      const texts = [...label.childNodes].map((node) => {
        const icon = /codicon-(?!modifier)([\w-]+)/.exec('className' in node ? String(node.className) : '');
        const spin = icon && /codicon-modifier-spin/.test(String('className' in node && node.className));
        return icon ? `$(${icon[1]}${spin ? '~spin' : ''})` : (node.textContent ?? '');
      });
      const kind = item.classList.contains('error-kind')
        ? 'error'
        : item.classList.contains('warning-kind')
          ? 'warning'
          : 'none';
      return {
        text: texts.join(''),
        kind,
        background: String(item.ownerDocument.defaultView.getComputedStyle(item).backgroundColor),
      };
    });
  }

  async clickGauge(): Promise<void> {
    await this.#gauge.locator('.statusbar-item-label').click();
  }

  /** The notifications on the screen, newest first. Information goes away by itself after some seconds. */
  async toasts(): Promise<DrawnToast[]> {
    return await this.#toasts.evaluateAll((items) =>
      items.map((item) => {
        const icon = item.querySelector('.notification-list-item-icon')?.className ?? '';
        return {
          message: item.querySelector('.notification-list-item-message')?.textContent ?? '',
          severity: icon.includes('codicon-error') ? 'error' : icon.includes('codicon-warning') ? 'warning' : 'info',
          buttons: [...item.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map(
            (button) => button.textContent ?? '',
          ),
        };
      }),
    );
  }

  /** Clicks a button of the notification that contains a text. */
  async clickToast(message: string, button: string): Promise<void> {
    const toast = this.#toasts.filter({ hasText: message });
    await toast.locator('.monaco-button', { hasText: button }).click();
  }

  /** Clicks a button of a notification, on the screen or in the list of notifications. */
  async clickNotification(message: string, button: string): Promise<void> {
    const items = this.page.locator('.notification-list-item:visible').filter({ hasText: message });
    await items.first().hover();
    await items.first().locator('.monaco-button', { hasText: button }).click();
  }

  /** Runs a command by its title, from the command palette; again if something takes the focus from that. */
  async runCommand(title: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press('F1');
      try {
        await this.quickInput.type(`>${title}`, patienceMs);
        await this.quickInput.pick(title, patienceMs);
        return;
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
  }

  /** Replaces the text of settings.json in its editor, and saves it. */
  async writeSettings(text: string): Promise<void> {
    await this.runCommand('Preferences: Open User Settings (JSON)');
    const editor = this.page.locator('.monaco-editor[data-uri$="settings.json"]');
    await editor.locator('.view-lines').click();
    await this.page.keyboard.press('ControlOrMeta+A');
    // Pasted: what is typed is completed with brackets and quotes.
    await this.page.evaluate((content) => {
      const browser = globalThis as unknown as { navigator: { clipboard: { writeText(text: string): Promise<void> } } };
      return browser.navigator.clipboard.writeText(content);
    }, text);
    await this.page.keyboard.press('ControlOrMeta+V');
    await this.page.keyboard.press('ControlOrMeta+S');
  }

  /** Closes the editor of settings.json, which lies over the window. A notification takes the first Escape for itself. */
  async closeSettings(): Promise<void> {
    const editor = this.page.locator('.monaco-editor[data-uri$="settings.json"]');
    await until('the editor of settings.json is closed', stepMs, async () => {
      await this.page.keyboard.press('Escape');
      return (await editor.count()) === 0;
    });
  }

  /** The text of the hover that appears over an element, a row for instance; `gauge` for the status-bar item. */
  async hover(over: Locator | 'gauge'): Promise<string> {
    // Away from what is shown now, to where nothing has a hover.
    await this.page.mouse.move(640, 300);
    await this.page.locator('.monaco-hover:visible').waitFor({ state: 'hidden' });
    await (over === 'gauge' ? this.#gauge.locator('.statusbar-item-label') : over).hover();
    const hover = this.page.locator('.monaco-hover:visible').first();
    await hover.waitFor();
    return (await hover.innerText()).trim();
  }

  /** Text of the editor in front; only the lines that are drawn. */
  async editorText(): Promise<string> {
    const lines = this.page.locator('.editor-group-container.active .view-lines').first();
    return (await lines.innerText()).replaceAll('\u00a0', ' ');
  }

  /**
   * Says to the page that its window is in front or not. Playwright makes every page believe that it is, and neither another
   * page in front nor the protocol changes that, so the page's own answer is replaced.
   */
  async setFocus(focused: boolean): Promise<void> {
    await this.page.evaluate((front) => {
      const browser = globalThis as unknown as {
        document: { hasFocus: () => boolean };
        dispatchEvent(event: Event): void;
      };
      browser.document.hasFocus = () => front;
      browser.dispatchEvent(new Event(front ? 'focus' : 'blur'));
    }, focused);
  }

  async screenshot(file: string): Promise<void> {
    mkdirSync(dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }

  #pane(title: string): Locator {
    return this.#sideBar.locator('.pane').filter({ has: this.page.locator(`.pane-header .title:text-is("${title}")`) });
  }

  get #sideBar(): Locator {
    return this.page.locator('.part.sidebar');
  }

  get #gauge(): Locator {
    return this.page.locator('[id="pvcwatch.pvcwatch.pvcwatch.gauge"]');
  }

  get #toasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }
}
