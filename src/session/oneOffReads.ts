import type { Connection } from '../cluster/connection.ts';
import { readAll } from '../cluster/listPager.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import type { EventRecord, PodRecord } from '../domain/records.ts';
import { claims } from '../wire/claims.ts';
import { eventsPath, readEvents } from '../wire/events.ts';
import { Interner } from '../wire/interner.ts';
import { objectPath } from '../wire/kind.ts';
import { pods } from '../wire/pods.ts';
import { toManifest } from './manifest.ts';

/** What is read once and not followed, over the connection of a session and until that ends. */
export class OneOffReads {
  readonly #connection: Connection;
  readonly #server: string;
  readonly #signal: AbortSignal;

  constructor(connection: Connection, server: string, signal: AbortSignal) {
    this.#connection = connection;
    this.#server = server;
    this.#signal = signal;
  }

  /** Pods of a namespace that name one of its claims. */
  async pods(namespace: string): Promise<Result<readonly PodRecord[]>> {
    const list = await readAll<PodRecord>({
      connection: this.#connection,
      collection: { kind: pods, namespace },
      interner: new Interner(),
      signal: this.#signal,
    });
    return list.ok ? succeed(list.value.items.filter((pod) => pod.volumes.length > 0)) : list;
  }

  /** Events about the object with this UID, newest first. */
  async events(namespace: string, uid: string): Promise<Result<readonly EventRecord[]>> {
    const answer = await this.#connection.json(eventsPath(namespace, uid), { signal: this.#signal });
    if (!answer.ok) return answer;
    const events = readEvents(answer.value, uid);
    return events ? succeed(events) : fail('malformed', `${this.#server} sent no list of events.`);
  }

  /** The claim as YAML without managedFields. */
  async manifest(namespace: string, name: string): Promise<Result<string>> {
    const answer = await this.#connection.json(objectPath(claims, name, namespace), { signal: this.#signal });
    return answer.ok ? succeed(toManifest(answer.value)) : answer;
  }
}
