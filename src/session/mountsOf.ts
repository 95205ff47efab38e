import type { Connection } from '../cluster/connection.ts';
import { type Collection, listAll } from '../cluster/listPager.ts';
import type { Result } from '../domain/apiError.ts';
import type { PodRecord, VolumeRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import type { KnownPods } from '../usage/mounts.ts';
import { Interner } from '../wire/interner.ts';
import type { Identified } from '../wire/kind.ts';
import { pods } from '../wire/pods.ts';
import { volumes } from '../wire/volumes.ts';

const atOnce = 4;

/** From where it is read, and for how long. */
export interface Reader {
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

/**
 * The pods that use claims in what a snapshot shows. Never rejects; a namespace whose pods were not read is not `readable`.
 *
 * One list from the API server's watch cache for each look, of all namespaces where that is allowed, else of each that has
 * claims: a watch would hold every pod of the cluster in memory and hear of each heartbeat, for one look a minute.
 */
export async function readMounts(reader: Reader, { scope, namespaces }: StorageSnapshot): Promise<KnownPods> {
  if (scope.namespaces.length > 0) return await readEach(reader, scope.namespaces);
  const all = await list(reader, { kind: pods });
  if (all.ok) return { items: withClaims(all.value), readable: () => true };
  if (all.error.reason !== 'forbidden') return { items: [], readable: () => false };
  const claimed = [...namespaces.values()].filter(({ claims }) => claims.size > 0).map(({ name }) => name);
  return await readEach(reader, claimed);
}

/** The PersistentVolumes by name; none where they may not be read. Never rejects. */
export async function readVolumes(reader: Reader): Promise<ReadonlyMap<string, VolumeRecord>> {
  const all = await list(reader, { kind: volumes });
  return new Map(all.ok ? all.value.map((volume) => [volume.name, volume]) : []);
}

async function readEach(reader: Reader, namespaces: readonly string[]): Promise<KnownPods> {
  const queue = [...namespaces];
  const items: PodRecord[] = [];
  const read = new Set<string>();
  const inTurn = async () => {
    for (let namespace = queue.shift(); namespace !== undefined; namespace = queue.shift()) {
      if (reader.signal.aborted) return;
      const some = await list(reader, { kind: pods, namespace });
      if (!some.ok) continue;
      read.add(namespace);
      for (const pod of withClaims(some.value)) items.push(pod);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, inTurn));
  return { items, readable: (namespace) => read.has(namespace) };
}

async function list<T extends Identified>(reader: Reader, collection: Collection<T>): Promise<Result<readonly T[]>> {
  const page = await listAll({ ...reader, collection, interner: new Interner() });
  return page.ok ? { ok: true, value: page.value.items } : page;
}

function withClaims(all: readonly PodRecord[]): readonly PodRecord[] {
  return all.filter(({ volumes: mounted }) => mounted.length > 0);
}
