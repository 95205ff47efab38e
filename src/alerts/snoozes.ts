import type { ClaimRule } from '../domain/claimEvidence.ts';
import { placeOf, subjectIn } from '../domain/claimKeys.ts';
import type { ClaimEpisode, Episode } from '../domain/episode.ts';

/** What is silenced beside one episode: all about one claim, filesystem or volume, all in a namespace, or all of a rule. */
export type SnoozeCover =
  | { readonly kind: 'subject'; readonly subject: string }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'rule'; readonly rule: ClaimRule };

/** Silence over all windows for one episode key, or with a cover for all in its cluster and context that that covers. */
export interface StoredSnooze {
  /** With a cover: made of that and the place. */
  readonly episodeKey: string;
  /** Of the episode it was set in. */
  readonly openedMs: number;
  /** When it was set. */
  readonly atMs: number;
  /** Of the episode, or with a cover what that covers: `claim:…`, `in:NAMESPACE`, `rule:RULE`. */
  readonly subject: string;
  readonly contextLabel: string;
  /** The cluster and context that a cover is for, as in the keys of episodes. */
  readonly place?: string;
  readonly cover?: SnoozeCover;
  /** Undefined: until back to normal. */
  readonly untilMs?: number;
}

/** What has to be known of an episode to silence it. */
export type SnoozableEpisode = Pick<Episode, 'key' | 'openedMs' | 'subject' | 'contextLabel'>;

/** Whether a command was given something that can be silenced: key bindings and other extensions may pass anything. */
export function isSnoozable(value: unknown): value is SnoozableEpisode {
  if (typeof value !== 'object' || value === null) return false;
  if (!('key' in value && 'openedMs' in value && 'subject' in value && 'contextLabel' in value)) return false;
  const { key, openedMs, subject, contextLabel } = value;
  return typeof openedMs === 'number' && [key, subject, contextLabel].every(isText);
}

export type SnoozeLength = 'hour' | 'today' | 'untilNormal';

const hourMs = 3_600_000;

/** When a snooze that begins now ends; `today` is until the next local midnight. */
export function snoozeEnd(length: SnoozeLength, nowMs: number): number | undefined {
  if (length === 'untilNormal') return undefined;
  if (length === 'hour') return nowMs + hourMs;
  const midnight = new Date(nowMs);
  midnight.setHours(24, 0, 0, 0);
  return midnight.getTime();
}

/** The snoozes with this one in the place of an older one of the same. */
export function withSnooze(
  snoozes: readonly StoredSnooze[],
  episode: SnoozableEpisode,
  {
    atMs,
    untilMs,
    cover,
  }: Pick<StoredSnooze, 'atMs'> & {
    readonly untilMs: number | undefined;
    readonly cover: SnoozeCover | undefined;
  },
): readonly StoredSnooze[] {
  const { key, openedMs, contextLabel } = episode;
  const place = placeOf(key);
  const covered = cover ? { place, cover } : {};
  const episodeKey = cover ? JSON.stringify([place, cover]) : key;
  const subject = coverText(cover) ?? episode.subject;
  return [
    ...snoozes.filter((snooze) => snooze.episodeKey !== episodeKey),
    { episodeKey, openedMs, atMs, subject, contextLabel, ...covered, ...(untilMs === undefined ? {} : { untilMs }) },
  ];
}

/** A cover of this kind that silences the episode. */
export function coverOf({ key, evidence }: ClaimEpisode, kind: SnoozeCover['kind']): SnoozeCover {
  if (kind === 'rule') return { kind, rule: evidence.rule };
  const [claim] = evidence.claims;
  if (kind === 'namespace' && claim) return { kind, name: claim.namespace };
  return { kind: 'subject', subject: subjectIn(key) };
}

/** Whether this is silenced. */
export function silences({ episodeKey, place, cover }: StoredSnooze, episode: Episode): boolean {
  if (!cover) return episodeKey === episode.key;
  if (episode.kind === 'budget' || placeOf(episode.key) !== place) return false;
  const { evidence } = episode;
  if (cover.kind === 'rule') return evidence.rule === cover.rule;
  if (cover.kind === 'subject') return subjectIn(episode.key) === cover.subject;
  return evidence.claims.length > 0 && evidence.claims.every(({ namespace }) => namespace === cover.name);
}

/**
 * Those still in force by the time and by what the windows know of the episodes: not over, and not until back to normal of what
 * is that.
 */
export function inForce(
  snoozes: readonly StoredSnooze[],
  nowMs: number,
  accounts?: ReadonlyMap<string, Episode>,
): readonly StoredSnooze[] {
  const kept = snoozes.filter((snooze) =>
    snooze.untilMs === undefined ? !accounts || !hasEnded(snooze, accounts) : snooze.untilMs > nowMs,
  );
  return kept.length === snoozes.length ? snoozes : kept;
}

/** What covers more than one episode ends with the last of them. */
function hasEnded(snooze: StoredSnooze, accounts: ReadonlyMap<string, Episode>): boolean {
  if (snooze.cover)
    return ![...accounts.values()].some((episode) => episode.closedMs === undefined && silences(snooze, episode));
  const account = accounts.get(snooze.episodeKey);
  return account !== undefined && (account.openedMs !== snooze.openedMs || account.closedMs !== undefined);
}

function coverText(cover: SnoozeCover | undefined): string | undefined {
  if (cover?.kind === 'namespace') return `in:${cover.name}`;
  return cover?.kind === 'rule' ? `rule:${cover.rule}` : undefined;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** When the next of them ends by time; undefined when none does. */
export function nextEndMs(snoozes: readonly StoredSnooze[]): number | undefined {
  const ends = snoozes.flatMap(({ untilMs }) => (untilMs === undefined ? [] : [untilMs]));
  return ends.length === 0 ? undefined : Math.min(...ends);
}
