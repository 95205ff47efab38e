import { accountsOf, keepAccounts, mergeAccounts } from '../../src/alerts/accounts.ts';
import { AlertEngine } from '../../src/alerts/alertEngine.ts';
import type { AlertInput } from '../../src/alerts/alertInput.ts';
import type { AlertMemory } from '../../src/alerts/alertMemory.ts';
import { memoryFromJson, memoryToJson } from '../../src/alerts/alertMemory.ts';
import { type Claim, type Ledger, mergeLedgers, settleClaims } from '../../src/alerts/ledger.ts';
import type { SharedAlerts } from '../../src/alerts/ports.ts';
import type { StoredSnooze } from '../../src/alerts/snoozes.ts';
import type { Lease, LeaseSource } from '../../src/base/lease.ts';
import { SignalSource } from '../../src/base/signal.ts';
import { measureBudgets } from '../../src/domain/budgets.ts';
import type { Episode } from '../../src/domain/episode.ts';
import type { Past } from '../../src/domain/historySample.ts';
import type { Mine } from '../../src/domain/mine.ts';
import { type Action, defaultSettings } from '../../src/domain/settings.ts';
import type { FakeClock } from './fakeClock.ts';
import { budgetsFrom, readingsFrom, snapshotOf, type ViewSeed } from './views.ts';

/** What all windows of one user have in common, in memory: the ledger, the snoozes, and who holds the lease. */
export class SharedMemory implements SharedAlerts {
  readonly ledger = new SignalSource<Ledger>(new Map());
  readonly snoozes = new SignalSource<readonly StoredSnooze[]>([]);
  readonly episodes = new SignalSource<ReadonlyMap<string, Episode>>(new Map());
  /** By deed: that windows with different budgets have leases of their own is the host's matter. */
  readonly #holders = new Map<string, string>();
  readonly #leases: { readonly window: string; readonly deed: string; readonly held: SignalSource<boolean> }[] = [];

  async seed(memory: AlertMemory): Promise<void> {
    this.ledger.set(mergeLedgers(memory.ledger, this.ledger.value));
    this.episodes.set(mergeAccounts(accountsOf(memory.episodes), this.episodes.value));
    if (this.snoozes.value.length === 0) this.snoozes.set(memory.snoozes);
  }

  async claim(claims: readonly Claim[]): Promise<readonly Claim[]> {
    const { ledger, granted } = settleClaims(this.ledger.value, claims);
    this.ledger.set(ledger);
    return granted;
  }

  async keepEpisodes(episodes: readonly Episode[]): Promise<void> {
    this.episodes.set(keepAccounts(this.episodes.value, episodes));
  }

  async changeSnoozes(change: (snoozes: readonly StoredSnooze[]) => readonly StoredSnooze[]): Promise<void> {
    this.snoozes.set(change(this.snoozes.value));
  }

  /** Gives every lease to a window, as when its holder has died. */
  grant(window: string): void {
    for (const { deed } of this.#leases) this.#holders.set(deed, window);
    for (const lease of this.#leases) lease.held.set(lease.window === window);
  }

  /** Nobody holds a lease; the next who asks gets it. */
  free(): void {
    this.#holders.clear();
  }

  leasesOf(window: string): LeaseSource {
    return {
      take: (key): Lease => {
        const [deed = ''] = key.split(' ');
        const holder = this.#holders.get(deed) ?? window;
        this.#holders.set(deed, holder);
        const held = new SignalSource(holder === window);
        const lease = { window, deed, held };
        this.#leases.push(lease);
        return {
          held,
          confirm: async () => this.#holders.get(deed) === window,
          dispose: () => {
            held.set(false);
            this.#leases.splice(this.#leases.indexOf(lease), 1);
          },
        };
      },
    };
  }
}

export interface AlertScene extends ViewSeed {
  readonly alertsEnabled?: boolean;
  /** All without a word. */
  readonly mine?: Mine;
  /** None without a word. */
  readonly named?: ReadonlySet<string>;
  /** Nothing without a word. */
  readonly past?: Past;
  readonly onBreach?: Action;
  readonly onNormal?: Action;
}

/** One window with an alert engine, and a record of what it told the user. */
export class AlertWindow {
  /** `opened total`, `closed namespace:shop`, in order; several at once joined by `+`. */
  readonly told: string[] = [];
  /** `breach COMMAND`, `normal COMMAND`. */
  readonly ran: string[] = [];
  readonly focused = new SignalSource(true);
  /** Changes when the user chooses something. */
  readonly choice = new SignalSource<unknown>('');
  readonly engine: AlertEngine;
  readonly #input: SignalSource<AlertInput>;
  #memory: unknown;

  constructor(name: string, clock: FakeClock, shared: SharedMemory, scene: AlertScene = {}, memory?: unknown) {
    this.#memory = memory;
    this.#input = new SignalSource(inputOf(scene));
    this.engine = new AlertEngine({
      input: this.#input,
      choices: [this.choice],
      focused: this.focused,
      leases: shared.leasesOf(name),
      shared,
      store: {
        load: () => (this.#memory === undefined ? undefined : memoryFromJson(this.#memory, clock.now())),
        save: (next: AlertMemory) => {
          this.#memory = JSON.parse(JSON.stringify(memoryToJson(next)));
        },
      },
      notifier: {
        opened: (episodes) => this.told.push(`opened ${episodes.map(({ subject }) => subject).join('+')}`),
        closed: (episodes) => this.told.push(`closed ${episodes.map(({ subject }) => subject).join('+')}`),
      },
      actions: {
        run: (action, phase) => this.ran.push(`${phase} ${action.kind === 'command' ? action.command : action.task}`),
      },
      clock,
    });
  }

  /** What global state holds: what a window after this one begins with. */
  get memory(): unknown {
    return this.#memory;
  }

  see(scene: AlertScene | string): void {
    this.#input.set(inputOf(typeof scene === 'string' ? { claims: [`shop/data ${scene}`] } : scene));
  }

  close(): unknown {
    this.engine.dispose();
    return this.#memory;
  }
}

function inputOf(scene: AlertScene): AlertInput {
  const { alertsEnabled = true, onBreach, onNormal, mine = 'all', named = new Set(), past = () => [], ...seed } = scene;
  const snapshot = snapshotOf(seed);
  return {
    snapshot,
    budgets: measureBudgets(snapshot, budgetsFrom(seed)),
    readings: readingsFrom(seed),
    past,
    mine,
    named,
    contextLabel: 'kind-dev',
    settings: { ...defaultSettings, alertsEnabled, onBreach, onNormal },
  };
}
