import { toDisposable } from '../../../src/base/disposable.ts';
import { SignalSource } from '../../../src/base/signal.ts';
import type { ResolvedTarget } from '../../../src/cluster/resolvedTarget.ts';
import { fail } from '../../../src/domain/apiError.ts';
import { noMembers } from '../../../src/domain/members.ts';
import type { Readings } from '../../../src/domain/reading.ts';
import type { StorageSnapshot } from '../../../src/domain/snapshot.ts';
import type { Scope } from '../../../src/domain/target.ts';
import type { Interaction, MeasureOptions, Measuring, Session } from '../../../src/session/session.ts';

/** A session that the test moves by hand, and that notes what is asked of it. It refuses a label selector that ends with `(`. */
export class FakeSession implements Session {
  readonly snapshot: SignalSource<StorageSnapshot>;
  readonly retries: Interaction[] = [];
  wakes = 0;
  readonly reconnects: ResolvedTarget[] = [];
  readonly resolved: ResolvedTarget;
  readonly scope: Scope;
  readonly #sequence: () => number;
  disposed = false;
  /** Every measuring that was begun, whether it has ended, and its readings to be set. */
  readonly measured: { readonly options: MeasureOptions; readonly readings: SignalSource<Readings>; ended: boolean }[] =
    [];

  constructor(resolved: ResolvedTarget, scope: Scope, sequence: () => number) {
    this.resolved = resolved;
    this.scope = scope;
    this.#sequence = sequence;
    this.snapshot = new SignalSource(this.#picture(0));
    if (scope.labelSelector.endsWith('(')) this.refuse();
  }

  get target() {
    return this.resolved.target;
  }

  /** Publishes a live snapshot with so many claims. */
  live(claimCount: number): void {
    this.snapshot.set(this.#picture(claimCount));
  }

  /** Publishes that the server refuses the selectors. */
  refuse(): void {
    const error = { reason: 'invalid', message: 'unable to parse requirement' } as const;
    this.snapshot.set({
      ...this.#picture(0),
      connection: { state: 'failing', error },
      synced: false,
      selectorError: error,
    });
  }

  /** Publishes that the contact is lost. */
  lose(): void {
    const error = { reason: 'unreachable', message: 'It is gone.' } as const;
    this.snapshot.set({ ...this.#picture(0), connection: { state: 'stale', sinceMs: 0, error } });
  }

  demand() {
    return toDisposable(() => {});
  }

  retry(interaction: Interaction): void {
    this.retries.push(interaction);
  }

  wake(): void {
    this.wakes++;
  }

  reconnect(target: ResolvedTarget): void {
    this.reconnects.push(target);
  }

  async readPods() {
    return fail('aborted', 'a fake');
  }

  async readEvents() {
    return fail('aborted', 'a fake');
  }

  async readManifest() {
    return fail('aborted', 'a fake');
  }

  measure(options: MeasureOptions): Measuring {
    const readings = new SignalSource<Readings>(options.known ?? new Map());
    const note = { options, readings, ended: false };
    this.measured.push(note);
    return {
      readings,
      past: () => undefined,
      dispose: () => {
        note.ended = true;
      },
    };
  }

  diagnostics() {
    return { serverVersion: undefined, connections: 0, sockets: 0, requests: 0, reflectors: [], drift: 0 };
  }

  dispose(): void {
    this.disposed = true;
  }

  #picture(claimCount: number): StorageSnapshot {
    return {
      sequence: this.#sequence(),
      target: this.target,
      identity: 'id',
      scope: this.scope,
      connection: { state: 'live', sinceMs: 0 },
      heardMs: 0,
      synced: true,
      claimsState: 'live',
      namespaces: new Map(),
      members: noMembers,
      claimCount,
      claimedBytes: 0n,
      uncounted: 0,
      classes: new Map(),
      partial: false,
      storageClasses: { state: 'off', items: new Map() },
      volumes: { state: 'off', items: new Map() },
    };
  }
}
