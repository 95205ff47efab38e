import { AlertEngine } from '../../src/alerts/alertEngine.ts';
import type { AlertInput } from '../../src/alerts/alertInput.ts';
import type { Clock } from '../../src/base/clock.ts';
import { constantSignal, SignalSource } from '../../src/base/signal.ts';
import { measureBudgets } from '../../src/domain/budgets.ts';
import type { Episode } from '../../src/domain/episode.ts';
import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import type { Session } from '../../src/session/session.ts';
import { SharedMemory } from '../support/alertWindow.ts';
import type { TruthLog } from './truth.ts';

const openAfterMs = 10_000;
const closeAfterMs = 60_000;
/** A way that swallows everything is believed for so long: 90 s of silence, a probe, and the last snapshot. */
const unnoticedMs = 100_000;

/** The alert engine on a session as a window runs it, with a record of what it judged by and what it told. */
export class AlertWitness {
  /** `EPISODE opened`, `EPISODE closed`, in order. */
  readonly told: string[] = [];
  readonly episodes = new Map<string, Episode>();
  readonly #engine: AlertEngine;
  readonly #clock: Clock;
  readonly #budgetBytes: bigint;
  /** Snapshots that the rules may judge by. */
  readonly #judged: { readonly atMs: number; readonly breached: boolean }[] = [];

  constructor(session: Session, clock: Clock, budgetBytes: bigint) {
    this.#clock = clock;
    this.#budgetBytes = budgetBytes;
    const shared = new SharedMemory();
    const input = new SignalSource(this.#inputOf(session.snapshot.value));
    const tell = (phase: string) => (episodes: readonly Episode[]) => {
      for (const episode of episodes) this.told.push(`${nameOf(episode)} ${phase}`);
    };
    this.#engine = new AlertEngine({
      input,
      choices: [],
      focused: constantSignal(true),
      leases: shared.leasesOf('chaos'),
      shared,
      store: { load: () => undefined, save: () => {} },
      notifier: { opened: tell('opened'), closed: tell('closed') },
      actions: { run: () => {} },
      clock,
    });
    shared.episodes.subscribe((episodes) => {
      for (const episode of episodes.values()) this.episodes.set(nameOf(episode), episode);
    });
    session.snapshot.subscribe((snapshot) => {
      this.#note(snapshot);
      input.set(this.#inputOf(snapshot));
    });
  }

  get open(): readonly Episode[] {
    return this.#engine.state.value.open;
  }

  /** Waits on the product's clock until whatever is being held has opened or closed. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => this.#clock.after(closeAfterMs + 15_000, resolve));
  }

  /** What it did without a reason that can be proven, a line each. */
  faults(truth: TruthLog): readonly string[] {
    return [...this.#unfounded(truth), ...this.#repeated()];
  }

  dispose(): void {
    this.#engine.dispose();
  }

  #note(snapshot: StorageSnapshot): void {
    const { connection, synced, claimsState } = snapshot;
    if (connection.state !== 'live' || !synced || claimsState !== 'live') return;
    this.#judged.push({ atMs: this.#clock.now(), breached: snapshot.claimedBytes > this.#budgetBytes });
  }

  #unfounded(truth: TruthLog): readonly string[] {
    return [...this.episodes.values()].flatMap((episode) => {
      const { openedMs } = episode;
      const { most } = truth.extremes(openedMs - openAfterMs - unnoticedMs, openedMs);
      const normal = this.#judged.find(
        ({ atMs, breached }) => !breached && atMs > openedMs - openAfterMs + 500 && atMs < openedMs,
      );
      return [
        ...(most > this.#budgetBytes ? [] : [`${nameOf(episode)} opened, but there was no breach`]),
        ...(normal ? [`${nameOf(episode)} opened ${Math.round(openedMs - normal.atMs)} ms after a normal sum`] : []),
      ];
    });
  }

  #repeated(): readonly string[] {
    return [...new Set(this.told)].flatMap((line) => {
      const times = this.told.filter((each) => each === line).length;
      const opening = line.replace(/ closed$/, ' opened');
      const early = this.told.indexOf(opening) < 0 || this.told.indexOf(opening) > this.told.indexOf(line);
      return [
        ...(times > 1 ? [`${line}: told ${times} times`] : []),
        ...(early ? [`${line}: its opening was not told`] : []),
      ];
    });
  }

  #inputOf(snapshot: StorageSnapshot): AlertInput {
    const budget = { subject: { kind: 'total' }, bytes: this.#budgetBytes, explicit: true } as const;
    return {
      snapshot,
      budgets: measureBudgets(snapshot, [budget]),
      contextLabel: 'chaos',
      settings: { alertsEnabled: true, openAfterMs, closeAfterMs, onBreach: undefined, onNormal: undefined },
    };
  }
}

function nameOf({ subject, openedMs }: Episode): string {
  return `${subject}@${openedMs}`;
}
