import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import type { LeaseSource } from '../base/lease.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import { type AlertState, type BudgetEpisode, type Episode, noAlerts } from '../domain/episode.ts';
import type { Mine } from '../domain/mine.ts';
import { AlertDuty } from './alertDuty.ts';
import { type AlertInput, dutyKey, isMine } from './alertInput.ts';
import { alertPicture, samePicture } from './alertPicture.ts';
import { BudgetJudge } from './budgetJudge.ts';
import { ClaimJudge } from './claimJudge.ts';
import type { Judge } from './judge.ts';
import { type Told, wordOf } from './ledger.ts';
import type { ActionRunner, EpisodeStore, Notifier, SharedAlerts } from './ports.ts';
import {
  inForce,
  nextEndMs,
  type SnoozableEpisode,
  type SnoozeCover,
  type SnoozeLength,
  type StoredSnooze,
  silences,
  snoozeEnd,
  withSnooze,
} from './snoozes.ts';
import { UserChanges } from './userChanges.ts';

export interface AlertPorts {
  readonly input: Signal<AlertInput>;
  /** What the user chooses to follow. A target out of another file without a change of these is the start finding its way. */
  readonly choices: readonly Signal<unknown>[];
  readonly focused: Signal<boolean>;
  readonly leases: LeaseSource;
  readonly shared: SharedAlerts;
  readonly store: EpisodeStore;
  readonly notifier: Notifier;
  readonly actions: ActionRunner;
  readonly clock: Clock;
}

/** While something is being held, time is looked at this often; a longer silence would count as a gap. */
const tickMs = 5_000;

/**
 * Has the alert rules run over snapshots and time, and sees to what comes of it.
 *
 * Every window judges, for its own colours and badge; an `AlertDuty` decides which of them does something about it.
 */
export class AlertEngine implements Disposable {
  readonly #ports: AlertPorts;
  readonly #lifetime = new DisposableStore();
  readonly #timer = new DisposableSlot<Disposable>();
  readonly #state = new SignalSource<AlertState>(noAlerts, { equals: samePicture });
  readonly #notices: AlertDuty;
  readonly #breachActions: AlertDuty;
  readonly #normalActions: AlertDuty;
  readonly #budgets: BudgetJudge;
  readonly #judges: readonly { readonly judge: Judge; readonly changes: UserChanges }[];
  /** What was wanted in the last look, and of which target. */
  #wanted: { readonly mine: Mine; readonly target: string | undefined } | undefined;

  constructor(ports: AlertPorts) {
    const { shared, store, input, focused } = ports;
    this.#ports = ports;
    const memory = store.load();
    this.#budgets = new BudgetJudge(memory?.ledger.keys() ?? []);
    this.#judges = [this.#budgets, new ClaimJudge()].map((judge) => ({
      judge,
      changes: new UserChanges((seen) => judge.subjectOf(seen)),
    }));
    const duty = { leases: ports.leases, shared, clock: ports.clock, episodes: () => this.#agreed() };
    this.#notices = this.#lifetime.add(
      new AlertDuty({
        ...duty,
        deed: 'notice',
        may: (episode, phase) =>
          focused.value &&
          this.#isTrue(episode, phase) &&
          (phase === 'closed' || (isMine(input.value.mine, episode) && !this.#isSnoozed(episode))),
        perform: (opened, closed) => this.#tell(opened, closed),
        changes: [focused, shared.snoozes],
      }),
    );
    // They are about breaches: of budgets.
    const action = { ...duty, may: ({ kind }: Episode) => kind === 'budget', changes: [] };
    this.#breachActions = this.#lifetime.add(
      new AlertDuty({ ...action, deed: 'onBreach', perform: (opened) => this.#act('breach', opened) }),
    );
    // An end is run only where its beginning was taken note of.
    this.#normalActions = this.#lifetime.add(
      new AlertDuty({ ...action, deed: 'onNormal', perform: (_, closed) => this.#act('normal', closed) }),
    );
    const step = () => this.#step();
    const chosen = () => this.#judges.forEach(({ changes }) => void changes.chosen(input.value));
    for (const signal of ports.choices) this.#lifetime.add(signal.subscribe(chosen));
    this.#lifetime.add(this.#timer);
    for (const signal of [input, shared.snoozes, shared.episodes]) this.#lifetime.add(signal.subscribe(step));
    for (const signal of [shared.episodes, shared.ledger, shared.snoozes])
      this.#lifetime.add(signal.subscribe(() => this.#save()));
    if (memory) void shared.seed(memory);
    step();
  }

  get state(): Signal<AlertState> {
    return this.#state;
  }

  /** Silences an episode over all windows, and with `cover` whatever else of its context that covers. */
  async snooze(episode: SnoozableEpisode, length: SnoozeLength, cover?: SnoozeCover): Promise<void> {
    const atMs = this.#ports.clock.now();
    const untilMs = snoozeEnd(length, atMs);
    await this.#ports.shared.changeSnoozes((snoozes) => withSnooze(snoozes, episode, { atMs, untilMs, cover }));
  }

  get snoozes(): readonly StoredSnooze[] {
    return inForce(this.#ports.shared.snoozes.value, this.#ports.clock.now());
  }

  async endSnooze(episodeKey: string): Promise<void> {
    await this.#ports.shared.changeSnoozes((snoozes) => snoozes.filter((snooze) => snooze.episodeKey !== episodeKey));
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #step(): void {
    if (this.#lifetime.disposed) return;
    const { input, clock, shared } = this.#ports;
    const { settings } = input.value;
    const effects = this.#judges.flatMap(({ judge, changes }) => {
      const told = judge.step({
        input: input.value,
        accounts: shared.episodes.value,
        told: shared.ledger.value.keys(),
        nowMs: clock.now(),
        monotonicMs: clock.monotonicMs(),
        userChange: changes.explain(input.value),
      });
      if (judge.observed) changes.judged(input.value);
      return told;
    });
    if (effects.length > 0) void shared.keepEpisodes(effects.map(({ episode }) => episode));
    this.#silence();
    this.#endSnoozes();
    this.#publish();
    this.#schedule(this.#judges.flatMap(({ judge }) => judge.dueMs ?? []));
    const key = dutyKey(input.value);
    this.#notices.setTarget(key, settings.alertsEnabled);
    this.#breachActions.setTarget(key, settings.onBreach !== undefined);
    this.#normalActions.setTarget(key, settings.onNormal !== undefined);
    for (const duty of [this.#notices, this.#breachActions, this.#normalActions]) duty.wake();
  }

  /**
   * What is told to nobody now is not told at the next start either; nor is what has long been in the list when the user begins
   * to want notifications of more by a setting.
   */
  #silence(): void {
    const { shared, clock, input } = this.#ports;
    const before = this.#wanted;
    const { mine, named, snapshot } = input.value;
    const target = snapshot.target?.key;
    this.#wanted = { mine, target };
    const isFound = (episode: Episode) => mine !== 'all' && (target !== before?.target || isMine(named, episode));
    const isChosen = (episode: Episode) =>
      before && isMine(mine, episode) && !isMine(before.mine, episode) && !isFound(episode);
    const claim = { deed: 'notice', phase: 'opened', atMs: clock.now(), silent: true } as const;
    const claims = this.#agreed()
      .filter((episode) => episode.closedMs === undefined && (!episode.shown || isChosen(episode)))
      .filter((episode) => !wordOf('notice', episode, shared.ledger.value.get(episode.key)))
      .map((episode) => ({ ...claim, episode }));
    if (claims.length > 0) void shared.claim(claims);
  }

  get #episodes(): readonly Episode[] {
    return this.#judges.flatMap(({ judge }) => judge.episodes);
  }

  /** Whether the condition was judged last, and held. */
  #holds(key: string): boolean | undefined {
    for (const { judge } of this.#judges) {
      const holds = judge.holds(key);
      if (holds !== undefined) return holds;
    }
    return undefined;
  }

  /** The judged episodes that all windows know: only of those something is done, lest two windows open one breach twice. */
  #agreed(): readonly Episode[] {
    const { shared } = this.#ports;
    return this.#episodes.filter(({ key, openedMs }) => shared.episodes.value.get(key)?.openedMs === openedMs);
  }

  /** Breached or not as it is said to be, at this moment. */
  #isTrue({ key }: Episode, phase: Told['phase']): boolean {
    return this.#holds(key) === (phase === 'opened');
  }

  #isSnoozed(episode: Episode): boolean {
    return this.snoozes.some((snooze) => silences(snooze, episode));
  }

  #tell(opened: readonly Episode[], closed: readonly Episode[]): void {
    const { notifier } = this.#ports;
    if (opened.length > 0) notifier.opened(opened);
    if (closed.length > 0) notifier.closed(closed);
  }

  #act(phase: 'breach' | 'normal', episodes: readonly Episode[]): void {
    const { actions, input } = this.#ports;
    const { onBreach, onNormal } = input.value.settings;
    const action = phase === 'breach' ? onBreach : onNormal;
    const breaches = episodes.filter((episode): episode is BudgetEpisode => episode.kind === 'budget');
    if (action) for (const episode of breaches) actions.run(action, phase, episode);
  }

  #endSnoozes(): void {
    const { shared, clock } = this.#ports;
    const kept = (snoozes: readonly StoredSnooze[]) => inForce(snoozes, clock.now(), shared.episodes.value);
    if (kept(shared.snoozes.value) !== shared.snoozes.value) void shared.changeSnoozes(kept);
  }

  #publish(): void {
    const { input, shared, clock } = this.#ports;
    this.#state.set(
      alertPicture({
        target: input.value.snapshot.target,
        episodes: this.#episodes,
        accounts: shared.episodes.value,
        snoozes: this.snoozes,
        isJudged: (key) => this.#holds(key) !== undefined,
        defaultSuspended: this.#budgets.defaultSuspended,
        nowMs: clock.now(),
      }),
    );
  }

  #schedule(dueMs: readonly number[]): void {
    const { clock, shared } = this.#ports;
    const endMs = nextEndMs(shared.snoozes.value);
    const waits = [
      ...dueMs.map((each) => Math.min(each, tickMs)),
      ...(endMs === undefined ? [] : [Math.max(0, endMs - clock.now())]),
    ];
    // Timers cannot be longer than 2^31 ms; a day is far enough.
    const waitMs = Math.min(...waits, 86_400_000);
    this.#timer.set(waits.length === 0 ? undefined : clock.after(waitMs, () => this.#step()));
  }

  #save(): void {
    const { store, shared } = this.#ports;
    const { episodes, ledger, snoozes } = shared;
    store.save({ episodes: [...episodes.value.values()], ledger: ledger.value, snoozes: snoozes.value });
  }
}
