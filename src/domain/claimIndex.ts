import type { ClaimRecord } from './records.ts';
import type { Access, ClassSum, LatestChange, NamespaceClaims } from './snapshot.ts';

/** The parts of a snapshot that come from claims. */
export interface ClaimPicture {
  readonly namespaces: ReadonlyMap<string, NamespaceClaims>;
  readonly classes: ReadonlyMap<string, ClassSum>;
  readonly claimCount: number;
  readonly claimedBytes: bigint;
  readonly uncounted: number;
  readonly latest: LatestChange | undefined;
}

/** One namespace while it changes; `frozen` is its last picture, dropped by the first change after it. */
interface Room {
  uid: string | undefined;
  access: Access;
  /** Named by `setNamespace`: stays although it has no claims. */
  known: boolean;
  readonly claims: Map<string, ClaimRecord>;
  claimedBytes: bigint;
  uncounted: number;
  frozen: NamespaceClaims | undefined;
}

/**
 * Claims by UID with exact sums per namespace, per class and in total, kept while they change: a change costs the same
 * among ten claims and among a hundred thousand, and a picture copies only the namespaces that changed.
 *
 * Two claims of one namespace and name are never held at once: the later one replaces the earlier (a claim deleted and
 * recreated while nobody watched is another claim).
 */
export class ClaimIndex {
  readonly #rooms = new Map<string, Room>();
  readonly #namespaceOf = new Map<string, string>();
  readonly #uidOf = new Map<string, string>();
  readonly #classes = new Map<string, { claims: number; claimedBytes: bigint }>();
  /** Claimed size at the last picture of each claim that changed since, by namespace and name. */
  readonly #before = new Map<string, { readonly claim: ClaimRecord; readonly bytes: bigint }>();
  #claimedBytes = 0n;
  #uncounted = 0;
  #picture: ClaimPicture | undefined;

  /** Adds a claim or puts it in the place of what was known under its UID or its name. False: it was known as it is. */
  upsert(claim: ClaimRecord): boolean {
    const path = pathOf(claim);
    const sameName = this.#uidOf.get(path);
    const previous = this.#find(claim.uid) ?? (sameName === undefined ? undefined : this.#find(sameName));
    if (previous?.uid === claim.uid && previous.resourceVersion === claim.resourceVersion) return false;
    if (!this.#before.has(path)) this.#before.set(path, { claim, bytes: previous?.claimedBytes ?? 0n });
    if (previous) this.#take(previous);
    this.#put(claim);
    return true;
  }

  /** Forgets a claim; unknown UIDs are ignored. */
  remove(uid: string): void {
    const claim = this.#find(uid);
    if (claim) this.#take(claim);
  }

  /**
   * Puts a complete list in the place of everything known, or of everything known of one namespace.
   * Claims that are the same (UID and resourceVersion) keep their records. Answers how many claims differed.
   */
  replace(claims: Iterable<ClaimRecord>, namespace?: string): number {
    const first = namespace === undefined ? this.#namespaceOf.size === 0 : !this.#rooms.get(namespace)?.claims.size;
    const named = new Set<string>();
    let differences = 0;
    for (const claim of claims) {
      named.add(claim.uid);
      if (this.upsert(claim)) differences++;
      // A first list is not growth.
      if (first) this.#before.delete(pathOf(claim));
    }
    const rooms = namespace === undefined ? this.#rooms.values() : [this.#rooms.get(namespace)];
    for (const room of [...rooms]) {
      for (const uid of [...(room?.claims.keys() ?? [])]) {
        if (named.has(uid)) continue;
        this.remove(uid);
        differences++;
      }
    }
    return differences;
  }

  /** How many claims are known, of one namespace or of all. */
  size(namespace?: string): number {
    return namespace === undefined ? this.#namespaceOf.size : (this.#rooms.get(namespace)?.claims.size ?? 0);
  }

  /** Says that a namespace exists and whether its claims can be read: `unknown` until somebody says so, `ok` with a claim. */
  setNamespace(name: string, facts: { readonly uid?: string | undefined; readonly access?: Access }): void {
    const room = this.#room(name, 'unknown');
    const uid = facts.uid ?? room.uid;
    const access = facts.access ?? room.access;
    if (room.known && room.uid === uid && room.access === access) return;
    room.known = true;
    room.uid = uid;
    room.access = access;
    this.#touch(room);
  }

  /** Namespaces that somebody has named or that have claims. */
  get names(): readonly string[] {
    return [...this.#rooms.keys()];
  }

  /** Undefined for a namespace that nobody has named and that has no claims. */
  accessOf(name: string): Access | undefined {
    return this.#rooms.get(name)?.access;
  }

  /** Says that a namespace is gone. Its claims, if any are still known, keep it alive until they are removed. */
  dropNamespace(name: string): void {
    const room = this.#rooms.get(name);
    if (!room) return;
    room.known = false;
    room.uid = undefined;
    this.#touch(room);
    if (room.claims.size === 0) this.#rooms.delete(name);
  }

  /** The present state; the same object as long as nothing changes. `latest` counts from the picture before. */
  picture(): ClaimPicture {
    if (this.#picture) return this.#picture;
    const namespaces = new Map<string, NamespaceClaims>();
    for (const [name, room] of this.#rooms) {
      room.frozen ??= freeze(name, room);
      namespaces.set(name, room.frozen);
    }
    const classes = new Map<string, ClassSum>();
    for (const [name, sum] of this.#classes) classes.set(name, { name, ...sum });
    this.#picture = {
      namespaces,
      classes,
      claimCount: this.#namespaceOf.size,
      claimedBytes: this.#claimedBytes,
      uncounted: this.#uncounted,
      latest: this.#latest(),
    };
    this.#before.clear();
    return this.#picture;
  }

  #latest(): LatestChange | undefined {
    let latest: LatestChange | undefined;
    for (const [path, { claim, bytes }] of this.#before) {
      const now = this.#find(this.#uidOf.get(path) ?? '')?.claimedBytes ?? 0n;
      const deltaBytes = now - bytes;
      if (deltaBytes > (latest?.deltaBytes ?? 0n))
        latest = { namespace: claim.namespace, name: claim.name, deltaBytes };
    }
    return latest;
  }

  #find(uid: string): ClaimRecord | undefined {
    const namespace = this.#namespaceOf.get(uid);
    return namespace === undefined ? undefined : this.#rooms.get(namespace)?.claims.get(uid);
  }

  #put(claim: ClaimRecord): void {
    const room = this.#room(claim.namespace, 'ok');
    room.claims.set(claim.uid, claim);
    this.#namespaceOf.set(claim.uid, claim.namespace);
    this.#uidOf.set(pathOf(claim), claim.uid);
    this.#count(room, claim, 1);
  }

  #take(claim: ClaimRecord): void {
    const room = this.#rooms.get(claim.namespace);
    if (!room) return;
    room.claims.delete(claim.uid);
    this.#namespaceOf.delete(claim.uid);
    if (this.#uidOf.get(pathOf(claim)) === claim.uid) this.#uidOf.delete(pathOf(claim));
    this.#count(room, claim, -1);
    if (room.claims.size === 0 && !room.known) this.#rooms.delete(claim.namespace);
  }

  #count(room: Room, claim: ClaimRecord, sign: 1 | -1): void {
    const bytes = (claim.claimedBytes ?? 0n) * BigInt(sign);
    const unknown = claim.claimedBytes === undefined ? sign : 0;
    room.claimedBytes += bytes;
    room.uncounted += unknown;
    this.#claimedBytes += bytes;
    this.#uncounted += unknown;
    const name = claim.storageClass ?? '';
    const sum = this.#classes.get(name) ?? { claims: 0, claimedBytes: 0n };
    sum.claims += sign;
    sum.claimedBytes += bytes;
    if (sum.claims === 0) this.#classes.delete(name);
    else this.#classes.set(name, sum);
    this.#touch(room);
  }

  #room(name: string, access: Access): Room {
    let room = this.#rooms.get(name);
    if (!room) {
      room = {
        uid: undefined,
        access,
        known: false,
        claims: new Map(),
        claimedBytes: 0n,
        uncounted: 0,
        frozen: undefined,
      };
      this.#rooms.set(name, room);
    }
    return room;
  }

  #touch(room: Room): void {
    room.frozen = undefined;
    this.#picture = undefined;
  }
}

function freeze(name: string, room: Room): NamespaceClaims {
  return {
    name,
    ...(room.uid === undefined ? {} : { uid: room.uid }),
    access: room.access,
    claims: new Map(room.claims),
    claimedBytes: room.claimedBytes,
    uncounted: room.uncounted,
  };
}

function pathOf(claim: ClaimRecord): string {
  return `${claim.namespace}/${claim.name}`;
}
