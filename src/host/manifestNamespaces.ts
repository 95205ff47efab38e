import { type Event, FileType, RelativePattern, type Uri, workspace } from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { namespacesIn } from '../domain/manifestNamespaces.ts';

/** What may be a manifest, and how many of each are looked into at most. */
const patterns = [
  { glob: '**/*.{yaml,yml}', most: 500 },
  { glob: '**/*.json', most: 100 },
] as const;
const mostFiles = patterns.reduce((sum, { most }) => sum + most, 0);
/** Of others', and not to be looked into. */
const foreign = /\/(node_modules|\.git)\//;
const excluded = '**/{node_modules,.git}/**';
const mostBytes = 256 * 1024;
/** An editor saves often, and a checkout changes many files at once: what has changed is looked at so often at most. */
const settleMs = 2_000;
/** If more than that has changed, all is looked at anew. */
const mostChanges = 100;

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
    // Of a folder that comes or goes nothing is told of the files in it, so all is watched and little is looked at.
    const watcher = this.#lifetime.add(workspace.createFileSystemWatcher('**'));
    const follow = (event: Event<Uri>, matters: (file: Uri) => boolean) =>
      this.#lifetime.add(event((file) => !foreign.test(file.path) && matters(file) && this.#note(file)));
    follow(watcher.onDidChange, isManifest);
    follow(watcher.onDidCreate, (file) => isManifest(file) || mayBeFolder(file));
    follow(watcher.onDidDelete, (file) => this.#files.has(file.toString()) || this.#knownIn(file).length > 0);
    this.#lifetime.add(workspace.onDidChangeWorkspaceFolders(() => this.#enqueue(() => this.#readAll())));
    this.#enqueue(() => this.#readAll());
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  /** The files in this folder of which something is known. */
  #knownIn(folder: Uri): readonly string[] {
    const start = `${folder.toString()}/`;
    return [...this.#files.keys()].filter((path) => path.startsWith(start));
  }

  #note(file: Uri): void {
    this.#changed.set(file.toString(), file);
    if (this.#settling.current) return;
    this.#settling.set(
      this.#clock.after(settleMs, () => {
        this.#settling.set(undefined);
        const files = [...this.#changed.values()];
        this.#changed.clear();
        this.#enqueue(() => (files.length > mostChanges ? this.#readAll() : this.#readChanged(files)));
      }),
    );
  }

  async #readAll(): Promise<void> {
    const files = await manifestsIn();
    this.#files.clear();
    await this.#read(files);
  }

  async #readChanged(changed: readonly Uri[]): Promise<void> {
    const files: Uri[] = [];
    for (const file of changed) {
      if (isManifest(file)) {
        files.push(file);
        continue;
      }
      for (const path of this.#knownIn(file)) this.#files.delete(path);
      if (await isFolder(file)) files.push(...(await manifestsIn(file)));
    }
    await this.#read(files);
  }

  async #read(files: readonly Uri[]): Promise<void> {
    for (const file of files) {
      if (this.#lifetime.disposed) return;
      const names = await namespacesOf(file);
      const path = file.toString();
      if (names.size === 0) this.#files.delete(path);
      else if (this.#files.has(path) || this.#files.size < mostFiles) this.#files.set(path, names);
    }
    this.#namespaces.set(new Set([...this.#files.values()].flatMap((names) => [...names])));
  }

  #enqueue(task: () => Promise<void>): void {
    this.#reading = this.#reading.then(task).catch(() => {});
  }
}

function isManifest({ path }: Uri): boolean {
  return /\.(ya?ml|json)$/.test(path);
}

/** Most files have an ending and most folders have none: what has one is no folder that is looked into. */
function mayBeFolder({ path }: Uri): boolean {
  return !/\.[^/]*$/.test(path);
}

async function isFolder(file: Uri): Promise<boolean> {
  try {
    return (await workspace.fs.stat(file)).type === FileType.Directory;
  } catch {
    return false;
  }
}

/** In the workspace, or in this folder of it. */
async function manifestsIn(folder?: Uri): Promise<readonly Uri[]> {
  const found = patterns.map(({ glob, most }) =>
    workspace.findFiles(folder ? new RelativePattern(folder, glob) : glob, excluded, most),
  );
  return (await Promise.all(found)).flat();
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
