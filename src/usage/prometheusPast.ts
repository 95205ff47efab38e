import type { Clock } from '../base/clock.ts';
import { inTurns } from '../cluster/inTurns.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import type { ClaimsPast, PastWindow } from '../domain/pastWindows.ts';
import { type PrometheusPlace, placeText } from '../domain/prometheusPlace.ts';
import { ClaimRangesReader, pastFigures } from '../wire/claimRanges.ts';
import { claimKey, volumeQuery } from '../wire/claimSeries.ts';
import type { PrometheusApi } from './prometheusApi.ts';

export interface PastAt {
  readonly api: PrometheusApi;
  readonly place: PrometheusPlace;
  readonly matchers: string;
  readonly clock: Clock;
}

/** Asks a Prometheus for one window of the past, figure by figure: each answer is short enough to be parsed at one go. */
export async function readPast(
  { api, place, matchers, clock }: PastAt,
  { fromMs, toMs, stepMs }: PastWindow,
  signal: AbortSignal,
): Promise<Result<ClaimsPast>> {
  const reader = new ClaimRangesReader();
  const times = { start: String(fromMs / 1000), end: String(toMs / 1000), step: String(stepMs / 1000) };
  for (const figure of pastFigures) {
    const answer = await api.queryRange(place, { query: volumeQuery(figure, matchers), ...times }, signal);
    if (!answer.ok) return answer;
    const problem = await inTurns(reader.adding(figure, answer.value), clock, signal);
    if (signal.aborted) return fail('aborted', 'Stopped.');
    if (problem !== undefined) return fail('malformed', `The Prometheus ${placeText(place)} sends ${problem}.`);
  }
  return succeed({ of: (namespace, name) => reader.of(claimKey(namespace, name)) });
}
