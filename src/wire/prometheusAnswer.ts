import { arrayAt, objectAt, objectOf, textAt } from './json.ts';

/** One element of an instant vector. */
export interface PrometheusSample {
  /** In the order in which they were sent. */
  readonly labels: Readonly<Record<string, string>>;
  /** Finite: what is NaN or infinite is no sample. */
  readonly value: number;
}

export interface PrometheusVector {
  readonly samples: readonly PrometheusSample[];
  /** The moment that the query was evaluated for, in seconds as Prometheus writes it; undefined for an empty vector. */
  readonly evaluatedSeconds?: number;
}

/** A vector, or what is wrong: Prometheus' own words, cut, or that it is none of its answers. */
export type VectorOrProblem =
  | { readonly vector: PrometheusVector; readonly problem?: never }
  | { readonly vector?: never; readonly problem: string };

/** Reads the answer to `/api/v1/query` (prometheus.io/docs, "HTTP API") as an instant vector. Never throws. */
export function readVector(value: unknown): VectorOrProblem {
  const answer = objectOf(value);
  if (answer?.status === 'error') return { problem: (textAt(answer, 'error') ?? 'an error').slice(0, 200) };
  const data = answer && objectAt(answer, 'data');
  if (answer?.status !== 'success' || data?.resultType !== 'vector' || !Array.isArray(data.result))
    return { problem: 'an answer that is not one of a Prometheus' };
  const samples: PrometheusSample[] = [];
  let evaluatedSeconds: number | undefined;
  for (const element of arrayAt(data, 'result')) {
    const sample = objectOf(element);
    const [seconds, text] = sample ? arrayAt(sample, 'value') : [];
    if (typeof seconds === 'number' && Number.isFinite(seconds)) evaluatedSeconds ??= seconds;
    const number = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
    if (sample && Number.isFinite(number)) samples.push({ labels: labelsOf(sample.metric), value: number });
  }
  return { vector: { samples, ...(evaluatedSeconds === undefined ? {} : { evaluatedSeconds }) } };
}

/** The labels of a series that are texts, as all should be. */
export function labelsOf(metric: unknown): Readonly<Record<string, string>> {
  const labels = objectOf(metric);
  if (!labels) return noLabels;
  // As it is, in the usual case: there are tens of thousands.
  if (Object.values(labels).every((label) => typeof label === 'string'))
    return labels as Readonly<Record<string, string>>;
  return Object.fromEntries(
    Object.entries(labels).filter((label): label is [string, string] => typeof label[1] === 'string'),
  );
}

const noLabels: Readonly<Record<string, string>> = {};
