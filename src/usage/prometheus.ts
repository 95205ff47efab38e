import { inTurns } from '../cluster/inTurns.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import { type PastReader, pastWindows } from '../domain/pastWindows.ts';
import { type PrometheusPlace, placeText } from '../domain/prometheusPlace.ts';
import { ClaimSeriesReader, volumeFigures, volumeQuery } from '../wire/claimSeries.ts';
import { type PrometheusVector, readVector } from '../wire/prometheusAnswer.ts';
import { prometheusSelectors, readPrometheusServices } from '../wire/prometheusServices.ts';
import type { PrometheusAnswer } from './findings.ts';
import { Pause } from './pause.ts';
import { limitMs, PrometheusApi, type PrometheusApiOptions } from './prometheusApi.ts';
import { readPast } from './prometheusPast.ts';
import { withinLimit } from './timeLimit.ts';

/** A cluster with more services labelled like a Prometheus is asked by name. */
const mostTried = 8;

export interface PrometheusOptions extends PrometheusApiOptions {
  /** In PromQL's own form (`readMatchers`); '' for none. */
  readonly matchers: string;
  /** Undefined: it is looked for. */
  readonly place?: PrometheusPlace | undefined;
}

/**
 * One Prometheus that scrapes kubelets: at the place that is configured, or the first behind the API server's service proxy
 * that is labelled as one and knows the use of any claim.
 *
 * One query for each figure, all for the same moment: an answer for all of them would be parsed at one go, and be felt.
 */
export class Prometheus {
  readonly #options: PrometheusOptions;
  readonly #pause: Pause;
  readonly #api: PrometheusApi;
  #found: PrometheusPlace | undefined;
  #last: PrometheusAnswer | undefined;

  constructor(options: PrometheusOptions) {
    this.#options = options;
    this.#pause = new Pause(options.context.random);
    this.#api = new PrometheusApi(options);
  }

  /** Where it is; undefined while none is known. */
  get place(): PrometheusPlace | undefined {
    return this.#options.place ?? this.#found;
  }

  /**
   * What it says of all claims, or why nothing is heard. Undefined: there is none. While it is left alone after a failure the
   * failure is the answer. Never rejects.
   */
  async ask(signal: AbortSignal): Promise<PrometheusAnswer | undefined> {
    const { clock, log } = this.#options.context;
    if (!this.#pause.over(clock.monotonicMs())) return this.#last;
    const { place } = this;
    const answer = place ? await this.#read(place, signal) : await this.#find(signal);
    if (signal.aborted) return fail('aborted', 'Stopped.');
    this.#last = answer;
    // One that is found and knows no claim may not be the right one: another is looked for now and then.
    if (answer?.ok && (answer.value.size > 0 || this.#options.place)) {
      this.#pause.worked();
      return answer;
    }
    this.#pause.failed(clock.monotonicMs(), answer?.ok === false ? answer.error.retryAfterMs : undefined);
    log.info(unheard(answer));
    // It may have moved: it is looked for again.
    this.#found = undefined;
    return answer;
  }

  /** What it knows of claims in the past, of all that it knows now; undefined while none is known that knows any. */
  past(nowMs: number, signal: AbortSignal): PastReader | undefined {
    const { place } = this;
    const { context, matchers } = this.#options;
    if (!place || !this.#last?.ok || this.#last.value.size === 0) return undefined;
    const at = { api: this.#api, place, matchers, clock: context.clock };
    // It may know many more than are shown here, and tells of all.
    return {
      windows: pastWindows(this.#last.value.size, nowMs),
      read: (window) => readPast(at, window, signal),
    };
  }

  /** The first that knows claims; else the answer of one that knows none; else the failure of the likeliest. */
  async #find(signal: AbortSignal): Promise<PrometheusAnswer | undefined> {
    const tried = new Set<string>();
    let best: PrometheusAnswer | undefined;
    for (const labelSelector of prometheusSelectors) {
      const list = await this.#services(labelSelector, signal);
      if (!list.ok) return best ?? list;
      for (const place of list.value) {
        const text = placeText(place);
        if (tried.has(text) || tried.size >= mostTried) continue;
        tried.add(text);
        const answer = await this.#read(place, signal);
        if (signal.aborted) return undefined;
        if (answer.ok && answer.value.size > 0) {
          this.#options.context.log.info(`Used bytes are read from the Prometheus ${text}.`);
          this.#found = place;
          return answer;
        }
        if (!best || (answer.ok && !best.ok)) best = answer;
      }
    }
    return best;
  }

  async #services(labelSelector: string, signal: AbortSignal): Promise<Result<readonly PrometheusPlace[]>> {
    const { connection, clock } = this.#options.context;
    const late = `The list of services did not come within ${limitMs / 1000} s.`;
    const query = { labelSelector, limit: '100' };
    const list = await withinLimit(clock, { ms: limitMs, late }, signal, (each) =>
      connection.json('/api/v1/services', { signal: each, query }),
    );
    if (list.ok)
      return succeed(readPrometheusServices(list.value).map((service) => ({ kind: 'service', service, path: '' })));
    if (list.error.reason !== 'forbidden') return list;
    const message = 'Services may not be listed, so no Prometheus is found: name one in pvcwatch.usage.prometheus.';
    return fail('forbidden', message);
  }

  async #read(place: PrometheusPlace, signal: AbortSignal): Promise<PrometheusAnswer> {
    const reader = new ClaimSeriesReader();
    let time: string | undefined;
    for (const figure of volumeFigures) {
      const vector = await this.#query(place, volumeQuery(figure, this.#options.matchers), time, signal);
      if (!vector.ok) return vector;
      // Without a capacity of anything there is nothing else to ask for.
      if (time === undefined && vector.value.evaluatedSeconds === undefined) return succeed(new Map());
      time ??= String(vector.value.evaluatedSeconds);
      await inTurns(reader.adding(figure, vector.value.samples), this.#options.context.clock, signal);
      if (signal.aborted) return fail('aborted', 'Stopped.');
    }
    return succeed(reader.result());
  }

  async #query(
    place: PrometheusPlace,
    query: string,
    time: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<PrometheusVector>> {
    const answer = await this.#api.query(place, { query, time }, signal);
    if (!answer.ok) return answer;
    const { vector, problem } = readVector(answer.value);
    return vector ? succeed(vector) : fail('malformed', `The Prometheus ${placeText(place)} sends ${problem}.`);
  }
}

function unheard(answer: PrometheusAnswer | undefined): string {
  if (!answer) return 'No service is labelled as a Prometheus.';
  if (answer.ok) return 'No Prometheus that was found knows the use of any claim.';
  return `The Prometheus is not asked for a while: ${answer.error.message}`;
}
