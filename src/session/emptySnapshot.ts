import { noMembers } from '../domain/members.ts';
import type { Connection, StorageSnapshot } from '../domain/snapshot.ts';
import type { Scope, Target } from '../domain/target.ts';

/** A picture in which nothing has been read: before the first session of a target, and where there is no target. */
export function emptySnapshot(
  sequence: number,
  target: Target | undefined,
  scope: Scope,
  connection: Connection,
): StorageSnapshot {
  return {
    sequence,
    target,
    identity: undefined,
    scope,
    connection,
    heardMs: undefined,
    synced: false,
    claimsState: 'off',
    namespaces: new Map(),
    members: noMembers,
    claimCount: 0,
    claimedBytes: 0n,
    uncounted: 0,
    classes: new Map(),
    partial: false,
    storageClasses: { state: 'off', items: new Map() },
    volumes: { state: 'off', items: new Map() },
  };
}
