import { FileType, type Uri, workspace } from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { namespacesIn } from '../domain/manifestNamespaces.ts';

/** What may be a manifest, and how many of each are looked into at most. */
const patterns = [
  { glob: '**/*.{yaml,yml}', most: 500 },
  { glob: '**/*.json', most: 100 },
] as const;
/** Of others', and not to be looked into. */
const foreign = /\/(node_modules|\.git)\//;
const excluded = '**/{node_modules,.git}/**';
const mostBytes = 256 * 1024;
/** An editor saves often, and a checkout changes many files at once. */
const settleMs = 2_000;

/**
 * The namespaces that the manifests in the workspace name, as long as they do. Nothing is read before `start`, and never much
 * on one turn.
 */
export class ManifestNamespaces implements Disposable {
  readonly #clock: Clock;
  readonly #lifetime = new DisposableStore();
  readonly #settling = new DisposableSlot<Disposable>();
  readonly #namespaces = new SignalSource<ReadonlySet<string>>(new Set(), { equals: sameNames });
  readonly #files = new Map<string, ReadonlySet<string>>();
  readonly #changed = new Map<string, Uri>();
  #started = false;
  #reading: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lifetime.add(this.#settling);
  }

  get namespaces(): Signal<ReadonlySet<string>> {
    return this.#namespaces;
  }

  /** Reads the manifests, and follows them from now on. */
  start(): void {
    if (this.#started || this.#lifetime.disposed) return;
    this.#started = true;
    for (const { glob } of patterns) {
      const watcher = this.#lifetime.add(workspace.createFileSystemWatcher(glob));
      const note = (file: Uri) => this.#note(file);
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
        this.#lifetime.add(event(note));
    }
    this.#lifetime.add(workspace.onDidChangeWorkspaceFolders(() => this.#enqueue(() => this.#readAll())));
    this.#enqueue(() => this.#readAll());
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #note(file: Uri): void {
    if (foreign.test(file.path)) return;
    this.#changed.set(file.toString(), file);
    this.#settling.set(
      this.#clock.after(settleMs, () => {
        const files = [...this.#changed.values()];
        this.#changed.clear();
        this.#enqueue(() => this.#read(files));
      }),
    );
  }

  async #readAll(): Promise<void> {
    const found = await Promise.all(patterns.map(({ glob, most }) => workspace.findFiles(glob, excluded, most)));
    this.#files.clear();
    await this.#read(found.flat());
  }

  async #read(files: readonly Uri[]): Promise<void> {
    for (const file of files) {
      if (this.#lifetime.disposed) return;
      const names = await namespacesOf(file);
      if (names.size > 0) this.#files.set(file.toString(), names);
      else this.#files.delete(file.toString());
    }
    this.#namespaces.set(new Set([...this.#files.values()].flatMap((names) => [...names])));
  }

  #enqueue(task: () => Promise<void>): void {
    this.#reading = this.#reading.then(task).catch(() => {});
  }
}

/** None of a file that is gone, is too large or cannot be read. */
async function namespacesOf(file: Uri): Promise<ReadonlySet<string>> {
  try {
    const { type, size } = await workspace.fs.stat(file);
    if (type === FileType.Directory || size > mostBytes) return new Set();
    return namespacesIn(new TextDecoder().decode(await workspace.fs.readFile(file)));
  } catch {
    return new Set();
  }
}

function sameNames(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}
