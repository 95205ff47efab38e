import type { Locator, Page } from 'playwright-core';

export interface QuickItem {
  readonly label: string;
  readonly description: string;
}

/** The box at the top of the window: quick picks and input boxes. */
export class QuickInput {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async isOpen(): Promise<boolean> {
    return await this.#widget.isVisible();
  }

  /** Replaces what is in the box, once it is there. */
  async type(text: string, limitMs?: number): Promise<void> {
    const limit = limitMs === undefined ? {} : { timeout: limitMs };
    await this.#widget.waitFor(limit);
    await this.#input.fill(text, limit);
  }

  /** Waits until the command palette has given way, to nothing or to a box that the command has opened. */
  async leftPalette(): Promise<void> {
    const palette = this.#widget.locator('input[placeholder*="name of a command"]');
    await palette.waitFor({ state: 'hidden' });
  }

  async accept(): Promise<void> {
    await this.#input.press('Enter');
  }

  async cancel(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#widget.waitFor({ state: 'hidden' });
  }

  /** The items that are drawn, from the top. */
  async items(): Promise<QuickItem[]> {
    await this.#rows.first().waitFor();
    return await this.#rows.evaluateAll((rows) =>
      rows.map((row) => ({
        label: row.querySelector('.label-name')?.textContent ?? '',
        description: row.querySelector('.label-description')?.textContent ?? '',
      })),
    );
  }

  /** Chooses the first item whose label contains a text. */
  async pick(label: string, limitMs?: number): Promise<void> {
    const limit = limitMs === undefined ? {} : { timeout: limitMs };
    await this.#rows.filter({ hasText: label }).first().click(limit);
  }

  /** The sentence under an input box: a prompt, or what is wrong. */
  async message(): Promise<string> {
    return (await this.#widget.locator('.quick-input-message').innerText()).trim();
  }

  async placeholder(): Promise<string> {
    return (await this.#input.getAttribute('placeholder')) ?? '';
  }

  get #widget(): Locator {
    return this.#page.locator('.quick-input-widget:visible');
  }

  get #input(): Locator {
    return this.#widget.locator('.quick-input-box input');
  }

  get #rows(): Locator {
    return this.#widget.locator('.quick-input-list .monaco-list-row');
  }
}
