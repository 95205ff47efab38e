import { isSpace } from '../../src/domain/claimEvidence.ts';
import { type ClaimObservation, type ClaimRuleState, noClaimRules, stepClaims } from '../../src/domain/claimRules.ts';
import { type FreeThresholds, mixinThresholds } from '../../src/domain/claimThresholds.ts';
import type { ClaimEpisode, Episode } from '../../src/domain/episode.ts';
import type { HistorySample } from '../../src/domain/historySample.ts';
import type { Reading } from '../../src/domain/reading.ts';
import type { ClaimRecord, VolumeRecord } from '../../src/domain/records.ts';

/** What is looked at; what is not said stays as in the look before. */
export interface Sight {
  readonly claims?: readonly ClaimRecord[] | undefined;
  /** By the UID of the claim, read at this moment unless it says when. */
  readonly readings?: Readonly<Record<string, Reading>>;
  readonly volumes?: readonly VolumeRecord[] | undefined;
  /** Whether what is not there does not exist. */
  readonly gone?: boolean;
  readonly userChange?: boolean;
  readonly thresholds?: FreeThresholds;
}

/** Claims over time, looked at by the rules. Times are ms; a day of past for whoever has been read. */
export class ClaimStory {
  nowMs = Date.UTC(2026, 0, 1);
  state: ClaimRuleState = noClaimRules;
  /** What the windows know together. */
  accounts: ReadonlyMap<string, Episode> = new Map();
  /** Whether the past is known. */
  history = true;
  /** Of whom the past was asked for. */
  readonly asked: string[] = [];
  readonly #pasts = new Map<string, HistorySample[]>();
  #sight: Sight = { claims: [], volumes: [] };
  #lastVolumes: readonly VolumeRecord[] = [];

  /** One look; answers what it told, an effect without notice in brackets. */
  see(sight: Sight = {}): string[] {
    this.#sight = { ...this.#sight, ...sight };
    this.#lastVolumes = this.#sight.volumes ?? this.#lastVolumes;
    const { claims, volumes, gone = true, thresholds = mixinThresholds } = this.#sight;
    const readings = new Map(Object.entries(sight.readings ?? this.#sight.readings ?? {}));
    for (const [uid, { atMs, capacityBytes, availableBytes, inodes, inodesUsed }] of readings)
      if (atMs !== undefined && capacityBytes !== undefined && availableBytes !== undefined)
        this.past(uid).push({ atMs, capacityBytes, availableBytes, inodes, inodesUsed });
    const observation: ClaimObservation = {
      origin: { identity: 'cluster', contextName: 'kind-dev', contextLabel: 'dev', demo: false },
      accounts: this.accounts,
      isGone: () => gone,
      claims,
      readings,
      past: (uid) => {
        this.asked.push(uid);
        return this.history ? this.past(uid) : undefined;
      },
      volumes: volumes && byName(volumes),
      lastVolumes: byName(this.#lastVolumes),
      thresholds,
      closeAfterMs: 60_000,
      nowMs: this.nowMs,
      monotonicMs: this.nowMs,
      userChange: sight.userChange ?? false,
    };
    const { state, effects } = stepClaims(this.state, observation);
    this.state = state;
    this.accounts = new Map([...this.accounts, ...effects.map(({ episode }) => [episode.key, episode] as const)]);
    return effects.map(({ kind, episode }) => {
      const { evidence, over, shown } = episode;
      const of = isSpace(evidence) ? `${evidence.rule} ${evidence.level}` : evidence.rule;
      const said = `${of} ${over ?? kind}`;
      return shown && !this.#isContinued(kind, episode) ? said : `(${said})`;
    });
  }

  /** The last episode of each condition that is followed. */
  get episodes(): readonly ClaimEpisode[] {
    return [...this.state.followed.values()].flatMap(({ track }) => track.episode ?? []);
  }

  /** It is told once that an episode opens. */
  #isContinued(kind: 'opened' | 'closed', { changes }: ClaimEpisode): boolean {
    return kind === 'opened' && changes > 1;
  }

  /** Looks each minute, `minutes` times; answers all that was told, with the minute. */
  watch(minutes: number, sightAt: (nowMs: number) => Sight): string[] {
    const told: string[] = [];
    for (let minute = 0; minute < minutes; minute++) {
      for (const each of this.see(sightAt(this.nowMs))) told.push(`${minute}: ${each}`);
      this.nowMs += 60_000;
    }
    return told;
  }

  past(uid: string): HistorySample[] {
    const past = this.#pasts.get(uid) ?? [];
    this.#pasts.set(uid, past);
    return past;
  }
}

function byName(volumes: readonly VolumeRecord[]): ReadonlyMap<string, VolumeRecord> {
  return new Map(volumes.map((volume) => [volume.name, volume]));
}
