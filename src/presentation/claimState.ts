import type { ClaimRecord, StorageClassRecord } from '../domain/records.ts';
import { humanBytes } from './bytes.ts';
import type { RowIcon } from './row.ts';

/** What is unusual about a claim: nothing for one that is simply bound. */
export interface ClaimState {
  /** Follows the size in the description; undefined when there is nothing to say. */
  readonly text: string | undefined;
  readonly resize: string | undefined;
  readonly icon: RowIcon;
  readonly level: 'normal' | 'warning' | 'error' | 'muted';
}

const failedStatuses = new Set([
  'ControllerResizeInfeasible',
  'NodeResizeInfeasible',
  'ControllerResizeFailed',
  'NodeResizeFailed',
]);
const failedConditions = new Set(['ControllerResizeError', 'NodeResizeError']);

/**
 * The first that applies: terminating, lost, resizing, waiting for a pod, pending (kubernetes core/v1 vocabulary).
 * `usage` is said between the sizes and the state of a resize.
 */
export function claimState(
  claim: ClaimRecord,
  storageClasses: ReadonlyMap<string, StorageClassRecord>,
  usage?: string,
): ClaimState {
  const resize = resizeOf(claim);
  if (claim.terminating) return state('Terminating', undefined, 'trash', 'disabledForeground', 'muted');
  if (claim.phase === 'Lost') return state('Lost', undefined, 'error', 'problemsErrorIcon.foreground', 'error');
  if (resize) {
    const failed = resize === 'resize failed';
    const icon = failed ? 'warning' : 'sync';
    return state(
      undefined,
      resizeText(claim, usage === undefined ? resize : `${usage} · ${resize}`),
      icon,
      failed ? 'problemsErrorIcon.foreground' : 'charts.blue',
      failed ? 'error' : 'normal',
    );
  }
  if (claim.phase === 'Pending') {
    const waits = claim.storageClass !== undefined && storageClasses.get(claim.storageClass)?.waitsForConsumer === true;
    if (waits) return state('waiting for first pod', undefined, 'circle-outline', undefined, 'normal');
    return state('Pending', undefined, 'clock', 'problemsWarningIcon.foreground', 'warning');
  }
  if (claim.phase !== 'Bound') return state(claim.phase, undefined, 'question', undefined, 'muted');
  return state(undefined, undefined, 'database', 'charts.green', 'normal');
}

function state(
  text: string | undefined,
  resize: string | undefined,
  codicon: string,
  color: string | undefined,
  level: ClaimState['level'],
): ClaimState {
  return { text, resize, icon: { codicon, ...(color === undefined ? {} : { color }) }, level };
}

function resizeOf(claim: ClaimRecord): string | undefined {
  const is = (type: string) =>
    claim.conditions.some((condition) => condition.type === type && condition.status === 'True');
  if ((claim.resizeStatus && failedStatuses.has(claim.resizeStatus)) || [...failedConditions].some(is))
    return 'resize failed';
  if (claim.resizeStatus === 'NodeResizePending' || is('FileSystemResizePending')) return 'grows when a pod mounts it';
  if (claim.resizeStatus !== undefined || is('Resizing')) return 'resizing';
  const grows =
    claim.phase === 'Bound' && claim.capacityBytes !== undefined && (claim.requestedBytes ?? 0n) > claim.capacityBytes;
  return grows ? 'resizing' : undefined;
}

function resizeText(claim: ClaimRecord, resize: string): string {
  const to = claim.claimedBytes ?? claim.requestedBytes;
  const from = claim.capacityBytes;
  return from !== undefined && to !== undefined && from !== to
    ? `${humanBytes(from)} → ${humanBytes(to)} · ${resize}`
    : `${to === undefined ? '' : `${humanBytes(to)} · `}${resize}`;
}
