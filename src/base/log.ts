/**
 * Where the product says what it does. Messages name objects and reasons, never a token, a certificate or what a
 * credential plugin printed.
 */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A log whose lines begin with `prefix` in brackets. */
export function prefixed(log: Log, prefix: string): Log {
  return {
    debug: (message) => log.debug(`[${prefix}] ${message}`),
    info: (message) => log.info(`[${prefix}] ${message}`),
    warn: (message) => log.warn(`[${prefix}] ${message}`),
    error: (message) => log.error(`[${prefix}] ${message}`),
  };
}
