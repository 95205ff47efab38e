import type { LogOutputChannel } from 'vscode';
import type { Log } from '../base/log.ts';
import { plain } from '../presentation/text.ts';

const longest = 4_000;

/**
 * The log as an output channel; its level is the user's. Each message is one line without control characters: names in it
 * come from kubeconfigs and servers, and one with a line break would write lines of its own.
 */
export function outputLog(channel: Pick<LogOutputChannel, 'debug' | 'info' | 'warn' | 'error'>): Log {
  return {
    debug: (message) => channel.debug(plain(message, longest)),
    info: (message) => channel.info(plain(message, longest)),
    warn: (message) => channel.warn(plain(message, longest)),
    error: (message) => channel.error(plain(message, longest)),
  };
}
