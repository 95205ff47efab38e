/**
 * Everything that a claim panel and the extension say to each other: plain JSON of strings and numbers. Cluster text in it
 * has gone through `plain`; the panel puts it into the page as text, never as markup.
 */

export type Level = 'normal' | 'warning' | 'error';

export interface PanelHead {
  readonly name: string;
  /** Namespace and context. */
  readonly place: string;
  /** What stands above everything else, for example that the claim is gone; '' for nothing. */
  readonly note: string;
  readonly noteLevel: Level;
}

export interface PanelUsage {
  /** `34.2Gi of 50Gi used (68%)`, or that it is not known. */
  readonly text: string;
  readonly level: Level;
  /** Where that comes from, how old it is and what it is worth. */
  readonly reason: string;
  readonly forecast: string;
  /** What the chart shows, in sentences. */
  readonly spoken: string;
}

/** Columns of the same length. Times are ms since the epoch, sizes bytes. */
export interface PanelChart {
  readonly timesMs: readonly number[];
  readonly usedBytes: readonly number[];
  readonly capacityBytes: readonly number[];
  /** Parts of the capacity, 0 to 1. */
  readonly warningRatio: number;
  readonly criticalRatio: number;
  /** When it will be full: earliest and latest. One alone has an open end; none where no forecast says so. */
  readonly fullMs: readonly number[];
}

export interface PanelRow {
  readonly label: string;
  readonly value: string;
  readonly level: Level;
}

export interface PanelSection {
  readonly rows: readonly PanelRow[];
  /** What is said where there is no row, or beside them; '' for nothing. */
  readonly note: string;
}

/** What a panel shows. Each part is sent by itself. */
export interface PanelModel {
  readonly head: PanelHead;
  readonly usage: PanelUsage;
  readonly chart: PanelChart;
  readonly facts: PanelSection;
  readonly conditions: PanelSection;
  readonly events: PanelSection;
  readonly pods: PanelSection;
}

/** What a panel keeps over a reload of the window: which claim it is about. */
export interface PanelState {
  readonly contextName: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Identity of its cluster; '' while that is not known. */
  readonly identity: string;
}

/** The parts that are new to the panel. */
export interface UpdateMessage {
  readonly kind: 'update';
  readonly parts: Partial<PanelModel>;
}

/** To be given back when the window has been reloaded. */
export interface KeepMessage {
  readonly kind: 'keep';
  readonly state: PanelState;
}

export type ToPanel = UpdateMessage | KeepMessage;

/** The page is there, with nothing in it yet. */
export interface ReadyMessage {
  readonly kind: 'ready';
}

export type FromPanel = ReadyMessage;

/** The parts of a model that differ from what was sent before; undefined if none does. */
export function changedParts(before: PanelModel | undefined, model: PanelModel): Partial<PanelModel> | undefined {
  const parts = Object.entries(model).filter(
    ([name, part]) => JSON.stringify(part) !== JSON.stringify(before?.[name as keyof PanelModel]),
  );
  return parts.length === 0 ? undefined : (Object.fromEntries(parts) as Partial<PanelModel>);
}

/** A message of a page; undefined for what is none. */
export function messageOf(value: unknown): FromPanel | undefined {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  return kind === 'ready' ? { kind } : undefined;
}

/** What a page has kept; undefined for what is no such thing, an older version's for instance. */
export function panelStateOf(value: unknown): PanelState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { contextName, namespace, name, uid, identity } = value as Record<string, unknown>;
  if (![contextName, namespace, name, uid, identity].every((each) => typeof each === 'string')) return undefined;
  return value as PanelState;
}
