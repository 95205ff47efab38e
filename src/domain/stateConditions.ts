import { type ClaimName, claimName, type StateEvidence } from './claimEvidence.ts';
import { conditionKey } from './claimKeys.ts';
import type { ClaimObservation, Condition } from './claimRules.ts';
import { thresholdsOf } from './claimThresholds.ts';
import type { ClaimRecord } from './records.ts';

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
    const isFollowed = followed.has(uid);
    const isLost = claim.phase === 'Lost';
    const isInfeasible = infeasible.has(claim.resizeStatus);
    if (!isLost && !isInfeasible && !isFollowed) continue;
    if (claim.alertWishes !== undefined && thresholdsOf(claim, thresholds).ignored) continue;
    const subject = `claim:${claim.namespace}/${claim.name}`;
    const found = (evidence: StateEvidence, holds: boolean) => ({
      key: conditionKey(evidence, `claim ${uid}`, thresholds),
      ...{ subject, evidence, holds, openAfterMs: claimForMs, ...at },
    });
    const named = [claimName(claim)];
    if (isLost || isFollowed) yield found({ rule: 'lost', level: 'critical', claims: named }, isLost);
    if (isInfeasible || isFollowed)
      yield found({ rule: 'resizeInfeasible', level: 'warning', claims: named }, isInfeasible);
  }
  const boundTo = claimsByVolume(claims);
  for (const { uid, name, phase } of volumes?.values() ?? []) {
    const isFailing = failing.has(phase);
    if (!isFailing && !followed.has(uid)) continue;
    const volume = { uid, name, phase };
    const evidence: StateEvidence = { rule: 'volumeFailing', level: 'critical', volume, claims: boundTo(name) };
    yield {
      key: conditionKey(evidence, `volume ${uid}`, thresholds),
      ...{ subject: `volume:${name}`, evidence, holds: isFailing, openAfterMs: volumeForMs, ...at },
    };
  }
}

/** By the name of the volume; what few ask for is looked up once and for all. */
function claimsByVolume(claims: readonly ClaimRecord[]): (volume: string) => readonly ClaimName[] {
  let known: ReadonlyMap<string, readonly ClaimRecord[]> | undefined;
  return (volume) => {
    known ??= Map.groupBy(claims, ({ volumeName = '' }) => volumeName);
    return (known.get(volume) ?? []).map(claimName);
  };
}
