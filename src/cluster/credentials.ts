import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import { type Credential, type CredentialNeed, type CredentialSource, isHeaderValue } from './credential.ts';
import type { CredentialGate } from './credentialGate.ts';
import { ExecCredentials } from './execCredentials.ts';
import { IdToken } from './idToken.ts';
import type { ResolvedTarget } from './resolvedTarget.ts';

/** A token file is read again after a minute, and after a 401: bound service account tokens rotate. */
const tokenFileMs = 60_000;

export interface CredentialPorts {
  readonly gate: CredentialGate;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The credentials of a target's user, whichever way they come. */
export function credentialsOf({ cluster, user, target }: ResolvedTarget, ports: CredentialPorts): CredentialSource {
  if (user.tokenFile !== undefined) return new TokenFile(user.tokenFile, user.name, ports.clock);
  if (user.exec) return new ExecCredentials({ exec: user.exec, cluster, userName: user.name, ...ports });
  if (user.idToken !== undefined) return new IdToken(user.idToken, user.name, target.server, ports.clock);
  return constantCredential({
    ...(user.token === undefined ? {} : { token: user.token }),
    ...(user.basic === undefined ? {} : { basic: user.basic }),
  });
}

/** Whether two targets have the same credentials, so that those of one need not be got anew for the other. */
export function sameCredentials(a: ResolvedTarget, b: ResolvedTarget): boolean {
  const part = ({ user, cluster: { proxy: _, ...cluster } }: ResolvedTarget) => JSON.stringify([user, cluster]);
  return part(a) === part(b);
}

function constantCredential(credential: Credential): CredentialSource {
  return { canRefresh: false, get: async () => succeed(credential) };
}

class TokenFile implements CredentialSource {
  readonly canRefresh = true;
  readonly #file: string;
  readonly #userName: string;
  readonly #clock: Clock;
  #kept: { readonly credential: Credential; readonly readMs: number } | undefined;

  constructor(file: string, userName: string, clock: Clock) {
    this.#file = file;
    this.#userName = userName;
    this.#clock = clock;
  }

  async get(need: CredentialNeed): Promise<Result<Credential>> {
    const nowMs = this.#clock.monotonicMs();
    const kept = this.#kept;
    const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : nowMs - kept.readMs;
    if (kept && need === 'connect' && ageMs < tokenFileMs) return succeed(kept.credential);
    const token = await readFile(this.#file, 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );
    const problem = problemOf(token);
    if (token !== undefined && problem === undefined) {
      const credential = kept?.credential.token === token ? kept.credential : { token };
      this.#kept = { credential, readMs: nowMs };
      return succeed(credential);
    }
    // A file that is being replaced is away, or empty, for a moment.
    if (kept && need === 'connect' && ageMs < 2 * tokenFileMs) return succeed(kept.credential);
    return fail(
      'config',
      `The token file ${this.#file} of user ${this.#userName} ${problem}. Check tokenFile in the kubeconfig.`,
    );
  }

  async reread(): Promise<boolean> {
    const before = this.#kept?.credential;
    await this.get('refresh401');
    return this.#kept?.credential !== before;
  }
}

function problemOf(token: string | undefined): string | undefined {
  if (token === undefined) return 'cannot be read';
  if (token === '') return 'is empty';
  return isHeaderValue(token) ? undefined : 'has characters that an HTTP header cannot have';
}
