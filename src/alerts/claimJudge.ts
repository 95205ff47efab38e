import type { ClaimName } from '../domain/claimEvidence.ts';
import {
  type ClaimEffect,
  type ClaimObservation,
  type ClaimRuleState,
  claimsDueMs,
  noClaimRules,
  stepClaims,
} from '../domain/claimRules.ts';
import { thresholdsFrom } from '../domain/claimThresholds.ts';
import type { Episode, EpisodeOrigin } from '../domain/episode.ts';
import type { ClaimRecord } from '../domain/records.ts';
import type { StorageSnapshot } from '../domain/snapshot.ts';
import { type AlertInput, claimSubjectOf } from './alertInput.ts';
import type { Judge, Look } from './judge.ts';

/** Snapshots come up to four times a second; what is said of claims is looked at so often at most. */
const restMs = 1_000;

/** Judges what fills up, and what the API server says of claims and volumes. */
export class ClaimJudge implements Judge {
  #state: ClaimRuleState = noClaimRules;
  /** Cluster and context of what is followed. */
  #place = '';
  #observed = false;
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** What was there to be seen in the last look. */
  #last: Partial<Pick<Look, 'accounts' | 'userChange'> & Pick<AlertInput, 'readings' | 'past'>> = {};
  #dueMs: number | undefined;

  subjectOf(input: AlertInput): string {
    return claimSubjectOf(input);
  }

  step({ input, accounts, nowMs, monotonicMs, userChange }: Look): readonly ClaimEffect[] {
    const { snapshot, readings, past } = input;
    const origin = originOf(input);
    const place = origin ? JSON.stringify([origin.identity, origin.contextName]) : '';
    const moved = place !== this.#place;
    if (moved) this.#state = noClaimRules;
    this.#place = place;
    if (!origin) {
      this.#observed = false;
      this.#dueMs = undefined;
      return [];
    }
    const last = this.#last;
    const news =
      moved ||
      readings !== last.readings ||
      past !== last.past ||
      accounts !== last.accounts ||
      userChange !== last.userChange;
    const sinceMs = monotonicMs - this.#lookedMs;
    if (!news && sinceMs < restMs) {
      this.#dueMs = restMs - sinceMs;
      return [];
    }
    this.#last = { readings, past, accounts, userChange };
    this.#lookedMs = monotonicMs;
    const claims = claimsIn(snapshot);
    this.#observed = claims !== undefined;
    const { state, effects } = stepClaims(this.#state, {
      origin,
      claims,
      isGone: (claim) => isGone(snapshot, claim),
      volumes: snapshot.volumes.state === 'live' ? snapshot.volumes.items : undefined,
      lastVolumes: snapshot.volumes.items,
      thresholds: thresholdsFrom(input.settings.freeWarning, input.settings.freeCritical),
      closeAfterMs: input.settings.closeAfterMs,
      ...{ accounts, readings, past, nowMs, monotonicMs, userChange },
    } satisfies ClaimObservation);
    this.#state = state;
    this.#dueMs = claimsDueMs(state);
    return effects;
  }

  get observed(): boolean {
    return this.#observed;
  }

  get dueMs(): number | undefined {
    return this.#dueMs;
  }

  get episodes(): readonly Episode[] {
    return [...this.#state.followed.values()].flatMap(({ track }) => track.episode ?? []);
  }

  holds(key: string): boolean | undefined {
    return this.#state.followed.get(key)?.holds;
  }
}

function originOf({ snapshot: { target, identity }, contextLabel }: AlertInput): EpisodeOrigin | undefined {
  if (!target || identity === undefined) return undefined;
  return { identity, contextName: target.contextName, contextLabel, demo: target.demo };
}

/** All claims, as they are now; undefined while they are not known to be. */
function claimsIn({
  connection,
  synced,
  claimsState,
  namespaces,
}: StorageSnapshot): readonly ClaimRecord[] | undefined {
  if (connection.state !== 'live' || !synced || claimsState !== 'live') return undefined;
  return [...namespaces.values()].flatMap(({ claims }) => [...claims.values()]);
}

/** Whether a claim that is not there does not exist: its namespace is read as a whole, or is gone itself. */
function isGone({ scope, namespaces, partial }: StorageSnapshot, { namespace, uid, name }: ClaimName): boolean {
  const { labelSelector, fieldSelector } = scope;
  if (labelSelector !== '' || fieldSelector !== '') return false;
  if (scope.namespaces.length > 0 && !scope.namespaces.includes(namespace)) return false;
  const read = namespaces.get(namespace);
  if (!read) return !partial;
  return read.access === 'ok' && read.claims.get(name)?.uid !== uid;
}
