import type { WorkbenchWindow } from './workbenchWindow.ts';

/**
 * Remembers every notification that appears in a window, also those that have gone again: information leaves by itself,
 * and a popup that comes twice must be seen twice.
 */
export class ToastRecorder {
  readonly #window: WorkbenchWindow;

  private constructor(window: WorkbenchWindow) {
    this.#window = window;
  }

  /** Begins to record; to be called again after a reload. */
  static async on(window: WorkbenchWindow): Promise<ToastRecorder> {
    await window.page.evaluate(() => {
      const { document, MutationObserver } = globalThis as unknown as BrowserGlobals;
      const known = new Set<unknown>();
      const seen: string[] = [];
      const look = () => {
        for (const item of document.querySelectorAll('.notifications-toasts .notification-toast')) {
          const text = item.querySelector('.notification-list-item-message')?.textContent ?? '';
          if (text === '' || known.has(item)) continue;
          known.add(item);
          seen.push(text);
        }
      };
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
      for (const item of document.querySelectorAll('.notifications-toasts .notification-toast')) known.add(item);
      Object.assign(globalThis, { recordedToasts: seen });
    });
    return new ToastRecorder(window);
  }

  /** Messages so far, in the order of their appearance. */
  async messages(): Promise<string[]> {
    return await this.#window.page.evaluate(
      () => (globalThis as unknown as { recordedToasts: string[] }).recordedToasts,
    );
  }

  /** Those of the product: messages of VS Code itself left out. */
  async ours(): Promise<string[]> {
    return (await this.messages()).filter((text) =>
      /storage|pvcwatch|need attention|\S+ in \S+ (is|has|cannot|does) /i.test(text),
    );
  }
}

/** What is used of the browser's globals; the tests are typed for Node. */
interface BrowserGlobals {
  readonly document: {
    readonly body: unknown;
    querySelectorAll(selector: string): Iterable<{
      querySelector(selector: string): { readonly textContent: string | null } | null;
    }>;
  };
  readonly MutationObserver: new (
    callback: () => void,
  ) => { observe(target: unknown, options: Record<string, boolean>): void };
}
