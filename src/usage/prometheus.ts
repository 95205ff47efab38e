import type { Connection } from '../cluster/connection.ts';
import { inTurns } from '../cluster/inTurns.ts';
import { type ApiError, fail, type Result, succeed } from '../domain/apiError.ts';
import { type PrometheusPlace, placeText, servicePath } from '../domain/prometheusPlace.ts';
import { ClaimSeriesReader, volumeFigures, volumeQuery } from '../wire/claimSeries.ts';
import { type PrometheusVector, readVector } from '../wire/prometheusAnswer.ts';
import { prometheusSelectors, readPrometheusServices } from '../wire/prometheusServices.ts';
import type { PrometheusAnswer } from './findings.ts';
import type { UsageContext } from './kubelets.ts';
import { Pause } from './pause.ts';
import { withinLimit } from './timeLimit.ts';

const limitMs = 30_000;
/** A cluster with more services labelled like a Prometheus is asked by name. */
const mostTried = 8;

export interface PrometheusOptions {
  readonly context: UsageContext;
  /** In PromQL's own form (`readMatchers`); '' for none. */
  readonly matchers: string;
  /** Undefined: it is looked for. */
  readonly place?: PrometheusPlace | undefined;
  /** The way to a place with a URL (`connectTo`). */
  readonly direct?: Pick<Connection, 'json'> | undefined;
  /** For a place with a URL: what it wants besides a bearer token, asked at each request. Service proxies strip `Authorization`. */
  readonly headers?: (() => Promise<Readonly<Record<string, string>> | undefined>) | undefined;
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
  #found: PrometheusPlace | undefined;
  #last: PrometheusAnswer | undefined;

  constructor(options: PrometheusOptions) {
    this.#options = options;
    this.#pause = new Pause(options.context.random);
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
    const { context, direct, headers } = this.#options;
    const name = placeText(place);
    const late = `The Prometheus ${name} did not answer within ${limitMs / 1000} s.`;
    const answer = await withinLimit(context.clock, { ms: limitMs, late }, signal, async (each) => {
      const options = { signal: each, query: { query, time }, passedOn: true };
      if (place.kind === 'service')
        return await context.connection.json(`${servicePath(place.service)}${place.path}/api/v1/query`, options);
      if (!direct) return fail('config', `There is no way to the Prometheus ${name}.`);
      const more = await headers?.();
      return await direct.json('/api/v1/query', { ...options, ...(more ? { headers: more } : {}) });
    });
    if (!answer.ok) return { ok: false, error: ofPrometheus(place, answer.error) };
    const { vector, problem } = readVector(answer.value);
    return vector ? succeed(vector) : fail('malformed', `The Prometheus ${name} sends ${problem}.`);
  }
}

function unheard(answer: PrometheusAnswer | undefined): string {
  if (!answer) return 'No service is labelled as a Prometheus.';
  if (answer.ok) return 'No Prometheus that was found knows the use of any claim.';
  return `The Prometheus is not asked for a while: ${answer.error.message}`;
}

const credentialsCommand = '"PVC Watch: Set Credentials of Prometheus"';

/** What it says itself is in its own words, which are not read; what is said of the way to it stands as it is. */
function ofPrometheus(place: PrometheusPlace, error: ApiError): ApiError {
  // What is at an address of its own has nobody between us and itself.
  if (!error.foreign && !(place.kind === 'url' && error.status !== undefined)) return error;
  const { status, reason } = error;
  const isDirect = place.kind === 'url';
  const hint: Partial<Record<typeof reason, string>> = {
    malformed: ' Is it one? Check its port and its path.',
    unauthorized: isDirect
      ? ` It wants other credentials: run ${credentialsCommand}.`
      : ' It wants a token, which service proxies strip: configure its URL.',
    forbidden: isDirect
      ? ` It does not let these credentials ask: run ${credentialsCommand}.`
      : ' It does not accept what it is asked as.',
  };
  const refused = status === 400 || status === 422 ? ' Check the label matchers.' : (hint[reason] ?? '');
  return { ...error, message: `The Prometheus ${placeText(place)} answers with HTTP ${status}.${refused}` };
}
