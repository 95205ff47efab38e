/** Why something that was asked of a cluster, or of a file or plugin on the way to it, was not answered. */
export type ApiErrorReason =
  /** No connection, name not resolved, timed out, reset. */
  | 'unreachable'
  /** TLS was refused: unknown authority, wrong name, expired certificate. */
  | 'tls'
  /** 401, or a credential that is not accepted. */
  | 'unauthorized'
  /** 403: known, but not allowed. */
  | 'forbidden'
  /** 404: no such object, or no Kubernetes API at this address. */
  | 'notFound'
  /** 410: a resourceVersion or continue token the server no longer has. */
  | 'expired'
  /** 429, or 503 with Retry-After. */
  | 'throttled'
  /** 400/422: the request was refused as wrong, e.g. a selector. */
  | 'invalid'
  /** 409: someone else was first. */
  | 'conflict'
  /** 5xx. */
  | 'server'
  /** An answer that is not what the Kubernetes API sends: HTML, broken JSON, a redirect. */
  | 'malformed'
  /** It is being answered, and that takes long. */
  | 'unfinished'
  /** A credential plugin or token needs the user. */
  | 'signIn'
  /** A credential plugin would renew by itself, but only in the window that is in front. */
  | 'unfocused'
  /** A credential plugin would be needed, and the workspace is not trusted. */
  | 'untrusted'
  /** The user has not agreed to it. */
  | 'unwanted'
  /** The kubeconfig, or a file it names, cannot be used. */
  | 'config'
  /** Stopped by us. */
  | 'aborted';

/**
 * An error as a value: what happened, to which object, and what to do about it, in one sentence fit to be shown.
 * Never holds a secret or what a plugin printed.
 */
export interface ApiError {
  readonly reason: ApiErrorReason;
  readonly message: string;
  /** What happened, in two or three words for a place that names the object already, e.g. `connection refused`. */
  readonly brief?: string;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** The answer was not in the words of the Kubernetes API: somebody before or behind the API server gave it. */
  readonly foreign?: boolean;
  /** How long the server asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** Either a value or the reason why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ApiError };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(
  reason: ApiErrorReason,
  message: string,
  more: Omit<ApiError, 'reason' | 'message'> = {},
): { readonly ok: false; readonly error: ApiError } {
  return { ok: false, error: { reason, message, ...more } };
}
