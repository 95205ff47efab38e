import type { Memento } from 'vscode';
import { type Signal, SignalSource } from '../base/signal.ts';

const key = 'pinnedContext';

/** The context chosen for this window; survives a reload. */
export class PinnedContext {
  readonly #memento: Memento;
  readonly #signal: SignalSource<string | undefined>;

  constructor(workspaceState: Memento) {
    this.#memento = workspaceState;
    this.#signal = new SignalSource(workspaceState.get<string>(key));
  }

  get signal(): Signal<string | undefined> {
    return this.#signal;
  }

  /** Undefined: follow the kubeconfig. */
  set(contextName: string | undefined): void {
    this.#signal.set(contextName);
    void this.#memento.update(key, contextName);
  }
}
