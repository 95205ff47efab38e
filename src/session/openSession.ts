import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CredentialSource } from '../cluster/credential.ts';
import type { CredentialGate } from '../cluster/credentialGate.ts';
import { credentialsOf } from '../cluster/credentials.ts';
import type { ResolvedTarget } from '../cluster/resolvedTarget.ts';
import type { Scope } from '../domain/target.ts';
import type { Session } from './session.ts';
import { StorageSession } from './storageSession.ts';

export interface SessionOptions {
  readonly target: ResolvedTarget;
  readonly scope: Scope;
  /** Credentials of a target; asked again when the target is replaced by one with other credentials. */
  readonly credentials: (target: ResolvedTarget) => CredentialSource;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Next sequence number of a snapshot in this window. */
  readonly sequence: () => number;
  /** Told when another cluster answers than before: this session is of the old one and has to be replaced. */
  readonly foreign?: () => void;
}

/** Begins to follow a target. Never fails: what goes wrong is in the snapshot. The entry of a bundle loaded on demand. */
export function openSession(options: SessionOptions): Session {
  return new StorageSession(options);
}

/** As the product opens it: with the credentials that the kubeconfig names, and the rules for plugins. */
export interface GatedSessionOptions extends Omit<SessionOptions, 'credentials'> {
  readonly gate: CredentialGate;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function openGatedSession({ gate, env, ...options }: GatedSessionOptions): Session {
  const ports = { gate, env, clock: options.clock };
  return openSession({ ...options, credentials: (target) => credentialsOf(target, ports) });
}
