import { Uri, ViewColumn, type WebviewPanel, type WebviewPanelSerializer, window } from 'vscode';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable.ts';
import { type PanelState, panelStateOf } from '../presentation/protocol.ts';
import type { ClaimRef } from '../presentation/row.ts';
import { plain } from '../presentation/text.ts';
import { claimPage } from './claimPage.ts';
import { ClaimPanel, type ClaimPanelParts } from './claimPanel.ts';

const viewType = 'pvcwatch.claim';

export interface ClaimPanelsParts extends ClaimPanelParts {
  readonly extensionUri: Uri;
  readonly nonce: () => string;
}

/** The open claim panels, one for each claim. They come back when the window is reloaded. */
export class ClaimPanels implements Disposable, WebviewPanelSerializer {
  readonly #parts: ClaimPanelsParts;
  readonly #lifetime = new DisposableStore();
  readonly #open = new Map<string, ClaimPanel>();

  constructor(parts: ClaimPanelsParts) {
    this.#parts = parts;
    this.#lifetime.add(toDisposable(() => [...this.#open.values()].forEach((panel) => void panel.dispose())));
    this.#lifetime.add(window.registerWebviewPanelSerializer(viewType, this));
  }

  /** Opens the panel of a claim, or brings it to the front. */
  show({ contextName, namespace, name, uid }: ClaimRef): void {
    const state: PanelState = { contextName, namespace, name, uid, identity: '' };
    const open = this.#open.get(keyOf(state));
    if (open) open.panel.reveal();
    else this.#add(window.createWebviewPanel(viewType, plain(name), ViewColumn.Active), state);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, kept: unknown): Promise<void> {
    const state = panelStateOf(kept);
    if (state && !this.#open.has(keyOf(state))) this.#add(panel, state);
    else panel.dispose();
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #add(panel: WebviewPanel, state: PanelState): void {
    const key = keyOf(state);
    panel.onDidDispose(() => this.#open.delete(key));
    this.#open.set(key, new ClaimPanel(panel, state, this.#parts));
    const { webview } = panel;
    const folder = Uri.joinPath(this.#parts.extensionUri, 'dist', 'dashboard');
    const file = (name: string) => webview.asWebviewUri(Uri.joinPath(folder, name)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    webview.html = claimPage({
      script: file('claimPanel.js'),
      style: file('claimPanel.css'),
      cspSource: webview.cspSource,
      nonce: this.#parts.nonce(),
    });
  }
}

function keyOf({ contextName, uid }: PanelState): string {
  return JSON.stringify([contextName, uid]);
}
