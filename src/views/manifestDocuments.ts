import { type Event, EventEmitter, type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import type { ClaimRef } from '../presentation/row.ts';
import { plain, uriSegment } from '../presentation/text.ts';
import type { Session } from '../session/session.ts';

const scheme = 'pvcwatch-manifest';

/** One open manifest: what was read last, of which version of the claim, and of which server. */
interface Manifest {
  readonly claim: ClaimRef;
  state: 'waiting' | 'read' | 'left';
  text: string;
  resourceVersion: string | undefined;
  server: string | undefined;
  /** Put above the text: why it is not what the cluster has now. */
  note: string | undefined;
}

/**
 * Read-only YAML of claims, one document each, that follows the claim while its context is followed.
 *
 * When another context is followed the document stays what it was, and says so; it is never filled from another cluster.
 */
export class ManifestDocuments implements TextDocumentContentProvider, Disposable {
  readonly #snapshot: Signal<StorageSnapshot>;
  readonly #session: Signal<Session | undefined>;
  readonly #lifetime = new DisposableStore();
  readonly #emitter = new EventEmitter<Uri>();
  readonly #open = new Map<string, Manifest>();

  constructor(snapshot: Signal<StorageSnapshot>, session: Signal<Session | undefined>) {
    this.#snapshot = snapshot;
    this.#session = session;
    this.#lifetime.add(this.#emitter);
    this.#lifetime.add(workspace.registerTextDocumentContentProvider(scheme, this));
    this.#lifetime.add(workspace.onDidCloseTextDocument(({ uri }) => this.#open.delete(uri.toString())));
    this.#lifetime.add(snapshot.subscribe(() => this.#follow()));
  }

  get onDidChange(): Event<Uri> {
    return this.#emitter.event;
  }

  async show(claim: ClaimRef): Promise<void> {
    const document = await workspace.openTextDocument(manifestUri(claim));
    await window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const claim = claimOf(uri);
    if (!claim) return '# This is not a claim.\n';
    const key = uri.toString();
    const manifest: Manifest = this.#open.get(key) ?? {
      claim,
      state: 'waiting',
      text: '',
      resourceVersion: undefined,
      server: undefined,
      note: undefined,
    };
    this.#open.set(key, manifest);
    await this.#read(manifest);
    return manifest.note === undefined ? manifest.text : `# ${plain(manifest.note, 500)}\n${manifest.text}`;
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  async #read(manifest: Manifest): Promise<void> {
    const { claim } = manifest;
    const session = this.#session.value;
    if (!session || !isOf(manifest, session)) {
      manifest.note =
        manifest.state === 'waiting'
          ? `Waiting for context ${claim.contextName}.`
          : `Context ${claim.contextName} is not followed any more; this is the last manifest that was read.`;
      if (manifest.state === 'read') manifest.state = 'left';
      return;
    }
    manifest.resourceVersion = this.#claimIn(claim)?.resourceVersion;
    const answer = await session.readManifest(claim.namespace, claim.name);
    // The session may have been replaced while the server was answering.
    if (this.#session.value !== session) return;
    manifest.state = 'read';
    manifest.server = session.target.server;
    manifest.note = undefined;
    if (answer.ok) manifest.text = answer.value;
    else if (answer.error.reason === 'notFound') manifest.note = 'This claim does not exist any more.';
    else manifest.note = `Cannot be read now: ${answer.error.message}`;
  }

  #follow(): void {
    const session = this.#session.value;
    for (const [key, manifest] of this.#open) {
      const current = session !== undefined && isOf(manifest, session);
      if (current && !this.#snapshot.value.synced) continue;
      const version = this.#claimIn(manifest.claim)?.resourceVersion;
      const moved = current
        ? manifest.state !== 'read' || version !== manifest.resourceVersion
        : manifest.state === 'read';
      if (!moved) continue;
      // Not asked again for the same version while the answer is under way.
      manifest.resourceVersion = version;
      if (current) manifest.state = 'read';
      this.#emitter.fire(Uri.parse(key));
    }
  }

  #claimIn({ namespace, name }: ClaimRef): { readonly resourceVersion: string } | undefined {
    return this.#snapshot.value.namespaces.get(namespace)?.claims.get(name);
  }
}

function isOf({ claim, server }: Manifest, { target }: Session): boolean {
  return target.contextName === claim.contextName && (server === undefined || target.server === server);
}

function manifestUri(claim: ClaimRef): Uri {
  return Uri.from({
    scheme,
    path: `/${[claim.contextName, claim.namespace, claim.name].map(uriSegment).join('/')}.yaml`,
    query: JSON.stringify(claim),
  });
}

function claimOf(uri: Uri): ClaimRef | undefined {
  try {
    const { contextName, namespace, name, uid } = JSON.parse(uri.query) as Partial<ClaimRef>;
    if (contextName === undefined || namespace === undefined || name === undefined) return undefined;
    return { contextName, namespace, name, uid: uid ?? '' };
  } catch {
    return undefined;
  }
}
