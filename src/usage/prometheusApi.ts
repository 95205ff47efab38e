import type { Connection } from '../cluster/connection.ts';
import { type ApiError, fail, type Result } from '../domain/apiError.ts';
import { type PrometheusPlace, placeText, servicePath } from '../domain/prometheusPlace.ts';
import type { UsageContext } from './kubelets.ts';
import { withinLimit } from './timeLimit.ts';

export const limitMs = 30_000;

export interface PrometheusApiOptions {
  readonly context: UsageContext;
  /** The way to a place with a URL (`connectTo`). */
  readonly direct?: Pick<Connection, 'json'> | undefined;
  /** For a place with a URL: what it wants besides a bearer token, asked at each request. Service proxies strip `Authorization`. */
  readonly headers?: (() => Promise<Readonly<Record<string, string>> | undefined>) | undefined;
}

/** The HTTP API of a Prometheus (prometheus.io/docs, "HTTP API"), wherever that is. Never rejects. */
export class PrometheusApi {
  readonly #options: PrometheusApiOptions;

  constructor(options: PrometheusApiOptions) {
    this.#options = options;
  }

  /** The answer to a query for a moment. */
  async query(
    place: PrometheusPlace,
    query: Readonly<Record<string, string | undefined>>,
    signal: AbortSignal,
  ): Promise<Result<unknown>> {
    return await this.#get(place, '/api/v1/query', query, signal);
  }

  /** The answer to a query for each step of a time. */
  async queryRange(
    place: PrometheusPlace,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<unknown>> {
    return await this.#get(place, '/api/v1/query_range', query, signal);
  }

  async #get(
    place: PrometheusPlace,
    route: string,
    query: Readonly<Record<string, string | undefined>>,
    signal: AbortSignal,
  ): Promise<Result<unknown>> {
    const { context, direct, headers } = this.#options;
    const name = placeText(place);
    const late = `The Prometheus ${name} did not answer within ${limitMs / 1000} s.`;
    const answer = await withinLimit(context.clock, { ms: limitMs, late }, signal, async (each) => {
      const options = { signal: each, query, passedOn: true };
      if (place.kind === 'service')
        return await context.connection.json(`${servicePath(place.service)}${place.path}${route}`, options);
      if (!direct) return fail('config', `There is no way to the Prometheus ${name}.`);
      const more = await headers?.();
      return await direct.json(route, { ...options, ...(more ? { headers: more } : {}) });
    });
    return answer.ok ? answer : { ok: false, error: ofPrometheus(place, answer.error) };
  }
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
