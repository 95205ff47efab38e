import { type Extension, extensions, window } from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { messageText } from '../presentation/text.ts';
import type { KubeconfigPath } from './kubernetesExtension.ts';
import { unlessLate } from './unlessLate.ts';

const extensionId = 'ms-kubernetes-tools.vscode-kubernetes-tools';
const limitMs = 5_000;

/** The Kubernetes extension's choice of a kubeconfig file; undefined while it is not installed or has not answered. */
export class KubernetesExtensionChoice implements Disposable {
  readonly #file = new SignalSource<string | undefined>(undefined);
  readonly #changes = new SignalSource(0);
  readonly #lifetime = new DisposableStore();
  readonly #clock: Clock;
  readonly #log: Log;
  #asked = false;
  #warnedOf: string | undefined;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#lifetime.add(extensions.onDidChange(() => this.#askIfInstalled()));
  }

  get file(): Signal<string | undefined> {
    return this.#file;
  }

  /** How often the user has chosen otherwise there, after its first answer, in time or not. */
  get changes(): Signal<number> {
    return this.#changes;
  }

  /** To be called after the first paint: asking may activate that extension. */
  start(): void {
    this.#askIfInstalled();
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #askIfInstalled(): void {
    const installed = extensions.getExtension(extensionId);
    if (this.#asked || !installed) return;
    this.#asked = true;
    void this.#ask(installed);
  }

  /** A first answer after five seconds is ignored: the session that runs by then is not thrown away for it. */
  async #ask(installed: Extension<unknown>): Promise<void> {
    const tell = unlessLate(limitMs, this.#clock, (path: KubeconfigPath, isChange) => this.#changed(path, isChange));
    try {
      // Before the API package is imported: that asks for all APIs at once, and a failure would be rejected many times.
      await installed.activate();
      const { followKubernetesExtension } = await import('./kubernetesExtension.ts');
      this.#lifetime.add(await followKubernetesExtension(tell));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.info(`The Kubernetes extension is not followed: ${reason}`);
    }
  }

  #changed(path: KubeconfigPath, isChange: boolean): void {
    if (this.#lifetime.disposed) return;
    if (isChange) this.#changes.set(this.#changes.value + 1);
    if (path.kind === 'wsl') {
      // What it chose before is chosen no more; what goes without a choice of its own is followed.
      this.#file.set(undefined);
      this.#warnOnce(path.path);
      return;
    }
    // Without a choice of its own it answers with KUBECONFIG as it stands, which may be a list.
    const own = path.path !== '' && path.path !== process.env.KUBECONFIG;
    this.#file.set(own ? path.path : undefined);
  }

  #warnOnce(path: string): void {
    if (this.#warnedOf === path) return;
    this.#warnedOf = path;
    void window.showWarningMessage(
      messageText(
        `The Kubernetes extension uses ${path} inside WSL, which PVC Watch cannot read from here. Open the folder in WSL, or set pvcwatch.kubeconfig.`,
      ),
    );
  }
}
