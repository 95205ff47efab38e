import type { ClaimEvidence, ClaimName } from '../domain/claimEvidence.ts';
import type { Counted } from '../domain/coverage.ts';
import type { BudgetEpisode, ClaimEpisode, Episode } from '../domain/episode.ts';
import type { LatestChange } from '../domain/snapshot.ts';
import { bytesOf, listOf, recordOf } from './memoryForms.ts';

/** Of the claims on one filesystem so many are kept: enough to know it and to name it. */
const keptClaims = 50;

/** Plain JSON; sizes as decimal strings. */
export function episodeToJson(episode: Episode): object {
  if (episode.kind === 'claim') {
    const { evidence } = episode;
    return { ...episode, evidence: { ...evidence, claims: evidence.claims.slice(0, keptClaims) } };
  }
  const { budgetBytes, claimedBytes, latest, counted, ...rest } = episode;
  return {
    ...rest,
    ...(counted ? { counted: { ...counted, names: [...counted.names] } } : {}),
    budgetBytes: String(budgetBytes),
    claimedBytes: String(claimedBytes),
    ...(latest ? { latest: { ...latest, deltaBytes: String(latest.deltaBytes) } } : {}),
  };
}

/** Reads what `episodeToJson` wrote; undefined for what is of another shape. */
export function episodeFromJson(value: unknown, nowMs: number): Episode | undefined {
  const fields = recordOf(value);
  if (!fields) return undefined;
  const { key, contextName, contextLabel, demo, subject, openedMs, changedMs, changes, closedMs, shown } = fields;
  const texts = [key, contextName, contextLabel, subject].every((text) => typeof text === 'string');
  if (!texts || typeof openedMs !== 'number') return undefined;
  const frame = {
    key: String(key),
    contextName: String(contextName),
    contextLabel: String(contextLabel),
    subject: String(subject),
    demo: demo === true,
    openedMs,
    changedMs: Math.min(typeof changedMs === 'number' ? changedMs : openedMs, nowMs),
    changes: typeof changes === 'number' ? changes : 1,
    shown: shown === true,
    ...(typeof closedMs === 'number' ? { closedMs } : {}),
  };
  return fields.kind === 'claim' ? claimEpisode(frame, fields) : budgetEpisode(frame, fields);
}

type Fields = Readonly<Record<string, unknown>>;
type Frame = Omit<BudgetEpisode, 'kind' | 'budgetBytes' | 'claimedBytes' | 'latest' | 'counted'>;

function claimEpisode(frame: Frame, { evidence: sent, over }: Fields): ClaimEpisode | undefined {
  const evidence = evidenceOf(recordOf(sent) ?? {});
  if (!evidence) return undefined;
  return { kind: 'claim', ...frame, evidence, ...(over === 'gone' || over === 'ignored' ? { over } : {}) };
}

function budgetEpisode(frame: Frame, fields: Fields): BudgetEpisode | undefined {
  const budgetBytes = bytesOf(fields.budgetBytes);
  const claimedBytes = bytesOf(fields.claimedBytes);
  if (!budgetBytes || claimedBytes === undefined) return undefined;
  const counted = countedOf(fields.counted);
  const latest = latestOf(fields.latest);
  return {
    kind: 'budget',
    ...frame,
    budgetBytes,
    claimedBytes,
    ...(latest ? { latest } : {}),
    ...(counted ? { counted } : {}),
  };
}

function evidenceOf(fields: Fields): ClaimEvidence | undefined {
  const { rule, level, subject, total, free, belowRatio, predicted, source, atMs } = fields;
  const claims = listOf(fields.claims).flatMap((each) => claimNameOf(each) ?? []);
  if (rule === 'lost') return { rule, level: 'critical', claims };
  if (rule === 'resizeInfeasible') return { rule, level: 'warning', claims };
  if (rule === 'volumeFailing') {
    const { uid, name, phase } = recordOf(fields.volume) ?? {};
    if (typeof uid !== 'string' || typeof name !== 'string' || typeof phase !== 'string') return undefined;
    return { rule, level: 'critical', volume: { uid, name, phase }, claims };
  }
  if ((rule !== 'bytes' && rule !== 'inodes') || (level !== 'warning' && level !== 'critical')) return undefined;
  if (typeof total !== 'number' || typeof free !== 'number' || typeof belowRatio !== 'number') return undefined;
  if (!(total > 0) || claims.length === 0) return undefined;
  return {
    rule,
    level,
    subject: subject === 'filesystem' ? subject : 'claim',
    claims,
    total,
    free,
    belowRatio,
    ...(typeof predicted === 'number' ? { predicted } : {}),
    ...(source === 'kubelet' || source === 'prometheus' ? { source } : {}),
    ...(typeof atMs === 'number' ? { atMs } : {}),
  };
}

function claimNameOf(value: unknown): ClaimName | undefined {
  const { namespace, name, uid } = recordOf(value) ?? {};
  if (typeof namespace !== 'string' || typeof name !== 'string' || typeof uid !== 'string') return undefined;
  return { namespace, name, uid };
}

function latestOf(value: unknown): LatestChange | undefined {
  const { namespace, name, deltaBytes } = recordOf(value) ?? {};
  const bytes = bytesOf(deltaBytes);
  if (typeof namespace !== 'string' || typeof name !== 'string' || bytes === undefined) return undefined;
  return { namespace, name, deltaBytes: bytes };
}

function countedOf(value: unknown): Counted | undefined {
  const { names, uncounted, unnamed } = recordOf(value) ?? {};
  if (!Array.isArray(names) || typeof uncounted !== 'number' || typeof unnamed !== 'boolean') return undefined;
  return { names: new Set(names.filter((name) => typeof name === 'string')), uncounted, unnamed };
}
