import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore, toDisposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { watchFiles } from '../cluster/fileWatch.ts';
import { type FileText, mergeKubeconfigs } from '../cluster/kubeconfig.ts';
import { type KubeconfigPaths, kubeconfigPaths } from '../cluster/kubeconfigPaths.ts';
import type { EditorProxy, ProxySources } from '../cluster/proxy.ts';
import { contextSummaries, type Origin, resolveContext } from '../cluster/resolveContext.ts';
import type { ResolvedTarget } from '../cluster/resolvedTarget.ts';
import { serviceAccountTarget } from '../cluster/serviceAccount.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import type { ContextSummary, NoTargetReason } from '../domain/target.ts';

/** Which target is followed, or why none; with all contexts of the kubeconfig files, from which one may be chosen. */
export type TargetChoice =
  | {
      readonly kind: 'none';
      readonly reason: NoTargetReason;
      readonly message: string;
      readonly contexts: readonly ContextSummary[];
    }
  | { readonly kind: 'target'; readonly target: ResolvedTarget; readonly contexts: readonly ContextSummary[] };

/** What decides: all of it may change at any time. */
export interface FollowInputs {
  /** `pvcwatch.kubeconfig`, expanded. */
  readonly kubeconfig: string;
  /** `pvcwatch.context`. */
  readonly context: string;
  /** This window's own choice. */
  readonly pinned: string | undefined;
  /** The Kubernetes extension's choice of a file. */
  readonly kubernetesExtension: string | undefined;
  /** A kubeconfig in memory that stands in for every file: the demo cluster's. */
  readonly demo: string | undefined;
  /** VS Code's own proxy, for what neither the kubeconfig nor the environment names one for. */
  readonly editorProxy: EditorProxy;
}

export interface FollowOptions {
  readonly inputs: Signal<FollowInputs>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TargetFollower extends Disposable {
  /** Undefined until the first reading. A choice that is in effect the same is the same object. */
  readonly choice: Signal<TargetChoice | undefined>;
  /** Reads the files again now. */
  refresh(): void;
}

/** A file caught while it is being written (torn, or still empty) is looked at again for this long before its error counts. */
const halfWrittenMs = 5_000;
const halfWrittenRetryMs = 1_000;

/** Follows kubeconfig files and choices, and says which target they come to. The entry of a bundle loaded on demand. */
export function followTarget(options: FollowOptions): TargetFollower {
  return new Follower(options);
}

class Follower implements TargetFollower {
  readonly #options: FollowOptions;
  readonly #lifetime = new DisposableStore();
  readonly #watch = new DisposableSlot<Disposable>();
  readonly #retry = new DisposableSlot<Disposable>();
  readonly #choice: SignalSource<TargetChoice | undefined>;
  #watched = '';
  #round = 0;
  #invalidSinceMs: number | undefined;
  /** What the present choice was made from. */
  #chosenFrom: FollowInputs | undefined;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#choice = new SignalSource<TargetChoice | undefined>(undefined, { equals: sameChoice });
    this.#lifetime.add(this.#watch);
    this.#lifetime.add(this.#retry);
    this.#lifetime.add(options.inputs.subscribe(() => this.refresh()));
    this.#lifetime.add(toDisposable(() => this.#round++));
    this.refresh();
  }

  get choice(): Signal<TargetChoice | undefined> {
    return this.#choice;
  }

  refresh(): void {
    void this.#read(++this.#round);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  async #read(round: number): Promise<void> {
    const { clock, env, home, inputs } = this.#options;
    const made = inputs.value;
    const { demo, kubeconfig, kubernetesExtension } = made;
    const paths = kubeconfigPaths({ setting: kubeconfig, kubernetesExtension, env, home });
    this.#watchFiles(paths);
    const chosen = await this.#chooseFrom(paths);
    // The demo cluster cannot be pinned: what there is to choose from is what the files have.
    const choice = demo === undefined ? chosen : { ...this.#chooseDemo(demo), contexts: chosen.contexts };
    if (round !== this.#round || this.#lifetime.disposed) return;
    if (!maybeHalfWritten(choice)) this.#invalidSinceMs = undefined;
    else if (this.#choice.value?.kind === 'target' && this.#chosenFrom === made) {
      this.#invalidSinceMs ??= clock.monotonicMs();
      if (clock.monotonicMs() - this.#invalidSinceMs < halfWrittenMs) {
        this.#retry.set(clock.after(halfWrittenRetryMs, () => this.refresh()));
        return;
      }
    }
    if (choice.kind === 'none' && !sameChoice(this.#choice.value, choice)) this.#options.log.warn(choice.message);
    this.#chosenFrom = made;
    this.#choice.set(choice);
  }

  #watchFiles({ files }: KubeconfigPaths): void {
    const watched = JSON.stringify(files);
    if (this.#watched === watched && this.#watch.current) return;
    this.#watched = watched;
    this.#watch.set(watchFiles(files, this.#options.clock, () => this.refresh()));
  }

  get #proxies(): ProxySources {
    return { env: this.#options.env, editor: this.#options.inputs.value.editorProxy };
  }

  async #chooseFrom(paths: KubeconfigPaths): Promise<TargetChoice> {
    const texts = await readAll(paths.files);
    if (!texts.ok) return invalid(texts.error.message);
    if (texts.value.every(({ text }) => text === undefined)) {
      const account = await serviceAccountTarget(this.#proxies);
      if (account && !paths.explicit) return { kind: 'target', target: account, contexts: [] };
      const message = `There is no kubeconfig at ${paths.label}. Create one, or name another with the setting pvcwatch.kubeconfig.`;
      return { kind: 'none', reason: 'noKubeconfig', message, contexts: [] };
    }
    return this.#choose(texts.value, { label: paths.label, files: paths.files });
  }

  #chooseDemo(text: string): TargetChoice {
    return this.#choose([{ file: 'demo', text }], { label: 'demo', files: [], demo: true });
  }

  #choose(texts: readonly FileText[], origin: Origin): TargetChoice {
    const config = mergeKubeconfigs(texts);
    if (!config.ok) return invalid(config.error.message);
    const contexts = contextSummaries(config.value);
    const { pinned, context } = this.#options.inputs.value;
    const wanted = origin.demo ? undefined : (pinned ?? (context === '' ? undefined : context));
    const name = wanted ?? config.value.currentContext;
    if (name === undefined) {
      const message =
        contexts.length === 0
          ? `${origin.label} has no contexts.`
          : `${origin.label} has no current context. Choose one with Switch Context, or with kubectl config use-context.`;
      return { kind: 'none', reason: 'noContext', message, contexts };
    }
    const target = resolveContext(config.value, name, origin, this.#proxies);
    if (target.ok) return { kind: 'target', target: target.value, contexts };
    return { ...invalid(target.error.message), contexts };
  }
}

function invalid(message: string): TargetChoice {
  return { kind: 'none', reason: 'invalid', message, contexts: [] };
}

function maybeHalfWritten(choice: TargetChoice): boolean {
  if (choice.kind !== 'none') return false;
  return choice.reason === 'invalid' || (choice.reason === 'noContext' && choice.contexts.length === 0);
}

async function readAll(files: readonly string[]): Promise<Result<readonly FileText[]>> {
  const texts: FileText[] = [];
  for (const file of files) {
    try {
      texts.push({ file, text: await readFile(file, 'utf8') });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        return fail(
          'config',
          `${file} cannot be read (${code ?? 'unknown error'}). Check the path and its permissions.`,
        );
      texts.push({ file, text: undefined });
    }
  }
  return succeed(texts);
}

/** Same in effect: nothing that a session or a picker depends on has changed. */
function sameChoice(a: TargetChoice | undefined, b: TargetChoice | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
