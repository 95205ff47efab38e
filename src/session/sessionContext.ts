import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Connection } from '../cluster/connection.ts';
import type { Probe } from '../cluster/probe.ts';

/** What a session has in common for everything that runs in it. */
export interface SessionContext {
  readonly connection: Connection;
  readonly probe: Probe;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}
