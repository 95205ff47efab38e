import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import type { ApiError } from '../domain/apiError.ts';
import { protobufType } from '../wire/envelope.ts';
import { readStatusAnswer, reasonOf } from '../wire/status.ts';
import { contentTypeOf, plainBody } from './answer.ts';
import { inTime } from './bodyLimit.ts';

/** How much of an error answer is read: a Status is short, a captive portal's page is not. */
const errorBodyLimit = 64 * 1024;
/** How long it is waited for; less than a probe waits, to which the status alone is an answer. */
const errorBodyMs = 4_000;

/**
 * Why an answer is not what was asked for: an error status, a redirect, or something that no Kubernetes API sends.
 * A body that does not come in time is done without.
 */
export async function refusalOf(
  response: Dispatcher.ResponseData,
  server: string,
  userName: string,
  clock: Clock,
): Promise<ApiError> {
  const { statusCode } = response;
  const type = contentTypeOf(response);
  const beginning = await beginningOf(plainBody(response), clock);
  const retryAfterMs = retryAfter(response.headers['retry-after'], response.headers.date);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (statusCode >= 300 && statusCode < 400) {
    return {
      reason: 'malformed',
      status: statusCode,
      message: `${server} redirects elsewhere, which is refused. Check the server address in the kubeconfig.`,
    };
  }
  const status = readStatusAnswer(beginning, type.startsWith(protobufType));
  if (!status) {
    const what = /html/.test(type) ? 'a web page' : `HTTP ${statusCode} without a Kubernetes Status`;
    const reason =
      statusCode === 401 || statusCode === 403 || statusCode === 429 || statusCode >= 500
        ? reasonOf(statusCode)
        : 'malformed';
    return {
      reason,
      status: statusCode,
      foreign: true,
      message: `${server} answered with ${what}. Is it a Kubernetes API server? Check the server address in the kubeconfig.`,
      ...wait,
    };
  }
  const reason = statusCode === 503 && retryAfterMs !== undefined ? 'throttled' : reasonOf(statusCode);
  const message =
    statusCode === 401
      ? `${server} does not accept the credentials of user ${userName}.`
      : status.message || `HTTP ${statusCode}`;
  return {
    reason,
    status: statusCode,
    message,
    ...(status.retryAfterMs === undefined ? {} : { retryAfterMs: status.retryAfterMs }),
    ...wait,
  };
}

async function beginningOf(body: Readable, clock: Clock): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of inTime(body, clock, () => errorBodyMs)) {
      pieces.push(piece);
      size += piece.length;
      if (size > errorBodyLimit) break;
    }
  } catch {
    // A broken or endless error answer is still an error answer.
  }
  return Buffer.concat(pieces);
}

/** Retry-After in seconds, or as a date by the server's own clock; bounded to an hour. */
function retryAfter(header: string | string[] | undefined, date: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(String(header))
    ? Number(header) * 1000
    : Date.parse(String(header)) - Date.parse(String(date));
  return ms >= 0 ? Math.min(ms, 3_600_000) : undefined;
}
