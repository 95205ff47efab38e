import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Connection } from '../cluster/connection.ts';
import { type ApiError, type ApiErrorReason, fail, type Result, succeed } from '../domain/apiError.ts';
import { objectAt, objectOf } from '../wire/json.ts';
import { type NodeSummary, readKubeletSummary } from '../wire/kubeletSummary.ts';
import type { NodeAnswers } from './findings.ts';
import { Pause } from './pause.ts';
import { withinLimit } from './timeLimit.ts';

const atOnce = 4;
const limitMs = 10_000;
/** So many in a row that cannot be reached: it is the API server that cannot. */
const missesInARow = 4;
/** What is said to us and not to a kubelet, so that there is no use in asking for the next one. */
const ours: ReadonlySet<ApiErrorReason> = new Set([
  ...(['tls', 'unauthorized', 'throttled', 'signIn', 'unfocused', 'untrusted', 'config', 'aborted'] as const),
]);

export interface UsageContext {
  readonly connection: Pick<Connection, 'json'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

interface Node {
  readonly pause: Pause;
  error: ApiError | undefined;
}

/**
 * The kubelets of a cluster, asked for their summaries through the API server (`nodes/NAME/proxy/stats/summary`).
 *
 * At most four at a time, each for ten seconds at most, those that failed before last; a node that fails is left alone for a
 * while by itself. What the API server says to us (no right to `nodes/proxy`, a credential, too many requests) ends the round,
 * and no node is blamed for it; neither is any if none at all can be reached.
 */
export class Kubelets {
  readonly #context: UsageContext;
  readonly #pause: Pause;
  #nodes = new Map<string, Node>();
  /** Why nobody is asked until the pause is over. */
  #refusal: ApiError | undefined;

  constructor(context: UsageContext) {
    this.#context = context;
    this.#pause = new Pause(context.random);
  }

  /** Whether the user has `get nodes/proxy`, by the API server's own word (SelfSubjectAccessReview), before anything is asked. */
  async permitted(signal: AbortSignal): Promise<Result<boolean>> {
    const review = await this.#context.connection.json('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      method: 'POST',
      signal,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'get', resource: 'nodes', subresource: 'proxy' } },
      },
    });
    if (!review.ok) return review;
    return succeed(objectAt(objectOf(review.value) ?? {}, 'status').allowed === true);
  }

  /** One answer for each of these nodes: what it said now, or why nothing was heard of it. Never rejects. */
  async ask(names: Iterable<string>, signal: AbortSignal): Promise<NodeAnswers> {
    const { clock } = this.#context;
    const nodes = new Map([...names].map((name) => [name, this.#nodes.get(name) ?? this.#node()]));
    this.#nodes = nodes;
    if (this.#refusal && !this.#pause.over(clock.monotonicMs())) return all(nodes.keys(), this.#refusal);
    const due = [...nodes].filter(([, { pause }]) => pause.over(clock.monotonicMs()));
    const queue = due.sort(([, a], [, b]) => a.pause.failures - b.pause.failures).map(([name]) => name);
    const answers = await new Round(this.#context, queue, signal).run();
    if (signal.aborted) return all(nodes.keys(), fail('aborted', 'Stopped.').error);
    this.#refusal = answers.refusal;
    if (answers.refusal) {
      this.#pause.failed(clock.monotonicMs(), answers.refusal.retryAfterMs);
      this.#context.log.warn(`Kubelets are not asked for a while: ${answers.refusal.message}`);
    } else this.#pause.worked();
    return new Map([...nodes].map(([name, node]) => [name, this.#settle(name, node, answers)]));
  }

  #settle(name: string, node: Node, { heard, refusal }: RoundAnswers): Result<NodeSummary> {
    const answer = heard.get(name);
    if (answer?.ok) {
      node.pause.worked();
      node.error = undefined;
      return answer;
    }
    if (answer) {
      node.pause.failed(this.#context.clock.monotonicMs(), answer.error.retryAfterMs);
      node.error = answer.error;
      this.#context.log.debug(`${name} is not asked for a while: ${answer.error.message}`);
    }
    return { ok: false, error: refusal ?? node.error ?? notAsked };
  }

  #node(): Node {
    return { pause: new Pause(this.#context.random), error: undefined };
  }
}

interface RoundAnswers {
  /** Of the nodes themselves. */
  readonly heard: ReadonlyMap<string, Result<NodeSummary>>;
  /** What was said to us, and ended the round. */
  readonly refusal: ApiError | undefined;
}

/** One pass over the nodes that are due. */
class Round {
  readonly #context: UsageContext;
  readonly #queue: string[];
  readonly #signal: AbortSignal;
  readonly #heard = new Map<string, Result<NodeSummary>>();
  #refusal: ApiError | undefined;
  /** A 403 of the API server, and how many there were. */
  #noRight: ApiError | undefined;
  #refused = 0;
  #answered = 0;
  #misses = 0;

  constructor(context: UsageContext, queue: string[], signal: AbortSignal) {
    this.#context = context;
    this.#queue = queue;
    this.#signal = signal;
  }

  async run(): Promise<RoundAnswers> {
    await Promise.all(Array.from({ length: atOnce }, () => this.#askInTurn()));
    if (this.#noRight && this.#refused === this.#heard.size) return { heard: new Map(), refusal: this.#noRight };
    const first = this.#heard.values().next().value;
    const lost = first !== undefined && [...this.#heard.values()].every(isUnreached);
    if (this.#refusal || !lost || this.#heard.size < missesInARow)
      return { heard: this.#heard, refusal: this.#refusal };
    return { heard: new Map(), refusal: first.ok ? undefined : first.error };
  }

  async #askInTurn(): Promise<void> {
    for (let name = this.#queue.shift(); name !== undefined; name = this.#queue.shift()) {
      if (this.#noRight && this.#answered === 0 && this.#refused >= atOnce) return;
      if (this.#refusal || this.#misses >= missesInARow || this.#signal.aborted) return;
      await this.#askOne(name);
    }
  }

  async #askOne(name: string): Promise<void> {
    const { connection, clock } = this.#context;
    const path = `/api/v1/nodes/${encodeURIComponent(name)}/proxy/stats/summary`;
    const limit = { ms: limitMs, late: `The kubelet of ${name} did not answer within ${limitMs / 1000} s.` };
    const answer = await withinLimit(clock, limit, this.#signal, (signal) =>
      connection.json(path, { signal, passedOn: true }),
    );
    if (this.#signal.aborted) return;
    if (answer.ok) {
      this.#misses = 0;
      this.#answered++;
      const summary = readKubeletSummary(answer.value);
      this.#heard.set(name, summary ? succeed(summary) : fail('malformed', `The kubelet of ${name} sends no summary.`));
      return;
    }
    const { error } = answer;
    if (!error.foreign && ours.has(error.reason)) {
      this.#refusal ??= error;
      return;
    }
    // Rights may name single nodes: only if nobody may be asked it is about us.
    if (!error.foreign && error.reason === 'forbidden') {
      this.#noRight ??= error;
      this.#refused++;
    }
    this.#misses = isConnection(error) ? this.#misses + 1 : 0;
    this.#heard.set(name, { ok: false, error: ofNode(name, error) });
  }
}

/** The way to the API server is broken, as far as one can tell: it has not answered late, it could not be reached. */
function isConnection({ reason, brief }: ApiError): boolean {
  return reason === 'unreachable' && brief !== 'no answer in time';
}

function isUnreached(answer: Result<NodeSummary>): boolean {
  return !answer.ok && isConnection(answer.error);
}

/** The API server's own words name the node; those of others say where they are from. */
function ofNode(name: string, error: ApiError): ApiError {
  if (!error.foreign) return error;
  return { ...error, message: `The kubelet of ${name} answers with HTTP ${error.status}.` };
}

function all(names: Iterable<string>, error: ApiError): NodeAnswers {
  return new Map([...names].map((name) => [name, { ok: false, error }]));
}

const notAsked: ApiError = { reason: 'unfinished', message: 'The kubelet of its node has not been asked yet.' };
