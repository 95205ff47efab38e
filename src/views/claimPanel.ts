import type { WebviewPanel } from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore } from '../base/disposable.ts';
import type { Signal } from '../base/signal.ts';
import type { Result } from '../domain/apiError.ts';
import type { FreeThresholds } from '../domain/claimThresholds.ts';
import { type Forecast, forecastOf, type UsageSample } from '../domain/forecast.ts';
import type { Reading } from '../domain/reading.ts';
import type { EventRecord, PodRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { claimPanel } from '../presentation/claimPanel.ts';
import { panelStanding } from '../presentation/panelStanding.ts';
import { changedParts, messageOf, type PanelModel, type PanelState, type ToPanel } from '../presentation/protocol.ts';
import { plain } from '../presentation/text.ts';
import type { Session } from '../session/session.ts';

type FactReader = Pick<Session, 'target' | 'readPods' | 'readEvents'>;

export interface ClaimPanelParts {
  readonly snapshot: Signal<StorageSnapshot>;
  readonly session: Signal<FactReader | undefined>;
  /** What is used, by the UID of the claim. */
  readonly readings: Signal<ReadonlyMap<string, Reading>>;
  /** What was used of the claim with this UID, in ascending order; empty where nothing was kept. */
  readonly samples: (uid: string) => Promise<readonly UsageSample[]>;
  readonly thresholds: () => FreeThresholds;
  readonly clock: Clock;
}

/** Pods, events and history are read again after so long; sooner when the claim or its reading has changed. */
const believedMs = 20_000;
const soonestMs = 2_000;

/** What was read of a claim beside the snapshot. */
interface Facts {
  readonly samples: readonly UsageSample[];
  /** Made when the samples were read: a year of them takes some milliseconds. */
  readonly forecast: Forecast;
  readonly pods: Result<readonly PodRecord[]> | undefined;
  readonly events: Result<readonly EventRecord[]> | undefined;
}

/**
 * The panel of one claim: keeps the page equal to what the snapshot says while it is visible, and sends only what changed.
 *
 * VS Code throws the page away while it is hidden; a new one asks for everything by `ready`.
 */
export class ClaimPanel implements Disposable {
  readonly panel: WebviewPanel;
  readonly #parts: ClaimPanelParts;
  readonly #lifetime = new DisposableStore();
  readonly #due = this.#lifetime.add(new DisposableSlot<Disposable>());
  #state: PanelState;
  #facts: Facts = { samples: [], forecast: forecastOf([], 0), pods: undefined, events: undefined };
  #model: PanelModel | undefined;
  #sent: PanelModel | undefined;
  #ready = false;
  #readOf: { readonly session: FactReader; readonly version: string; readonly atMs: number } | undefined;

  constructor(panel: WebviewPanel, state: PanelState, parts: ClaimPanelParts) {
    this.panel = panel;
    this.#state = state;
    this.#parts = parts;
    const { webview } = panel;
    panel.title = plain(state.name);
    this.#lifetime.add(webview.onDidReceiveMessage((message: unknown) => this.#hear(message)));
    this.#lifetime.add(panel.onDidChangeViewState(() => this.#update()));
    this.#lifetime.add(panel.onDidDispose(() => this.dispose()));
    for (const each of [parts.snapshot, parts.session, parts.readings])
      this.#lifetime.add(each.subscribe(() => this.#update()));
  }

  /** Closes it. */
  dispose(): void {
    if (this.#lifetime.disposed) return;
    this.#lifetime.dispose();
    this.panel.dispose();
  }

  #hear(message: unknown): void {
    if (messageOf(message)?.kind !== 'ready') return;
    this.#ready = true;
    this.#sent = undefined;
    this.#post({ kind: 'keep', state: this.#state });
    this.#update();
  }

  #update(): void {
    if (this.#lifetime.disposed || !this.#ready) return;
    if (!this.panel.visible) {
      this.#ready = false;
      this.#due.set(undefined);
      return;
    }
    const { snapshot, readings, thresholds, clock } = this.#parts;
    this.#keepIdentity();
    const nowMs = clock.now();
    this.#model = claimPanel(
      {
        ...{ snapshot: snapshot.value, claim: this.#state, ...this.#facts, thresholds: thresholds(), nowMs },
        reading: readings.value.get(this.#state.uid),
      },
      this.#model,
    );
    const parts = changedParts(this.#sent, this.#model);
    this.#sent = this.#model;
    if (parts) this.#post({ kind: 'update', parts });
    this.#read();
  }

  /** By which the claim's cluster is told from another behind the same context. */
  #keepIdentity(): void {
    const { snapshot } = this.#parts;
    const { identity = '' } = snapshot.value;
    if (identity === this.#state.identity || !panelStanding(snapshot.value, this.#state).record) return;
    this.#state = { ...this.#state, identity };
    this.#post({ kind: 'keep', state: this.#state });
  }

  #read(): void {
    const { snapshot, session, readings, clock } = this.#parts;
    const record = panelStanding(snapshot.value, this.#state).record;
    const reader = session.value;
    // The session is replaced before its first snapshot is there.
    if (!record || reader?.target.contextName !== this.#state.contextName) {
      this.#due.set(undefined);
      return;
    }
    const nowMs = clock.monotonicMs();
    const version = `${record.resourceVersion} ${readings.value.get(record.uid)?.atMs}`;
    const before = this.#readOf?.session === reader ? this.#readOf : undefined;
    const restMs = before ? before.atMs + (before.version === version ? believedMs : soonestMs) - nowMs : 0;
    if (restMs > 0) {
      this.#due.set(clock.after(restMs, () => this.#update()));
      return;
    }
    this.#readOf = { session: reader, version, atMs: nowMs };
    this.#due.set(clock.after(believedMs, () => this.#update()));
    void this.#readFacts(reader);
  }

  async #readFacts(reader: FactReader): Promise<void> {
    const { namespace, uid } = this.#state;
    const [samples, pods, events] = await Promise.all([
      this.#parts.samples(uid),
      reader.readPods(namespace),
      reader.readEvents(namespace, uid),
    ]);
    // Another session may be followed by now, and what the old one says is not about what is shown.
    if (this.#parts.session.value !== reader) return;
    this.#facts = { samples, forecast: forecastOf(samples, this.#parts.clock.now()), pods, events };
    this.#update();
  }

  #post(message: ToPanel): void {
    // It answers false where the page has gone; the next one asks for everything.
    void this.panel.webview.postMessage(message);
  }
}
