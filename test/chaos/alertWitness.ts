import { AlertEngine } from '../../src/alerts/alertEngine.ts';
import type { AlertInput } from '../../src/alerts/alertInput.ts';
import type { Clock } from '../../src/base/clock.ts';
import { constantSignal, SignalSource } from '../../src/base/signal.ts';
import { type Budget, measureBudgets, subjectKey } from '../../src/domain/budgets.ts';
import type { Episode } from '../../src/domain/episode.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import type { Session } from '../../src/session/session.ts';
import { SharedMemory } from '../support/alertWindow.ts';
import { claimedOf, type Truth, type TruthLog } from './truth.ts';

const openAfterMs = 10_000;
const closeAfterMs = 60_000;
/** A way that swallows everything is believed for so long: 90 s of silence, a probe, and the last snapshot. */
const unnoticedMs = 100_000;

/** So long a breach may be shown of less than the time for which it has to hold: snapshots and timers are no stopwatch. */
const toleranceMs = 500;

/** The alert engine on a session as a window runs it, with a record of what it judged by and what it told. */
export class AlertWitness {
  /** `EPISODE opened`, `EPISODE closed`, in order. */
  readonly told: string[] = [];
  readonly episodes = new Map<string, Episode>();
  readonly #engine: AlertEngine;
  readonly #clock: Clock;
  readonly #budgets: readonly Budget[];
  /** Snapshots that the rules may judge by, and which subjects they show as breached. */
  readonly #judged: { readonly atMs: number; readonly breached: ReadonlySet<string> }[] = [];

  constructor(session: Session, clock: Clock, budgets: readonly Budget[]) {
    this.#clock = clock;
    this.#budgets = budgets;
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

  /** Subjects of the episodes that are open, sorted. */
  get open(): readonly string[] {
    return this.#engine.state.value.open.map(({ subject }) => subject).sort();
  }

  /** Subjects of the budgets that are really breached, sorted. */
  breachedIn(truth: Truth): readonly string[] {
    const breached = this.#budgets.filter(({ subject, bytes }) => claimedOf(truth, subjectKey(subject)) > bytes);
    return breached.map(({ subject }) => subjectKey(subject)).sort();
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
    const breached = measureBudgets(snapshot, this.#budgets).filter((status) => status.breached);
    this.#judged.push({ atMs: this.#clock.now(), breached: new Set(breached.map(({ key }) => key)) });
  }

  #unfounded(truth: TruthLog): readonly string[] {
    return [...this.episodes.values()].flatMap((episode) => {
      const { openedMs, subject } = episode;
      const budgetBytes = episode.kind === 'budget' ? episode.budgetBytes : 0n;
      const most = truth.most(subject, openedMs - openAfterMs - unnoticedMs, openedMs);
      const heldMs = openedMs - this.#breachedSince(subject, openedMs);
      return [
        ...(most > budgetBytes ? [] : [`${nameOf(episode)} opened, but there was no breach`]),
        ...(heldMs >= openAfterMs - toleranceMs ? [] : [`${nameOf(episode)} opened after ${Math.round(heldMs)} ms`]),
      ];
    });
  }

  /** When the breach that was seen last before a moment was first seen. */
  #breachedSince(subject: string, untilMs: number): number {
    const before = this.#judged.filter(({ atMs }) => atMs <= untilMs);
    const normal = before.findLastIndex(({ breached }) => !breached.has(subject));
    return before[normal + 1]?.atMs ?? untilMs;
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
    return {
      snapshot,
      budgets: measureBudgets(snapshot, this.#budgets),
      readings: new Map(),
      past: () => [],
      mine: 'all',
      named: new Set(),
      contextLabel: 'chaos',
      settings: { ...defaultSettings, openAfterMs, closeAfterMs },
    };
  }
}

function nameOf({ subject, openedMs }: Episode): string {
  return `${subject}@${openedMs}`;
}
