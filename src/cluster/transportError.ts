import type { ApiError } from '../domain/apiError.ts';

/** Codes of a connection that is not there, with words for them. */
const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ENOTFOUND: 'name not found',
  EAI_AGAIN: 'name not resolved',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within 30 s',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped',
  UND_ERR_SOCKET: 'connection closed',
};

const protocol = /^HPE_|^UND_ERR_(HEADERS_OVERFLOW|RES_)/;
const tls = /CERT|SSL|TLS|ALTNAME|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH/;

/** What a failed connection or a broken stream means, in one sentence that names the server. */
export function transportError(error: unknown, server: string): ApiError {
  const code = codeOf(error);
  if (code !== undefined && tls.test(code)) {
    const remedy = 'Check certificate-authority and tls-server-name in the kubeconfig.';
    return { reason: 'tls', message: `The certificate of ${server} is not accepted (${code}). ${remedy}` };
  }
  if (code !== undefined && protocol.test(code)) {
    return {
      reason: 'malformed',
      message: `${server} does not answer in HTTP (${code}). Check the server address in the kubeconfig.`,
    };
  }
  const words = (code !== undefined && unreachable[code]) || 'connection failed';
  return { reason: 'unreachable', message: `${server} cannot be reached: ${words}.` };
}

/** The innermost error code: undici wraps, and a name with several addresses fails with an AggregateError. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const inner = codeOf(cause) ?? (Array.isArray(errors) ? codeOf(errors[0]) : undefined);
  return inner ?? (typeof code === 'string' ? code : undefined);
}
