import type { ApiError } from './apiError.ts';
import type { Members } from './members.ts';
import type { ClaimRecord, StorageClassRecord, VolumeRecord } from './records.ts';
import type { NoTargetReason, Scope, Target } from './target.ts';

/** How far one kind is known. `items` of `stale` and `forbidden` are the last ones read, possibly none. */
export type SliceState = 'off' | 'loading' | 'live' | 'stale' | 'forbidden';

export interface Slice<T> {
  readonly state: SliceState;
  readonly items: ReadonlyMap<string, T>;
  /** Why it is not live. */
  readonly error?: ApiError;
}

/** Whether the claims of a namespace can be read. `unknown`: not asked or not listed yet, or not followed (too many). */
export type Access = 'ok' | 'forbidden' | 'unknown';

/** The claims of one namespace. Shared between snapshots while nothing in it changes. */
export interface NamespaceClaims {
  readonly name: string;
  /** UID of the namespace where namespaces may be read, else undefined. */
  readonly uid?: string;
  readonly access: Access;
  /** By name. */
  readonly claims: ReadonlyMap<string, ClaimRecord>;
  /** Sum over the claims whose size is known. */
  readonly claimedBytes: bigint;
  /** Claims left out of the sum because their size is unknown. */
  readonly uncounted: number;
}

/** What is claimed of one storage class; claims without a class are under ''. */
export interface ClassSum {
  readonly name: string;
  readonly claims: number;
  readonly claimedBytes: bigint;
}

/** The largest growth since the snapshot before: names the claim in a breach message. */
export interface LatestChange {
  readonly namespace: string;
  readonly name: string;
  readonly deltaBytes: bigint;
}

/**
 * How the target is reached.
 *
 * `none`: nothing to follow. `idle`: waiting for the user (`pvcwatch.connect`). `connecting`: first contact under way.
 * `failing`: never connected. `stale`: was live; `sinceMs` is when it was last heard of. `forbidden`: no permission at all.
 * `untrusted`: needs a credential plugin, and the workspace is not trusted.
 */
export type Connection =
  | { readonly state: 'none'; readonly reason: NoTargetReason; readonly message: string }
  | { readonly state: 'idle' }
  | { readonly state: 'connecting'; readonly sinceMs: number }
  | { readonly state: 'live'; readonly sinceMs: number }
  | { readonly state: 'stale'; readonly sinceMs: number; readonly error: ApiError }
  | { readonly state: 'failing'; readonly error: ApiError }
  | { readonly state: 'signIn'; readonly error: ApiError }
  | { readonly state: 'untrusted'; readonly error: ApiError }
  | { readonly state: 'forbidden'; readonly error: ApiError };

/**
 * One immutable picture of the storage of a target at a moment. Any snapshot is enough to draw everything:
 * a reader that missed nine is right after the tenth.
 */
export interface StorageSnapshot {
  /** Grows with every snapshot of a window, over all targets. */
  readonly sequence: number;
  readonly target: Target | undefined;
  /** Cluster identity: UID of `kube-system`, else a hash of server and CA; undefined until first contact. */
  readonly identity: string | undefined;
  readonly scope: Scope;
  readonly connection: Connection;
  /** When the server was last heard, in ms since the epoch; undefined before the first time. */
  readonly heardMs: number | undefined;
  /**
   * Whether the sums can be shown: every readable part of the scope has been listed completely at least once, or ten seconds
   * have passed with part of it live; then `partial`.
   */
  readonly synced: boolean;
  /** State of the claims as a whole: the worst of its parts. Only `live` may open or close an episode. */
  readonly claimsState: SliceState;
  /** In no particular order; only namespaces in scope. */
  readonly namespaces: ReadonlyMap<string, NamespaceClaims>;
  /** The same namespaces by what can be said of them. */
  readonly members: Members;
  readonly claimCount: number;
  readonly claimedBytes: bigint;
  readonly uncounted: number;
  readonly classes: ReadonlyMap<string, ClassSum>;
  /** Part of the scope cannot be read, so sums are lower bounds. */
  readonly partial: boolean;
  /** Storage classes by name. */
  readonly storageClasses: Slice<StorageClassRecord>;
  /** PersistentVolumes by name. */
  readonly volumes: Slice<VolumeRecord>;
  readonly latest?: LatestChange;
  /** The server refused a selector: the setting's error, to be reported as such. */
  readonly selectorError?: ApiError;
  /** What was refused, where `scope` has the last good selectors in its place. */
  readonly refusedSelectors?: Pick<Scope, 'labelSelector' | 'fieldSelector'>;
}
