import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { createAgent, type TlsMaterial } from './dispatcher.ts';
import { Sockets } from './sockets.ts';

/**
 * The connections of one server, made once for one set of TLS material and kept: a new agent per request would be a new TLS
 * handshake per request (measured: 7 to 12 times slower on loopback).
 *
 * A dispatcher that is replaced takes no new request and ends when its last answer has.
 */
export class DispatcherCache {
  readonly #sockets: Sockets;
  readonly #onReplaced: () => void;
  #current: { readonly key: string; readonly material: TlsMaterial; readonly agent: Dispatcher } | undefined;
  #retired = false;

  /** `onReplaced` is told when a dispatcher for other material has come in the place of one. */
  constructor(sockets: Sockets = new Sockets(), onReplaced: () => void = () => {}) {
    this.#sockets = sockets;
    this.#onReplaced = onReplaced;
  }

  /** The dispatcher for this material; one for other material replaces it. After `retire` it takes no request. */
  get(material: TlsMaterial): Dispatcher {
    const key = createHash('sha256').update(JSON.stringify(material)).digest('hex');
    if (this.#current?.key === key) return this.#current.agent;
    const replaced = this.#current !== undefined;
    const agent = this.#make(key, material);
    if (this.#retired) this.#end();
    else if (replaced) this.#onReplaced();
    return agent;
  }

  /**
   * Whether a GET that failed so may be sent again at once: its dispatcher was replaced before it was sent, or the server ended
   * a connection that was kept alive just as it was sent. Then the next one goes on a fresh connection.
   */
  mends(error: unknown, dispatcher: Dispatcher): boolean {
    if (this.#retired) return false;
    if (isClosed(error)) return true;
    if (!this.#sockets.hadServed(error)) return false;
    // Others that were kept alive may have ended with it.
    if (this.#current?.agent === dispatcher) this.#make(this.#current.key, this.#current.material);
    return true;
  }

  /** Takes no new request; what is open ends with its last answer. */
  retire(): void {
    this.#retired = true;
    this.#end();
  }

  /** Breaks what is open and what is about to be. What was retired before has to be broken by its sockets. */
  dispose(): void {
    this.#retired = true;
    void this.#current?.agent.destroy().catch(() => {});
  }

  #make(key: string, material: TlsMaterial): Dispatcher {
    this.#end();
    const agent = createAgent(material, this.#sockets);
    this.#sockets.dispatchers++;
    this.#current = { key, material, agent };
    return agent;
  }

  #end(): void {
    void this.#current?.agent.close().catch(() => {});
    this.#current = undefined;
  }
}

/** undici's words for a dispatcher that takes no more requests. */
function isClosed(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED';
}
