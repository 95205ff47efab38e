import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import type { Lease, LeaseSource } from '../base/lease.ts';
import type { Signal } from '../base/signal.ts';
import type { Episode } from '../domain/episode.ts';
import { type Claim, type Deed, due } from './ledger.ts';
import type { SharedAlerts } from './ports.ts';

export interface DutyPorts {
  readonly deed: Deed;
  readonly leases: LeaseSource;
  readonly shared: SharedAlerts;
  readonly clock: Clock;
  /** The episodes of the budgets that are judged now. */
  readonly episodes: () => readonly Episode[];
  /** Whether this may be done now: what is not true at the moment waits, and so does an opening that is snoozed, and all while nobody looks. */
  readonly may: (episode: Episode, phase: Claim['phase']) => boolean;
  readonly perform: (opened: readonly Episode[], closed: readonly Episode[]) => void;
  /** Told when something else that `may` depends on has changed. */
  readonly changes: readonly Signal<unknown>[];
}

/**
 * One thing that one of several windows does about episodes: notify, or run an action.
 *
 * Level-triggered: what is left to do is derived from the episodes and the shared ledger each time, so that a window that
 * takes over neither repeats nor forgets. The lease says which window acts; the ledger, in which a deed can be claimed only
 * once, holds even while two believe to have the lease.
 */
export class AlertDuty implements Disposable {
  readonly #ports: DutyPorts;
  readonly #lifetime = new DisposableStore();
  readonly #slot = new DisposableSlot<Disposable>();
  #key = '';
  #able: boolean | undefined;
  #lease: Lease | undefined;
  #working = false;
  #again = false;

  constructor(ports: DutyPorts) {
    this.#ports = ports;
    this.#lifetime.add(this.#slot);
    for (const signal of [ports.shared.ledger, ...ports.changes])
      this.#lifetime.add(signal.subscribe(() => this.wake()));
  }

  /**
   * On which target the windows take turns ('' for none), and whether this window is able at all: one with notifications
   * switched off leaves the lease to others. Becoming able again is a change of the user's: what is due by then is not done.
   */
  setTarget(key: string, able: boolean): void {
    if (able && this.#able === false) this.#dropDue();
    this.#able = able;
    const wanted = able ? key : '';
    if (wanted === this.#key) return;
    this.#key = wanted;
    this.#lease = undefined;
    if (wanted === '') {
      this.#slot.set(undefined);
      return;
    }
    const lease = this.#ports.leases.take(`${this.#ports.deed} ${wanted}`);
    const lifetime = new DisposableStore();
    lifetime.add(lease);
    lifetime.add(lease.held.subscribe(() => this.wake()));
    this.#lease = lease;
    this.#slot.set(lifetime);
  }

  /** Looks whether there is something to do. */
  wake(): void {
    this.#again = true;
    if (!this.#working) void this.#work();
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  /** One round at a time; another one when something changed meanwhile. */
  async #work(): Promise<void> {
    this.#working = true;
    try {
      while (this.#again && !this.#lifetime.disposed) {
        this.#again = false;
        await this.#round();
      }
    } finally {
      this.#working = false;
    }
  }

  async #round(): Promise<void> {
    const { shared, perform } = this.#ports;
    const lease = this.#lease;
    if (!lease?.held.value || this.#due(true).length === 0 || !(await lease.confirm())) return;
    if (this.#lease !== lease || this.#lifetime.disposed) return;
    const granted = await shared.claim(this.#due(true));
    const of = (wanted: Claim['phase']) =>
      granted.filter(({ phase }) => phase === wanted).map(({ episode }) => episode);
    if (granted.length > 0) perform(of('opened'), of('closed'));
  }

  #dropDue(): void {
    const claims = this.#due(false).map((claim) => ({ ...claim, silent: true as const }));
    if (claims.length > 0) void this.#ports.shared.claim(claims);
  }

  #due(allowed: boolean): readonly Claim[] {
    const { deed, episodes, shared, clock, may } = this.#ports;
    return episodes().flatMap((episode) => {
      const phase = due(deed, episode, shared.ledger.value.get(episode.key));
      if (phase === undefined || (allowed && !may(episode, phase))) return [];
      return [{ deed, episode, phase, atMs: clock.now() }];
    });
  }
}
