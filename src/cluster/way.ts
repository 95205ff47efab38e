import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import type { Credential, CredentialSource } from './credential.ts';
import { DispatcherCache } from './dispatcherCache.ts';
import { watchFiles } from './fileWatch.ts';
import { PemReader } from './pemReader.ts';
import type { ResolvedTarget } from './resolvedTarget.ts';
import type { Sockets } from './sockets.ts';
import { TargetConfig } from './targetConfig.ts';

export interface WayOptions {
  readonly resolved: ResolvedTarget;
  readonly credentials: CredentialSource;
  readonly sockets: Sockets;
  readonly clock: Clock;
  /** Told when requests from now on go another way: over a connection with other certificates, or with another token. */
  readonly onMoved: () => void;
}

/**
 * A target, its credentials and the connections made with them. A request keeps to one from its beginning to its end, so
 * that it never goes to one server with the credentials of another. It does not own the credentials.
 *
 * The files that the target names are watched: certificates and tokens are rotated on disk.
 */
export class Way {
  readonly resolved: ResolvedTarget;
  readonly credentials: CredentialSource;
  readonly dispatchers: DispatcherCache;
  readonly #pem: PemReader;
  readonly #onMoved: () => void;
  readonly #files: Disposable | undefined;
  readonly #ended = new AbortController();
  /** The credential of the last request; whether what it needed could be read. */
  #last: { readonly credential: Credential; readonly ok: boolean } | undefined;

  constructor({ resolved, credentials, sockets, clock, onMoved }: WayOptions) {
    this.resolved = resolved;
    this.credentials = credentials;
    this.dispatchers = new DispatcherCache(sockets, onMoved);
    this.#pem = new PemReader(resolved, clock);
    this.#onMoved = onMoved;
    const files = filesOf(resolved);
    this.#files = files.length === 0 ? undefined : watchFiles(files, clock, () => void this.#look());
  }

  /** client-node's configuration with this credential and the certificates as they are now. */
  async configure(credential: Credential, signal: AbortSignal): Promise<Result<TargetConfig>> {
    const pem = await this.#pem.read(credential, signal);
    if (signal.aborted) return fail('aborted', 'Stopped.');
    this.#last = { credential, ok: pem.ok };
    return pem.ok ? succeed(new TargetConfig(this.resolved, credential, pem.value, this.dispatchers)) : pem;
  }

  /** Takes no new request; those under way go on. */
  retire(): void {
    this.#end();
    this.dispatchers.retire();
  }

  dispose(): void {
    this.#end();
    this.dispatchers.dispose();
  }

  #end(): void {
    this.#ended.abort();
    this.#files?.dispose();
  }

  /** A file has changed: what it holds now is used at once, and not only when a watch has come to its end. */
  async #look(): Promise<void> {
    const { signal } = this.#ended;
    const last = this.#last;
    const renewed = (await this.credentials.reread?.()) === true;
    // Nothing has been asked for yet, so nothing has to move.
    if (!last || signal.aborted) return;
    const config = await this.configure(last.credential, signal);
    if (!config.ok) return;
    // Other certificates replace the dispatcher, which tells of it.
    await config.value.prepare();
    if (!signal.aborted && (renewed || !last.ok)) this.#onMoved();
  }
}

/** The files whose content is part of the way; those of the kubeconfig itself come with a new target. */
function filesOf({ cluster, user }: ResolvedTarget): readonly string[] {
  const materials = [cluster.ca, user.clientCertificate, user.clientKey];
  const pem = materials.flatMap((material) => (material && 'file' in material ? [material.file] : []));
  return user.tokenFile === undefined ? pem : [...pem, user.tokenFile];
}
