import type { Episode } from '../domain/episode.ts';
import { cutPercent, excessBytes, humanBytes } from './bytes.ts';
import { plain, withoutLinks } from './text.ts';

const demoMark = '[demo] ';

/** `Storage claims in shop-eu are 10Gi over budget: 210Gi of 200Gi (105.0%). Latest: shop/data-db-0, +90Gi.` */
export function openedText(episode: Episode): string {
  const { claimedBytes, budgetBytes, latest } = episode;
  const excess = excessBytes(claimedBytes - budgetBytes);
  const growth = latest
    ? ` Latest: ${withoutLinks(`${latest.namespace}/${latest.name}`)}, +${humanBytes(latest.deltaBytes)}.`
    : '';
  return `${subject(episode)} are ${excess} over budget: ${measure(episode)}.${growth}`;
}

/** `Storage claims in shop-eu are back within budget: 150Gi of 200Gi (75.0%).` */
export function closedText(episode: Episode): string {
  return `${subject(episode)} are back within budget: ${measure(episode)}.`;
}

/** Several at once become one. It begins with `[demo]` if all are of the demo cluster; among real ones its names are marked. */
export function openedSummary(episodes: readonly Episode[]): string {
  const [only] = episodes;
  return only && episodes.length === 1 ? openedText(only) : summary('exceeded', episodes);
}

/** As `openedSummary`, of what is over. */
export function closedSummary(episodes: readonly Episode[]): string {
  const [only] = episodes;
  return only && episodes.length === 1 ? closedText(only) : summary('met again', episodes);
}

/** A mark in front of real alerts would make them look simulated. */
function summary(what: string, episodes: readonly Episode[]): string {
  const simulated = episodes.every(({ demo }) => demo);
  const names = episodes.map((episode) => `${simulated ? '' : mark(episode)}${place(episode)}`);
  return `${simulated ? demoMark : ''}${episodes.length} storage budgets are ${what}: ${names.join(', ')}.`;
}

function subject(episode: Episode): string {
  return `${mark(episode)}Storage claims ${episode.subject === 'total' ? 'in' : 'of'} ${place(episode)}`;
}

function mark({ demo }: Episode): string {
  return demo ? demoMark : '';
}

/** `shop-eu`, or `namespace checkout in shop-eu`. */
function place({ subject: key, contextLabel }: Episode): string {
  const colon = key.indexOf(':');
  const context = withoutLinks(contextLabel);
  return colon < 0 ? context : `${key.slice(0, colon)} ${withoutLinks(key.slice(colon + 1))} in ${context}`;
}

function measure({ claimedBytes, budgetBytes }: Episode): string {
  return `${humanBytes(claimedBytes)} of ${humanBytes(budgetBytes)} (${cutPercent(claimedBytes, budgetBytes, 1)}%)`;
}

/** What a budget bounds, where its context is clear: `everything in scope`, `namespace checkout`. */
export function subjectText({ subject: key }: Pick<Episode, 'subject'>): string {
  return key === 'total' ? 'everything in scope' : plain(key.replace(':', ' '));
}
