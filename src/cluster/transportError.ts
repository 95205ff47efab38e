import type { ApiError } from '../domain/apiError.ts';
import { shownProxy } from './proxy.ts';
import { SocksError } from './socksConnector.ts';

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
/** What OpenSSL says of an answer that is not TLS, of an alert from the other side, and of our own PEM. */
const noTls = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/;
const alert = /_ALERT_/;
const material = /^ERR_OSSL_|X509|PEM|KEY_VALUES_MISMATCH|ASN1/;
const tls = /CERT|SSL|TLS|ALTNAME|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH/;

/**
 * What a failed connection or a broken stream means, in one sentence that names the server, and the proxy it goes through.
 * Neither the proxy's user nor its password is in it.
 */
export function transportError(error: unknown, server: string, proxy?: string): ApiError {
  const code = codeOf(error);
  const refused = proxy === undefined ? undefined : proxyRefusal(error, code);
  if (proxy !== undefined && refused !== undefined) {
    return { reason: 'unreachable', message: `The proxy ${shownProxy(proxy)} gives no way to ${server}: ${refused}.` };
  }
  if (code !== undefined && noTls.test(code)) {
    return {
      reason: 'tls',
      message: `${server} does not speak TLS (${code}). Check the server address in the kubeconfig: http or https?`,
    };
  }
  if (code !== undefined && alert.test(code)) {
    return {
      reason: 'tls',
      message: `${server} refuses the TLS connection (${code}). Check client-certificate and client-key in the kubeconfig.`,
    };
  }
  if (code !== undefined && material.test(code)) {
    return {
      reason: 'config',
      message: `A certificate or key for ${server} cannot be used (${code}). Check the kubeconfig.`,
    };
  }
  if (code !== undefined && tls.test(code)) {
    const remedy = 'Check certificate-authority and tls-server-name in the kubeconfig.';
    return { reason: 'tls', message: `The certificate of ${server} is not accepted (${code}). ${remedy}` };
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return {
      reason: 'config',
      message: `A header for ${server} has characters that HTTP does not allow. Check token and 'as' in the kubeconfig.`,
    };
  }
  if (isParserError(error) || (code !== undefined && protocol.test(code))) {
    return {
      reason: 'malformed',
      message: `${server} does not answer in HTTP. Check the server address in the kubeconfig.`,
    };
  }
  if (code?.startsWith('Z_')) {
    return { reason: 'malformed', message: `${server} sent a compressed answer that is damaged (${code}).` };
  }
  const words = (code !== undefined && unreachable[code]) || 'connection failed';
  const through = proxy === undefined ? '' : ` through the proxy ${shownProxy(proxy)}`;
  return { reason: 'unreachable', message: `${server} cannot be reached${through}: ${words}.`, brief: words };
}

/** What a proxy itself says no to. */
function proxyRefusal(error: unknown, code: string | undefined): string | undefined {
  if (error instanceof SocksError) return error.message;
  if (code === 'UND_ERR_PRX_TLS') return 'its certificate is not accepted';
  if (code === 'UND_ERR_PRX_CONN') return 'it closed the connection';
  // undici: `Proxy response (407) !== 200 when HTTP Tunneling`, `Proxy Authentication Required (407)`.
  const status = error instanceof Error ? /^Proxy .*\((\d{3})\)/.exec(error.message)?.[1] : undefined;
  if (status === '407') return 'it does not accept the user and password of its address (HTTP 407)';
  return status === undefined ? undefined : `it answers with HTTP ${status}`;
}

/** Whether the other side has ended a TLS handshake: it is there, and wants a client certificate for example. */
export function isRefusedByAlert(error: unknown): boolean {
  return alert.test(codeOf(error) ?? '');
}

/** undici's parser gives no code where the answer is not HTTP from its first byte on. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

/** The innermost error code: undici wraps, and a name with several addresses fails with an AggregateError. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const inner = codeOf(cause) ?? (Array.isArray(errors) ? codeOf(errors[0]) : undefined);
  return inner ?? (typeof code === 'string' ? code : undefined);
}
