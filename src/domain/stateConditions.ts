import type { ClaimObservation, Condition } from './claimRules.ts';
import { thresholdsOf } from './claimThresholds.ts';
import type { ClaimRecord, VolumeRecord } from './records.ts';

/** What the API server says of an object. */
export type StateEvidence =
  | { readonly rule: 'lost'; readonly level: 'critical'; readonly claim: ClaimRecord }
  | { readonly rule: 'resizeInfeasible'; readonly level: 'warning'; readonly claim: ClaimRecord }
  | { readonly rule: 'volumeFailing'; readonly level: 'critical'; readonly volume: VolumeRecord };

/** kubernetes-mixin `KubePersistentVolumeErrors`. */
const volumeForMs = 5 * 60_000;
const claimForMs = 10_000;
/** As budgets: how long a look is believed without a newer one. */
const maxStepMs = 30_000;

const infeasible: ReadonlySet<string | undefined> = new Set(['ControllerResizeInfeasible', 'NodeResizeInfeasible']);
const failing: ReadonlySet<string> = new Set(['Failed', 'Pending']);

/**
 * Claims that lost their volume, resizes that cannot be done, volumes that are Failed or Pending: those of which it is so, and
 * those in `followed` (UIDs of which something is remembered). Every look is new, so the caller looks at least each 30 s.
 */
export function* stateConditions(
  { volumes, thresholds, monotonicMs }: ClaimObservation,
  claims: readonly ClaimRecord[],
  followed: ReadonlySet<string>,
): Generator<Condition> {
  const at = { stamp: monotonicMs, maxStepMs };
  for (const claim of claims) {
    const { uid } = claim;
    if (claim.alertWishes !== undefined && thresholdsOf(claim, thresholds).ignored) continue;
    const isFollowed = followed.has(uid);
    const isLost = claim.phase === 'Lost';
    const isInfeasible = infeasible.has(claim.resizeStatus);
    const found = { about: [uid], openAfterMs: claimForMs, ...at };
    if (isLost || isFollowed)
      yield {
        key: `lost ${uid}`,
        rule: 'lost',
        holds: isLost,
        evidence: { rule: 'lost', level: 'critical', claim },
        ...found,
      };
    if (isInfeasible || isFollowed)
      yield {
        key: `resizeInfeasible ${uid}`,
        rule: 'resizeInfeasible',
        holds: isInfeasible,
        evidence: { rule: 'resizeInfeasible', level: 'warning', claim },
        ...found,
      };
  }
  for (const volume of volumes?.values() ?? []) {
    const { uid } = volume;
    const isFailing = failing.has(volume.phase);
    if (isFailing || followed.has(uid))
      yield {
        key: `volumeFailing ${uid}`,
        rule: 'volumeFailing',
        about: [uid],
        holds: isFailing,
        evidence: { rule: 'volumeFailing', level: 'critical', volume },
        openAfterMs: volumeForMs,
        ...at,
      };
  }
}
