import { ClassSums } from './classSums.ts';
import { Growth } from './growth.ts';
import { type Members, membersOf } from './members.ts';
import type { ClaimRecord } from './records.ts';
import { SharedMap } from './sharedMap.ts';
import type { Access, ClassSum, LatestChange, NamespaceClaims } from './snapshot.ts';

/** The parts of a snapshot that come from claims. */
export interface ClaimPicture {
  readonly namespaces: ReadonlyMap<string, NamespaceClaims>;
  readonly members: Members;
  readonly classes: ReadonlyMap<string, ClassSum>;
  readonly claimCount: number;
  readonly claimedBytes: bigint;
  readonly uncounted: number;
  readonly latest: LatestChange | undefined;
}

/** Claims that are taken in at a stretch. */
const perStep = 500;

/** One namespace while it changes. */
interface Room {
  readonly name: string;
  uid: string | undefined;
  access: Access;
  /** Named by `setNamespace`: stays although it has no claims. */
  known: boolean;
  /** By name. */
  claims: Map<string, ClaimRecord>;
  /** A picture has this very map: it is copied before it changes. */
  shared: boolean;
  claimedBytes: bigint;
  uncounted: number;
}

/**
 * Claims with exact sums per namespace, per class and in total, kept while they change: a change costs the same among ten
 * claims and among a hundred thousand, and a picture copies only the namespaces that changed.
 *
 * No two claims are ever held with the same UID, nor with the same namespace and name: the later one replaces the earlier (a
 * claim deleted and recreated while nobody watched is another claim). Each is in two maps, as little as that takes.
 */
export class ClaimIndex {
  readonly #rooms = new Map<string, Room>();
  readonly #byUid = new Map<string, ClaimRecord>();
  readonly #classes = new ClassSums();
  readonly #growth = new Growth();
  /** Names of the rooms that changed since the last picture. */
  readonly #touched = new Set<string>();
  #claimedBytes = 0n;
  #uncounted = 0;
  #namespaces = SharedMap.empty<NamespaceClaims>();
  /** Undefined when a namespace has come, gone, or changed sides since. */
  #members: Members | undefined;
  #picture: ClaimPicture | undefined;
  /** The last picture, whatever has changed since. */
  #shown: ClaimPicture | undefined;
  /** Lists that are being taken in. */
  #replacements = 0;

  /** Adds a claim or puts it in the place of what was known under its UID or its name. False: it was known as it is. */
  upsert(claim: ClaimRecord): boolean {
    const known = this.#byUid.get(claim.uid);
    if (known && known.resourceVersion !== '' && known.resourceVersion === claim.resourceVersion) return false;
    const named = this.#rooms.get(claim.namespace)?.claims.get(claim.name);
    this.#growth.changes(claim, (known ?? named)?.claimedBytes);
    this.#put(claim, known, named);
    return true;
  }

  /** Forgets a claim; unknown UIDs are ignored. */
  remove(uid: string): void {
    const claim = this.#byUid.get(uid);
    if (!claim) return;
    this.#growth.changes(claim, claim.claimedBytes);
    this.#take(claim);
  }

  /**
   * Puts a complete list in the place of everything known, or of everything known of one namespace.
   * Claims that are the same (UID and resourceVersion) keep their records. Answers how many claims differed.
   */
  replace(claims: Iterable<ClaimRecord>, namespace?: string): number {
    const steps = this.replacing(claims, namespace);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /** The same in steps of a millisecond or so. Until the last one, or until it is given up, pictures show what was before. */
  *replacing(claims: Iterable<ClaimRecord>, namespace?: string): Generator<void, number> {
    if (!this.#shown) this.picture();
    this.#replacements++;
    try {
      return yield* this.size(namespace) === 0 ? this.#filling(claims) : this.#merging(claims, namespace);
    } finally {
      this.#replacements--;
    }
  }

  /** How many claims are known, of one namespace or of all. */
  size(namespace?: string): number {
    return namespace === undefined ? this.#byUid.size : (this.#rooms.get(namespace)?.claims.size ?? 0);
  }

  /** Says that a namespace exists and whether its claims can be read: `unknown` until somebody says so, `ok` with a claim. */
  setNamespace(name: string, facts: { readonly uid?: string | undefined; readonly access?: Access }): void {
    const room = this.#room(name, 'unknown');
    const uid = facts.uid ?? room.uid;
    const access = facts.access ?? room.access;
    if (room.known && room.uid === uid && room.access === access) return;
    if (room.access !== access) this.#members = undefined;
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
    this.#dropIfIdle(room);
  }

  /** The present state; the same object as long as nothing changes. `latest` counts from the picture before. */
  picture(): ClaimPicture {
    if (this.#replacements > 0 && this.#shown) return this.#shown;
    if (this.#picture) return this.#picture;
    this.#namespaces = this.#namespaces.with([...this.#touched].map((name) => [name, frozen(this.#rooms.get(name))]));
    this.#touched.clear();
    this.#members ??= membersOf(this.#rooms.values());
    this.#picture = {
      namespaces: this.#namespaces,
      members: this.#members,
      classes: this.#classes.picture(),
      claimCount: this.#byUid.size,
      claimedBytes: this.#claimedBytes,
      uncounted: this.#uncounted,
      latest: this.#growth.latest((namespace, name) => this.#rooms.get(namespace)?.claims.get(name)?.claimedBytes),
    };
    this.#shown = this.#picture;
    this.#growth.clear();
    return this.#picture;
  }

  /** A first list, which is not growth. */
  *#filling(claims: Iterable<ClaimRecord>): Generator<void, number> {
    let differences = 0;
    for (const claim of claims) {
      this.#growth.forget(claim);
      this.#put(claim, this.#byUid.get(claim.uid), this.#rooms.get(claim.namespace)?.claims.get(claim.name));
      if (++differences % perStep === 0) yield;
    }
    return differences;
  }

  *#merging(claims: Iterable<ClaimRecord>, namespace: string | undefined): Generator<void, number> {
    const named = new Set<string>();
    let differences = 0;
    for (const claim of claims) {
      named.add(claim.uid);
      if (this.upsert(claim)) differences++;
      if (named.size % perStep === 0) yield;
    }
    let looked = 0;
    const rooms = namespace === undefined ? this.#rooms.values() : [this.#rooms.get(namespace)];
    for (const room of [...rooms]) {
      for (const { uid } of [...(room?.claims.values() ?? [])]) {
        if (++looked % perStep === 0) yield;
        // Others may have changed it since, or taken it away.
        const claim = named.has(uid) ? undefined : this.#byUid.get(uid);
        if (!claim) continue;
        this.#take(claim);
        differences++;
      }
    }
    return differences;
  }

  /** `known`: what has its UID at present; `named`: what has its name. */
  #put(claim: ClaimRecord, known: ClaimRecord | undefined, named: ClaimRecord | undefined): void {
    if (known && known !== named) this.#take(known);
    const room = this.#room(claim.namespace, 'ok');
    if (named) {
      this.#byUid.delete(named.uid);
      this.#count(room, named, -1);
    } else if (room.claims.size === 0) this.#members = undefined;
    this.#own(room).set(claim.name, claim);
    this.#byUid.set(claim.uid, claim);
    this.#count(room, claim, 1);
  }

  #take(claim: ClaimRecord): void {
    const room = this.#rooms.get(claim.namespace);
    if (!room) return;
    this.#own(room).delete(claim.name);
    this.#byUid.delete(claim.uid);
    this.#count(room, claim, -1);
    if (room.claims.size > 0) return;
    this.#members = undefined;
    this.#dropIfIdle(room);
  }

  /** The claims of a room, to be changed. */
  #own(room: Room): Map<string, ClaimRecord> {
    if (room.shared) room.claims = new Map(room.claims);
    room.shared = false;
    return room.claims;
  }

  #count(room: Room, claim: ClaimRecord, sign: 1 | -1): void {
    const known = claim.claimedBytes ?? 0n;
    const bytes = sign === 1 ? known : -known;
    const unknown = claim.claimedBytes === undefined ? sign : 0;
    room.claimedBytes += bytes;
    room.uncounted += unknown;
    this.#claimedBytes += bytes;
    this.#uncounted += unknown;
    this.#classes.count(claim.storageClass ?? '', bytes, sign);
    this.#touch(room);
  }

  #room(name: string, access: Access): Room {
    let room = this.#rooms.get(name);
    if (!room) {
      const claims = new Map<string, ClaimRecord>();
      room = { name, uid: undefined, access, known: false, claims, shared: false, claimedBytes: 0n, uncounted: 0 };
      this.#rooms.set(name, room);
      this.#members = undefined;
    }
    return room;
  }

  #dropIfIdle(room: Room): void {
    if (room.claims.size > 0 || room.known) return;
    this.#rooms.delete(room.name);
    this.#members = undefined;
  }

  #touch(room: Room): void {
    this.#touched.add(room.name);
    this.#picture = undefined;
  }
}

/** Undefined for a room that is gone. */
function frozen(room: Room | undefined): NamespaceClaims | undefined {
  if (!room) return undefined;
  const { name, uid, access, claims, claimedBytes, uncounted } = room;
  room.shared = true;
  return { name, ...(uid === undefined ? {} : { uid }), access, claims, claimedBytes, uncounted };
}
