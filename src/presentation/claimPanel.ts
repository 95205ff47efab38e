import type { Result } from '../domain/apiError.ts';
import {
  boundRatio,
  type ClaimThresholds,
  type FreeBound,
  type FreeThresholds,
  thresholdsOf,
} from '../domain/claimThresholds.ts';
import type { Forecast, UsageSample } from '../domain/forecast.ts';
import { type FreeLevel, spaceOf } from '../domain/freeLevel.ts';
import { fullRatio, inodeRatio, type Reading } from '../domain/reading.ts';
import type { ClaimRecord, EventRecord, PodRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { type SpaceLeft, spaceLeft } from '../domain/spaceLeft.ts';
import { exactBytes, humanBytes } from './bytes.ts';
import { claimState } from './claimState.ts';
import { forecastText } from './forecastText.ts';
import { panelStanding } from './panelStanding.ts';
import type { Level, PanelChart, PanelModel, PanelRow, PanelSection, PanelState, PanelUsage } from './protocol.ts';
import { ago, capitalized, counted, percentOf, plain } from './text.ts';
import { sourceNames } from './usageText.ts';

export interface PanelInput {
  readonly snapshot: StorageSnapshot;
  readonly claim: PanelState;
  readonly reading: Reading | undefined;
  /** In ascending order. */
  readonly samples: readonly UsageSample[];
  readonly forecast: Forecast;
  /** Below how much free a claim alerts where it says nothing else itself. */
  readonly thresholds: FreeThresholds;
  /** Undefined while they are being read. */
  readonly pods: Result<readonly PodRecord[]> | undefined;
  readonly events: Result<readonly EventRecord[]> | undefined;
  readonly nowMs: number;
}

/**
 * What the panel of one claim shows. Of a claim that is not there now, because it is gone or because another context is
 * followed, what was shown `before` stays, under a note that says so; nothing of another claim or cluster ever comes in.
 */
export function claimPanel(input: PanelInput, before: PanelModel | undefined): PanelModel {
  const { snapshot, claim } = input;
  const { record, note, level } = panelStanding(snapshot, claim);
  const head = {
    name: plain(claim.name),
    place: `${plain(claim.namespace)} in ${plain(claim.contextName)}`,
    note: plain(note, 500),
    noteLevel: level,
  };
  if (!record) return { ...(before ?? nothing), head };
  const own = thresholdsOf(record, input.thresholds);
  return {
    head,
    usage: usageOf(input, own),
    chart: chartOf(input, own),
    facts: { rows: factsOf(record, input, own), note: '' },
    conditions: conditionsOf(record),
    events: eventsOf(input),
    pods: podsOf(record, input),
  };
}

const empty: PanelSection = { rows: [], note: '' };
const nothing: Omit<PanelModel, 'head'> = {
  usage: { text: '', level: 'normal', reason: '', forecast: '', spoken: '' },
  chart: { timesMs: [], usedBytes: [], capacityBytes: [], warningRatio: 1, criticalRatio: 1, fullMs: [] },
  facts: empty,
  conditions: empty,
  events: empty,
  pods: empty,
};

function usageOf({ reading, samples, forecast, nowMs }: PanelInput, own: ClaimThresholds): PanelUsage {
  const ratio = reading && fullRatio(reading);
  const { capacityBytes, availableBytes } = reading ?? {};
  const known = ratio !== undefined && capacityBytes !== undefined && availableBytes !== undefined;
  const text =
    reading && known
      ? usedText(reading, `${size(capacityBytes - availableBytes)} of ${size(capacityBytes)} used (${percent(ratio)})`)
      : 'Used bytes are not known';
  const from = reading?.source === undefined ? '' : ` from ${sourceNames[reading.source]}`;
  const old = reading?.atMs === undefined ? '' : ` Read${from} ${ago(nowMs - reading.atMs)}.`;
  const reason = reading ? `${plain(reading.reason, 500)}${old}` : 'Nobody has reported them yet.';
  const told = samples.length === 0 ? 'No history yet' : capitalized(forecastText(forecast));
  const worth = forecast.kind === 'full' && samples.length > 0 ? `${told} (${forecast.confidence} confidence)` : told;
  return {
    text,
    level: levelOf('bytes', reading, own),
    reason,
    forecast: worth,
    spoken: `${text}. ${historyText(samples, nowMs)} Forecast: ${worth}.`,
  };
}

/** Nothing of earlier reads as if it were of now, and nothing of a shared filesystem as if it were the claim's. */
function usedText({ quality, subject }: Reading, used: string): string {
  const text = subject === 'filesystem' ? `Filesystem: ${used}` : used;
  if (quality === 'lastSeen') return `Last seen: ${text}`;
  return quality === 'notMounted' ? `${text} when last mounted` : text;
}

function historyText(samples: readonly UsageSample[], nowMs: number): string {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return 'There is no history to draw.';
  let [lowest, highest] = [first, first];
  for (const sample of samples) {
    if (sample.usedBytes < lowest.usedBytes) lowest = sample;
    if (sample.usedBytes > highest.usedBytes) highest = sample;
  }
  const at = ({ usedBytes, atMs }: UsageSample) => `${size(usedBytes)} ${ago(Math.max(0, nowMs - atMs))}`;
  return `${counted(samples.length, 'sample')}: first ${at(first)}, lowest ${at(lowest)}, highest ${at(highest)}, last ${at(last)}.`;
}

function chartOf({ samples, forecast, nowMs }: PanelInput, own: ClaimThresholds): PanelChart {
  const drawn = samples.filter(
    ({ atMs, usedBytes, capacityBytes }) => [atMs, usedBytes, capacityBytes].every(Number.isFinite) && usedBytes >= 0,
  );
  const ends = forecast.kind === 'full' ? [forecast.fromMs, forecast.toMs] : [];
  return {
    timesMs: drawn.map(({ atMs }) => atMs),
    usedBytes: drawn.map(({ usedBytes }) => usedBytes),
    capacityBytes: drawn.map(({ capacityBytes }) => capacityBytes),
    warningRatio: fullestRatio('warning', own, drawn),
    criticalRatio: fullestRatio('critical', own, drawn),
    fullMs: ends.flatMap((end) => (end === undefined ? [] : [nowMs + end])),
  };
}

/** How full it may be before that is a warning, or critical, by what it was last: a part of the capacity, 0 to 1. */
function fullestRatio(
  level: 'warning' | 'critical',
  { limitBytes = 0, ...own }: ClaimThresholds,
  samples: readonly UsageSample[],
): number {
  const { capacityBytes = 0 } = samples.at(-1) ?? {};
  if (!(capacityBytes > 0)) return 1;
  const total = Math.max(capacityBytes, limitBytes);
  // What grows by itself may be full before it alerts.
  return Math.min(1, Math.max(0, (total * (1 - boundRatio(own[level], total))) / capacityBytes));
}

function factsOf(
  claim: ClaimRecord,
  { snapshot, reading, nowMs }: PanelInput,
  own: ClaimThresholds,
): readonly PanelRow[] {
  const state = claimState(claim, snapshot.storageClasses.items);
  const level = state.level === 'muted' ? 'normal' : state.level;
  const bytes = (value: bigint | undefined, problem: string | undefined, none: string) =>
    value !== undefined ? exactBytes(value) : problem === undefined ? none : `unknown: ${problem}`;
  const rows: [label: string, value: string | undefined, level?: Level][] = [
    ['State', state.text ?? state.resize ?? claim.phase, level],
    ['Requested', bytes(claim.requestedBytes, claim.problem, 'nothing')],
    ['Charged', bytes(claim.claimedBytes, claim.problem, 'nothing')],
    ['Capacity', bytes(claim.capacityBytes, claim.capacityProblem, 'none yet')],
    ['Filesystem', reading?.capacityBytes === undefined ? undefined : size(reading.capacityBytes)],
    ['Inodes', reading && inodesText(reading), levelOf('inodes', reading, own)],
    ['Alerts', alertText(own)],
    ...own.problems.map((problem) => ['Not understood', problem, 'warning'] as [string, string, Level]),
    ['Storage class', claim.storageClass ?? 'none'],
    ['Volume', claim.volumeName ?? 'none yet'],
    ['Volume mode', claim.volumeMode],
    ['Access modes', claim.accessModes.join(', ')],
    ['Provisioner', claim.provisioner],
    ['Created', claim.createdMs === undefined ? undefined : ago(Math.max(0, nowMs - claim.createdMs))],
    ['UID', claim.uid],
  ];
  return rows.flatMap(([label, value, of = 'normal']) =>
    value === undefined || value === '' ? [] : [{ label, value: plain(value, 500), level: of }],
  );
}

function conditionsOf({ conditions }: ClaimRecord): PanelSection {
  const rows = conditions.map(({ type, status, reason, message }) => ({
    label: plain(status === 'True' ? type : `${type}: ${status}`),
    value: joined(reason, message),
    level: status === 'True' && /Error|Infeasible/.test(type) ? ('error' as const) : ('normal' as const),
  }));
  return { rows, note: rows.length === 0 ? 'The claim has no conditions.' : '' };
}

function eventsOf({ events, nowMs }: PanelInput): PanelSection {
  if (!events) return { rows: [], note: 'Reading events…' };
  if (!events.ok)
    return {
      rows: [],
      note:
        events.error.reason === 'forbidden'
          ? 'You have no permission to list events in this namespace.'
          : `Events cannot be read: ${plain(events.error.message, 500)}`,
    };
  const rows = events.value.map(({ type, reason, message, source, count, lastMs }) => ({
    label: joined(reason, lastMs === undefined ? '' : ago(Math.max(0, nowMs - lastMs))),
    value: [plain(message, 1000), count > 1 ? `${count} times` : '', plain(source)].filter(Boolean).join(' · '),
    level: type === 'Warning' ? ('warning' as const) : ('normal' as const),
  }));
  return { rows, note: rows.length === 0 ? 'The cluster keeps no events about this claim.' : '' };
}

function podsOf({ name }: ClaimRecord, { pods }: PanelInput): PanelSection {
  if (!pods) return { rows: [], note: 'Reading pods…' };
  if (!pods.ok)
    return {
      rows: [],
      note:
        pods.error.reason === 'forbidden'
          ? 'You have no permission to list pods in this namespace.'
          : `Pods cannot be read: ${plain(pods.error.message, 500)}`,
    };
  const rows = pods.value
    .filter(({ volumes }) => volumes.some(({ claimName }) => claimName === name))
    .map((pod) => ({
      label: plain(pod.name),
      value: [pod.phase, pod.nodeName === undefined ? '' : `on ${pod.nodeName}`].filter(Boolean).map(line).join(' '),
      level: pod.phase === 'Failed' ? ('error' as const) : ('normal' as const),
    }));
  return { rows, note: rows.length === 0 ? 'No pod uses this claim.' : '' };
}

function inodesText({ inodes, inodesUsed, ...rest }: Reading): string | undefined {
  const ratio = inodeRatio({ ...rest, inodes, inodesUsed });
  if (ratio === undefined || inodes === undefined || inodesUsed === undefined) return undefined;
  return `${inodesUsed.toLocaleString('en-US')} of ${inodes.toLocaleString('en-US')} used (${percent(ratio)})`;
}

/** A measured size, whole bytes; `unknown` for what is none. */
function size(bytes: number): string {
  return Number.isFinite(bytes) ? humanBytes(BigInt(Math.round(bytes))) : 'unknown';
}

/** Cut and never rounded up, so that nothing reads as full before it is. */
function percent(ratio: number): string {
  return `${Math.floor(ratio * 100)}%`;
}

function levelOf(of: SpaceLeft['of'], reading: Reading | undefined, own: ClaimThresholds): FreeLevel {
  const left = reading && !own.ignored ? spaceLeft(reading, () => undefined, own, 0) : [];
  const [one] = left.filter((each) => each.of === of);
  return one ? spaceOf(one).level : 'normal';
}

/** Below how much free it alerts, or that it does not. */
function alertText({ ignored, warning, critical, limitBytes }: ClaimThresholds): string {
  if (ignored) return 'none: its metadata ask to leave it out';
  const bound = (of: FreeBound) => ('ratio' in of ? percentOf(of.ratio) : size(of.bytes));
  const limit = limitBytes === undefined ? '' : `, counted up to ${size(limitBytes)}, to which it grows by itself`;
  return `warning below ${bound(warning)} free, critical below ${bound(critical)}${limit}`;
}

function joined(...parts: readonly string[]): string {
  return parts.map(line).filter(Boolean).join(' · ');
}

function line(text: string): string {
  return plain(text, 1000);
}
