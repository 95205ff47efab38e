import type { FreeThresholds } from '../domain/claimThresholds.ts';
import { type FreeSpace, freeSpace } from '../domain/freeLevel.ts';
import type { Reading } from '../domain/reading.ts';
import type { ClaimRecord, StorageClassRecord } from '../domain/records.ts';
import { exactBytes, humanBytes } from './bytes.ts';
import { type ClaimState, claimState } from './claimState.ts';
import type { Row, RowIcon } from './row.ts';
import { markdown, plain } from './text.ts';
import { fillingUpText, usageFacts, usageText } from './usageText.ts';

/** What rows of claims are made from besides the claims. */
export interface ClaimContext {
  readonly storageClasses: ReadonlyMap<string, StorageClassRecord>;
  readonly contextName: string;
  /** By the UID of the claim. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** The reading of a claim at the time of asking. */
  readonly latestReading: (uid: string) => Reading | undefined;
  /** Below how much free a claim is tinted. */
  readonly thresholds: FreeThresholds;
}

/**
 * A claim as a row of the tree. Its tooltip is made when it is asked for, from the latest reading: a row stays the same
 * while what it shows does, and figures that it does not show have moved on.
 */
export function claimRow(claim: ClaimRecord, context: ClaimContext): Row {
  const { storageClasses, contextName, readings, latestReading, thresholds } = context;
  const reading = readings.get(claim.uid);
  const usage = usageText(reading);
  const space = freeSpace(claim, reading, thresholds);
  const state = claimState(claim, storageClasses, usage);
  const size = claim.claimedBytes === undefined ? 'size unknown' : humanBytes(claim.claimedBytes);
  const description =
    state.resize ??
    [size, usage, state.text === undefined ? undefined : plain(state.text, 40)]
      .filter((part) => part !== undefined)
      .join(' · ');
  const name = plain(claim.name);
  // One on its way out fills nothing up.
  const alarm = state.level === 'muted' ? undefined : fillingUpText(space, reading);
  const spoken = description.replaceAll(' · ', ', ').replace('→', 'to').replaceAll('%', ' percent');
  return {
    id: claim.uid,
    kind: 'claim',
    label: name,
    description,
    // Asked for when the mouse rests on the row, so for few of them.
    get tooltip() {
      return claimTooltip(claim, description, latestReading(claim.uid));
    },
    icon: iconOf(claim, state, space),
    collapsible: 'collapsed',
    contextValue: 'claim',
    accessibilityLabel: `Claim ${name}, ${spoken}${alarm === undefined ? '' : `. ${alarm.replaceAll('%', ' percent')}`}`,
    level: levelOf(state, space),
    ...(alarm === undefined ? {} : { alarm }),
    namespace: claim.namespace,
    claim: { contextName, namespace: claim.namespace, name: claim.name, uid: claim.uid },
  };
}

/** Whether a row says the same of two readings of its claim: most figures that have moved have not moved a percent. */
export function isReadAlike(
  claim: ClaimRecord,
  a: Reading | undefined,
  b: Reading | undefined,
  thresholds: FreeThresholds,
): boolean {
  if (usageText(a) !== usageText(b) || a?.quality !== b?.quality || a?.subject !== b?.subject) return false;
  const [one, other] = [freeSpace(claim, a, thresholds), freeSpace(claim, b, thresholds)];
  return one.level === other.level && one.of === other.of && one.belowRatio === other.belowRatio;
}

/** Whether two rows of the same claim are drawn the same; the tooltip is left out, which is drawn later. */
export function isSameClaimRow(a: Row, b: Row): boolean {
  return (
    a.description === b.description &&
    a.accessibilityLabel === b.accessibilityLabel &&
    a.level === b.level &&
    a.alarm === b.alarm &&
    a.icon?.codicon === b.icon?.codicon &&
    a.icon?.color === b.icon?.color
  );
}

/** The worse of both; a claim on its way out stays muted. */
function levelOf(state: ClaimState, space: FreeSpace): Row['level'] {
  if (state.level === 'muted' || state.level === 'error' || space.level === 'normal') return state.level;
  return space.level;
}

function iconOf(claim: ClaimRecord, state: ClaimState, space: FreeSpace): RowIcon {
  if (claim.claimedBytes === undefined) return { codicon: 'warning', color: 'problemsWarningIcon.foreground' };
  if (state.level === 'muted' || state.level === 'error' || space.level === 'normal') return state.icon;
  const color = space.level === 'error' ? 'problemsErrorIcon.foreground' : 'problemsWarningIcon.foreground';
  return { codicon: state.icon.codicon, color };
}

function claimTooltip(claim: ClaimRecord, description: string, reading: Reading | undefined): string {
  const size = (bytes: bigint | undefined) => (bytes === undefined ? 'unknown' : markdown(exactBytes(bytes)));
  const { capacityBytes, capacityProblem, problem } = claim;
  const hasCapacity = capacityBytes !== undefined || capacityProblem !== undefined;
  const lines = [
    `**${markdown(claim.name)}** in ${markdown(claim.namespace)} — ${markdown(description)}`,
    [
      `- requested: ${size(claim.requestedBytes)}`,
      `- charged: ${size(claim.claimedBytes)}`,
      `- capacity: ${hasCapacity ? size(capacityBytes) : 'none yet'}`,
    ].join('\n'),
  ];
  if (problem !== undefined) lines.push(`Not counted: ${markdown(problem)}`);
  if (capacityProblem !== undefined) lines.push(`Capacity unknown: ${markdown(capacityProblem)}`);
  lines.push(...usageFacts(reading));
  return lines.join('\n\n');
}
