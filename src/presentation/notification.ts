import { isSpace } from '../domain/claimEvidence.ts';
import type { BudgetEpisode, ClaimEpisode, Episode } from '../domain/episode.ts';
import { cutPercent, excessBytes, humanBytes } from './bytes.ts';
import { alertState, alertSubject, beginning, countedSubjects, ending, ruleTexts } from './claimAlertText.ts';
import { capitalized, plain, withoutLinks } from './text.ts';

const demoMark = '[demo] ';
/** So many of several are named. */
const namedAtMost = 5;

/** What an episode begins with. */
export function openedText(episode: Episode): string {
  return episode.kind === 'budget' ? breachText(episode) : claimText(episode, beginning(episode.evidence));
}

/** What an episode ends with. */
export function closedText(episode: Episode): string {
  if (episode.kind === 'claim') return claimText(episode, ending(episode));
  return `${subject(episode)} are back within budget: ${measure(episode)}.`;
}

/** Several at once become one. It begins with `[demo]` if all are of the demo cluster; among real ones its names are marked. */
export function openedSummary(episodes: readonly Episode[]): string {
  const [only] = episodes;
  return only && episodes.length === 1 ? openedText(only) : summary('opened', episodes);
}

/** As `openedSummary`, of what is over. */
export function closedSummary(episodes: readonly Episode[]): string {
  const [only] = episodes;
  return only && episodes.length === 1 ? closedText(only) : summary('closed', episodes);
}

/** A mark in front of real alerts would make them look simulated. */
function summary(phase: 'opened' | 'closed', episodes: readonly Episode[]): string {
  const simulated = episodes.every(({ demo }) => demo);
  const isBudget = episodes.every(({ kind }) => kind === 'budget');
  const names = episodes.slice(0, namedAtMost).map((episode) => {
    const name = episode.kind === 'budget' ? place(episode) : claimPlace(episode);
    const of = episode.kind === 'budget' && !isBudget ? 'the budget of ' : '';
    const state = episode.kind === 'claim' && !episode.over ? ` (${withoutLinks(alertState(episode.evidence))})` : '';
    return `${simulated ? '' : mark(episode)}${of}${name}${state}`;
  });
  const more = episodes.length > namedAtMost ? ` and ${episodes.length - namedAtMost} more` : '';
  return `${simulated ? demoMark : ''}${heading(phase, episodes)}: ${names.join(', ')}${more}.`;
}

function heading(phase: 'opened' | 'closed', episodes: readonly Episode[]): string {
  const claims = episodes.filter((episode) => episode.kind === 'claim');
  const opened = phase === 'opened';
  if (claims.length === 0) return `${episodes.length} storage budgets are ${opened ? 'exceeded' : 'met again'}`;
  if (claims.length < episodes.length) return `${episodes.length} storage alerts${opened ? '' : ' are over'}`;
  return `${countedSubjects(claims)} ${opened ? 'need attention' : 'are back to normal'}`;
}

/** `Storage claims in shop-eu are 10Gi over budget: 210Gi of 200Gi (105.0%). Latest: shop/data-db-0, +90Gi.` */
function breachText(episode: BudgetEpisode): string {
  const { claimedBytes, budgetBytes, latest } = episode;
  const excess = excessBytes(claimedBytes - budgetBytes);
  const growth = latest
    ? ` Latest: ${withoutLinks(`${latest.namespace}/${latest.name}`)}, +${humanBytes(latest.deltaBytes)}.`
    : '';
  return `${subject(episode)} are ${excess} over budget: ${measure(episode)}.${growth}`;
}

/** `payments/data-0 in shop-eu is nearly full: 2.4% free (1.2Gi of 50Gi).` */
function claimText(episode: ClaimEpisode, sentence: string): string {
  const { evidence } = episode;
  const isNamed = evidence.rule === 'volumeFailing' || (isSpace(evidence) && evidence.subject === 'filesystem');
  const text = claimPlace(episode);
  const start = isNamed ? capitalized(text) : text;
  return `${mark(episode)}${start} ${withoutLinks(sentence, 500)}.`;
}

function subject(episode: BudgetEpisode): string {
  return `${mark(episode)}Storage claims ${episode.subject === 'total' ? 'in' : 'of'} ${place(episode)}`;
}

function mark({ demo }: Episode): string {
  return demo ? demoMark : '';
}

/** `shop-eu`, or `namespace checkout in shop-eu`. */
function place({ subject: key, contextLabel }: BudgetEpisode): string {
  const colon = key.indexOf(':');
  const context = withoutLinks(contextLabel);
  return colon < 0 ? context : `${key.slice(0, colon)} ${withoutLinks(key.slice(colon + 1))} in ${context}`;
}

function measure({ claimedBytes, budgetBytes }: BudgetEpisode): string {
  return `${humanBytes(claimedBytes)} of ${humanBytes(budgetBytes)} (${cutPercent(claimedBytes, budgetBytes, 1)}%)`;
}

/** `payments/data-0 in shop-eu`. */
function claimPlace({ evidence, contextLabel }: ClaimEpisode): string {
  return `${withoutLinks(alertSubject(evidence))} in ${withoutLinks(contextLabel)}`;
}

/** What an episode is about, where its context is clear: `everything in scope`, `namespace checkout`, `payments/data-0`. */
export function subjectText(episode: Episode): string {
  return episode.kind === 'claim' ? alertSubject(episode.evidence) : boundText(episode.subject);
}

/** What is silenced, where its context is clear. */
export function snoozeText(subject: string): string {
  const [kind = '', name = ''] = split(subject);
  if (kind === 'claim') return plain(name);
  if (kind === 'filesystem') return `filesystem of ${plain(name)}`;
  if (kind === 'in') return `claims in ${plain(name)}`;
  if (kind === 'rule') return isRule(name) ? ruleTexts[name] : plain(name);
  return boundText(subject);
}

function boundText(subject: string): string {
  return subject === 'total' ? 'everything in scope' : plain(subject.replace(':', ' '));
}

function split(subject: string): readonly [kind: string, name: string] {
  const colon = subject.indexOf(':');
  return [subject.slice(0, Math.max(0, colon)), subject.slice(colon + 1)];
}

function isRule(name: string): name is keyof typeof ruleTexts {
  return Object.hasOwn(ruleTexts, name);
}
