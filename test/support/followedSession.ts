import assert from 'node:assert/strict';
import { silentLog } from '../../src/base/log.ts';
import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import type { Scope } from '../../src/domain/target.ts';
import { openGatedSession } from '../../src/session/openSession.ts';
import type { ReflectorDiagnostics, Session } from '../../src/session/session.ts';
import { claimsOfCluster, claimsOfSnapshot, differences } from './clusterTruth.ts';
import type { ControlPlane } from './controlPlane.ts';
import type { FastClock } from './fastClock.ts';
import { targetOfText, willingGate } from './textTarget.ts';
import { until } from './until.ts';

/** One session, and everything that it has shown. */
export class Followed {
  readonly session: Session;
  readonly clock: FastClock;
  /** Connection states since the last `forget`, each once in a row. */
  readonly states: string[] = [];
  /** The fewest claims that were shown since then. */
  fewest = Number.POSITIVE_INFINITY;

  constructor(kubeconfig: string, clock: FastClock, scope: Partial<Scope> = {}) {
    let sequence = 0;
    this.clock = clock;
    this.session = openGatedSession({
      target: targetOfText(kubeconfig),
      scope: { namespaces: [], labelSelector: '', fieldSelector: '', ...scope },
      gate: willingGate,
      env: {},
      clock,
      random: Math.random,
      log: silentLog,
      sequence: () => ++sequence,
    });
    this.session.snapshot.subscribe((snapshot) => this.#note(snapshot));
  }

  get snapshot(): StorageSnapshot {
    return this.session.snapshot.value;
  }

  /** The loop that follows all claims. */
  get claims(): ReflectorDiagnostics {
    const found = this.session.diagnostics().reflectors.find(({ path }) => path === '/api/v1/persistentvolumeclaims');
    return found ?? assert.fail('all claims are not followed');
  }

  /** Records from here on, beginning with what is shown now. */
  forget(): void {
    this.states.length = 0;
    this.fewest = Number.POSITIVE_INFINITY;
    this.#note(this.snapshot);
  }

  async becomes(state: StorageSnapshot['connection']['state'], limitMs = 40_000): Promise<void> {
    await until(`it is ${state}, having been ${this.states.join(', ')}`, limitMs, () => {
      return this.snapshot.connection.state === state;
    });
  }

  /** Waits until the store is what kubectl reads, down to UID, version and phase of every claim. */
  async equals(plane: ControlPlane, limitMs = 30_000): Promise<void> {
    let difference = '';
    const endMs = Date.now() + limitMs;
    do {
      difference = differences(await claimsOfCluster(plane), claimsOfSnapshot(this.snapshot));
      if (difference === '') return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } while (Date.now() < endMs);
    assert.fail(`The store differs from the server:\n${difference}`);
  }

  #note(snapshot: StorageSnapshot): void {
    const { state } = snapshot.connection;
    if (this.states.at(-1) !== state) this.states.push(state);
    this.fewest = Math.min(this.fewest, snapshot.claimCount);
  }
}
