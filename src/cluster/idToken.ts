import type { Clock } from '../base/clock.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import { objectOf } from '../wire/json.ts';
import type { Credential, CredentialNeed, CredentialSource } from './credential.ts';
import type { Interaction } from './interaction.ts';

/** Our clock may be ahead of the server's, which has the last word anyway. */
const skewMs = 60_000;
/** A refused one is held back for so long: an API server that has just started refuses everybody until it knows the issuer. */
const heldMs = 300_000;

/**
 * An OIDC id-token from the kubeconfig: used while it is valid and accepted, after that only the user can bring another one.
 *
 * Never refreshed, because that would spend kubectl's own refresh token: kubectl writes a new id-token into the kubeconfig,
 * which then makes a source of its own.
 */
export class IdToken implements CredentialSource {
  readonly canRefresh = true;
  readonly #credential: Credential;
  readonly #expiresMs: number | undefined;
  readonly #userName: string;
  readonly #server: string;
  readonly #clock: Clock;
  #refusedMs: number | undefined;

  constructor(token: string, userName: string, server: string, clock: Clock) {
    this.#credential = { token };
    this.#expiresMs = expiryOf(token);
    this.#userName = userName;
    this.#server = server;
    this.#clock = clock;
  }

  async get(need: CredentialNeed, interaction: Interaction): Promise<Result<Credential>> {
    if (need === 'refresh401') this.#refusedMs = this.#clock.monotonicMs();
    if (this.#expiresMs === undefined || this.#expiresMs + skewMs <= this.#clock.now())
      return this.#refusal('has expired');
    if (need === 'refresh401' || (this.#isHeld && interaction === 'background'))
      return this.#refusal(`is not accepted by ${this.#server}`);
    return succeed(this.#credential);
  }

  get #isHeld(): boolean {
    return this.#refusedMs !== undefined && this.#clock.monotonicMs() - this.#refusedMs < heldMs;
  }

  #refusal(what: string): Result<Credential> {
    return fail(
      'signIn',
      `The OIDC token of user ${this.#userName} ${what}. Sign in with kubectl in a terminal; the new token is read from the kubeconfig.`,
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
