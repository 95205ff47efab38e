import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import { objectOf } from '../wire/json.ts';
import type { Credential, CredentialNeed, CredentialSource } from './credential.ts';
import type { CredentialGate } from './credentialGate.ts';
import { ExecCredentials } from './execCredentials.ts';
import type { ResolvedTarget } from './resolvedTarget.ts';

/** A token file is read again after a minute, and after a 401: bound service account tokens rotate. */
const tokenFileMs = 60_000;

export interface CredentialPorts {
  readonly gate: CredentialGate;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The credentials of a target's user, whichever way they come. */
export function credentialsOf({ cluster, user }: ResolvedTarget, ports: CredentialPorts): CredentialSource {
  if (user.tokenFile !== undefined) return new TokenFile(user.tokenFile, user.name, ports.clock);
  if (user.exec) return new ExecCredentials({ exec: user.exec, cluster, userName: user.name, ...ports });
  if (user.idToken !== undefined) return new IdToken(user.idToken, user.name, ports.clock);
  return constantCredential({
    ...(user.token === undefined ? {} : { token: user.token }),
    ...(user.basic === undefined ? {} : { basic: user.basic }),
  });
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
    if (need === 'refresh401' || !this.#kept || nowMs - this.#kept.readMs >= tokenFileMs) {
      const token = await readFile(this.#file, 'utf8').then(
        (text) => text.trim(),
        () => undefined,
      );
      if (!token) {
        const what = token === undefined ? 'cannot be read' : 'is empty';
        return fail(
          'config',
          `The token file ${this.#file} of user ${this.#userName} ${what}. Check tokenFile in the kubeconfig.`,
        );
      }
      const known = this.#kept?.credential;
      this.#kept = { credential: known?.token === token ? known : { token }, readMs: nowMs };
    }
    return succeed(this.#kept.credential);
  }
}

/** An OIDC id-token: used while it is valid. Never refreshed, because that would spend kubectl's own refresh token. */
class IdToken implements CredentialSource {
  readonly canRefresh = false;
  readonly #token: string;
  readonly #userName: string;
  readonly #clock: Clock;

  constructor(token: string, userName: string, clock: Clock) {
    this.#token = token;
    this.#userName = userName;
    this.#clock = clock;
  }

  async get(): Promise<Result<Credential>> {
    const expiresMs = expiryOf(this.#token);
    if (expiresMs !== undefined && expiresMs > this.#clock.now()) return succeed({ token: this.#token });
    return fail(
      'signIn',
      `The OIDC token of user ${this.#userName} has expired. Sign in with kubectl in a terminal; the new token is read from the kubeconfig.`,
    );
  }
}

/** `exp` of a JWT in ms, or undefined for what is none. */
function expiryOf(token: string): number | undefined {
  try {
    const payload = objectOf(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
    return typeof payload?.exp === 'number' ? payload.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
