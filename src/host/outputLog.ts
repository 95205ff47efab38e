import type { LogOutputChannel } from 'vscode';
import type { Log } from '../base/log.ts';

/** The log as an output channel; its level is the user's. */
export function outputLog(channel: LogOutputChannel): Log {
  return {
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message) => channel.error(message),
  };
}
