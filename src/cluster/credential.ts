import type { Result } from '../domain/apiError.ts';
import type { Interaction } from './interaction.ts';

/** What proves who we are, for one request. Never logged, never shown. PEM texts for certificates. */
export interface Credential {
  readonly token?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly clientCertificate?: string;
  readonly clientKey?: string;
}

/** Why a credential is asked for: for the next request, or because the server has refused the last one. */
export type CredentialNeed = 'connect' | 'refresh401';

/** Where the credentials of one user come from. */
export interface CredentialSource {
  /** Whether asking again after a 401 can give another credential. */
  readonly canRefresh: boolean;
  /** Refusals are `signIn`, `untrusted` or `config` errors; never rejects. */
  get(need: CredentialNeed, interaction: Interaction, signal: AbortSignal): Promise<Result<Credential>>;
}
